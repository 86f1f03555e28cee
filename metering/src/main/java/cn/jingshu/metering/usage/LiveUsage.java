package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.BillingPeriod;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Usage as people look at it: the hourly totals and, marked as provisional, what nodes have recorded and not shipped. A call
 * is in it within a second, however far shipping is behind, and once: nodes' sums count only where they begin at what is shipped,
 * and both are read at one moment. Limits on spending are held against it, too; bills and proofs ask {@link Usage}.
 */
public final class LiveUsage {
    /** A node speaks every second at least; silent for so long it is away. By the clock of PostgreSQL. */
    static final Duration AWAY_AFTER = Duration.ofSeconds(5);

    private static final String HOURS = """
        SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
               CAST(sum(calls) AS bigint) AS calls, CAST(sum(quantity) AS bigint) AS quantity,
               CAST(sum(answer_bytes) AS bigint) AS answer_bytes,
               CAST(sum(calls) FILTER (WHERE provisional) AS bigint) AS provisional_calls,
               CAST(sum(quantity) FILTER (WHERE provisional) AS bigint) AS provisional_quantity
          FROM (SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
                       calls, quantity, answer_bytes, false AS provisional
                  FROM metering.usage_hour
                 WHERE subscription_id = ANY (?) AND hour >= ? AND hour < ?
                UNION ALL
                SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
                       calls, quantity, answer_bytes, true
                  FROM metering.usage_unshipped
                 WHERE part IN (SELECT metering.usage_part(asked.id) FROM unnest(?) AS asked (id))
                   AND subscription_id = ANY (?) AND hour >= ? AND hour < ?) counted
         GROUP BY hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox
         ORDER BY subscription_id, hour, product, operation, purpose_class, unit, outcome, sandbox
        """;

    private static final String DAYS = """
        SELECT CAST(hour AT TIME ZONE 'Asia/Shanghai' AS date) AS day,
               product, operation, purpose_class, unit, outcome, sandbox,
               CAST(sum(calls) AS bigint) AS calls, CAST(sum(quantity) AS bigint) AS quantity,
               CAST(sum(answer_bytes) AS bigint) AS answer_bytes,
               CAST(sum(calls) FILTER (WHERE provisional) AS bigint) AS provisional_calls,
               CAST(sum(quantity) FILTER (WHERE provisional) AS bigint) AS provisional_quantity
          FROM (SELECT hour, product, operation, purpose_class, unit, outcome, sandbox,
                       calls, quantity, answer_bytes, false AS provisional
                  FROM metering.usage_hour
                 WHERE subscription_id = ? AND hour >= ? AND hour < ?
                UNION ALL
                SELECT hour, product, operation, purpose_class, unit, outcome, sandbox,
                       calls, quantity, answer_bytes, true
                  FROM metering.usage_unshipped
                 WHERE part = metering.usage_part(?) AND subscription_id = ? AND hour >= ? AND hour < ?) counted
         GROUP BY day, product, operation, purpose_class, unit, outcome, sandbox
         ORDER BY day, product, operation, purpose_class, unit, outcome, sandbox
        """;

    private static final String FRESHNESS = """
        SELECT coalesce(min(recorded_until) FILTER (WHERE heard_at > clock_timestamp() - CAST(? AS interval)),
                        (SELECT max(shipped_at) FROM metering.journal_position WHERE next_sequence > 1)) AS as_of,
               min(recorded_until) FILTER (WHERE heard_at <= clock_timestamp() - CAST(? AS interval)) AS away_since
          FROM metering.usage_live_node
        """;

    private final DataSource dataSource;

    public LiveUsage(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** The totals of some subscriptions in the hours that begin in {@code [from, to)}, by subscription, of each the oldest first. */
    public LiveAnswer<HourTotal> listHours(Collection<UUID> subscriptionIds, Instant from, Instant to) throws SQLException {
        UUID[] ids = subscriptionIds.toArray(UUID[]::new);
        return ask(HOURS, Usage::hourTotal, List.of(ids, from, to, ids, ids, from, to));
    }

    /** The totals of a subscription on the days {@code [from, to)} of Asia/Shanghai, oldest first. */
    public LiveAnswer<DayTotal> listDays(UUID subscriptionId, LocalDate from, LocalDate to) throws SQLException {
        Instant start = from.atStartOfDay(BillingPeriod.ZONE).toInstant();
        Instant end = to.atStartOfDay(BillingPeriod.ZONE).toInstant();
        return ask(DAYS, Usage::dayTotal, List.of(subscriptionId, start, end, subscriptionId, subscriptionId, start, end));
    }

    /** How live the totals are now. */
    public LiveFreshness freshness() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return freshness(connection);
        }
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Freshness and totals as one moment has them. */
    private <T> LiveAnswer<T> ask(String sql, RowReader<T> reader, List<Object> arguments) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            int isolation = connection.getTransactionIsolation();
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                LiveFreshness freshness = freshness(connection);
                return new LiveAnswer<>(totals(connection, sql, reader, arguments), freshness);
            } finally {
                connection.rollback(); // nothing was written
                connection.setTransactionIsolation(isolation);
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private static LiveFreshness freshness(Connection connection) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(FRESHNESS)) {
            ask.setString(1, AWAY_AFTER.toString());
            ask.setString(2, AWAY_AFTER.toString());
            try (ResultSet row = ask.executeQuery()) {
                row.next();
                return new LiveFreshness(Usage.findMoment(row, "as_of"), Usage.findMoment(row, "away_since"));
            }
        }
    }

    private static <T> List<LiveTotal<T>> totals(
            Connection connection, String sql, RowReader<T> reader, List<Object> arguments) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.size(); i++) {
                switch (arguments.get(i)) {
                    case Instant moment -> ask.setObject(i + 1, moment.atOffset(ZoneOffset.UTC));
                    case UUID[] ids -> ask.setArray(i + 1, connection.createArrayOf("uuid", ids));
                    case Object other -> ask.setObject(i + 1, other);
                }
            }
            List<LiveTotal<T>> totals = new ArrayList<>();
            try (ResultSet row = ask.executeQuery()) {
                while (row.next()) {
                    totals.add(new LiveTotal<>(
                            reader.read(row), row.getLong("provisional_calls"), row.getLong("provisional_quantity")));
                }
            }
            return totals;
        }
    }
}
