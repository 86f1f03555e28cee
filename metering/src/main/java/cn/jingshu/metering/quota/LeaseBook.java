package cn.jingshu.metering.quota;

import cn.jingshu.metering.event.BillingPeriod;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The leases as PostgreSQL keeps them. In every transaction the period's row is locked before its lease rows, so no two
 * can deadlock; the period's units are always the sum of its lease rows.
 */
final class LeaseBook implements LeaseStore {
    /** The run that leases of ended runs are folded into once their events are counted. */
    private static final UUID SETTLED_RUN = new UUID(0, 0);

    /**
     * One conditional UPDATE decides: it grants between what the call needs and a block, ever less near the limit, and
     * nothing at all where the need no longer fits, so the leases never add up to more than the limit.
     */
    private static final String LEASE = """
        WITH raised AS (
            UPDATE metering.quota_period
               SET leased_units = leased_units + GREATEST(?, LEAST(?, (? - leased_units) / ?)),
                   last_block_units = GREATEST(?, LEAST(?, (? - leased_units) / ?))
             WHERE subscription_id = ? AND period = ? AND leased_units + ? <= ?
            RETURNING leased_units, last_block_units
        ), noted AS (
            INSERT INTO metering.quota_lease AS l (node_id, run_id, subscription_id, period, leased_units)
            SELECT ?, ?, ?, ?, r.last_block_units FROM raised r
                ON CONFLICT ON CONSTRAINT quota_lease_pk DO UPDATE
               SET leased_units = l.leased_units + EXCLUDED.leased_units, touched_at = now()
        )
        SELECT leased_units, last_block_units FROM raised
        """;

    private static final String KNOW_PERIOD = """
        INSERT INTO metering.quota_period (subscription_id, period) VALUES (?, ?) ON CONFLICT DO NOTHING
        """;

    private static final String LEASED = """
        SELECT leased_units FROM metering.quota_period WHERE subscription_id = ? AND period = ?
        """;

    private static final String LEASED_OF = """
        SELECT p.subscription_id, p.period, p.leased_units
          FROM metering.quota_period p
          JOIN unnest(?, ?) AS asked (subscription_id, period)
            ON p.subscription_id = asked.subscription_id AND p.period = asked.period
        """;

    private static final String LOWER_PERIOD = """
        UPDATE metering.quota_period
           SET leased_units = leased_units - ?
         WHERE subscription_id = ? AND period = ?
        RETURNING leased_units
        """;

    private static final String LOWER_LEASE = """
        UPDATE metering.quota_lease
           SET leased_units = leased_units - ?, touched_at = now()
         WHERE node_id = ? AND run_id = ? AND subscription_id = ? AND period = ?
        """;

    private static final String SHIPPED_UP_TO = """
        SELECT next_sequence FROM metering.journal_position WHERE node_id = ?
        """;

    private static final String UNSETTLED = """
        SELECT DISTINCT subscription_id, period
          FROM metering.quota_lease
         WHERE node_id = ? AND run_id <> ? AND run_id <> ?
         ORDER BY subscription_id, period
        """;

    private static final String LOCK_PERIOD = """
        SELECT leased_units FROM metering.quota_period WHERE subscription_id = ? AND period = ? FOR UPDATE
        """;

    private static final String TAKE_ENDED_LEASES = """
        WITH ended AS (
            DELETE FROM metering.quota_lease
             WHERE subscription_id = ? AND period = ? AND node_id = ? AND run_id <> ?
            RETURNING leased_units
        )
        SELECT CAST(COALESCE(sum(leased_units), 0) AS bigint) AS leased_units FROM ended
        """;

    private static final String USED_BEFORE = """
        SELECT CAST(COALESCE(sum(quantity), 0) AS bigint) AS used_units
          FROM metering.usage_event
         WHERE subscription_id = ? AND occurred_at >= ? AND occurred_at < ? AND node_id = ? AND sequence < ?
           AND NOT sandbox
        """;

    private static final String NOTE_SETTLED = """
        INSERT INTO metering.quota_lease (node_id, run_id, subscription_id, period, leased_units)
        VALUES (?, ?, ?, ?, ?)
        """;

    private record Unsettled(UUID subscriptionId, LocalDate period) {}

    private final DataSource dataSource;
    private final String nodeId;
    private final UUID runId;

    LeaseBook(DataSource dataSource, String nodeId, UUID runId) {
        this.dataSource = dataSource;
        this.nodeId = nodeId;
        this.runId = runId;
    }

    @Override
    public Grant lease(UUID subscriptionId, YearMonth period, long limit, long need, QuotaSettings settings)
            throws SQLException {
        LocalDate month = period.atDay(1);
        try (Connection connection = dataSource.getConnection()) {
            Optional<Grant> grant = findLease(connection, subscriptionId, month, limit, need, settings);
            if (grant.isPresent()) {
                return grant.get();
            }
            // Refused, or the first wish of the period; the row's absence and its fullness look the same.
            try (PreparedStatement know = connection.prepareStatement(KNOW_PERIOD)) {
                know.setObject(1, subscriptionId);
                know.setObject(2, month);
                if (know.executeUpdate() > 0) {
                    grant = findLease(connection, subscriptionId, month, limit, need, settings);
                }
            }
            return grant.isPresent() ? grant.get() : new Grant(leased(connection, subscriptionId, month), 0);
        }
    }

    private Optional<Grant> findLease(
            Connection connection, UUID subscriptionId, LocalDate month, long limit, long need, QuotaSettings settings)
            throws SQLException {
        try (PreparedStatement lease = connection.prepareStatement(LEASE)) {
            int at = 1;
            for (int i = 0; i < 2; i++) {
                lease.setLong(at++, need);
                lease.setLong(at++, settings.blockUnits());
                lease.setLong(at++, limit);
                lease.setLong(at++, settings.shrink());
            }
            lease.setObject(at++, subscriptionId);
            lease.setObject(at++, month);
            lease.setLong(at++, need);
            lease.setLong(at++, limit);
            lease.setString(at++, nodeId);
            lease.setObject(at++, runId);
            lease.setObject(at++, subscriptionId);
            lease.setObject(at, month);
            try (ResultSet row = lease.executeQuery()) {
                return row.next()
                        ? Optional.of(new Grant(row.getLong("leased_units"), row.getLong("last_block_units")))
                        : Optional.empty();
            }
        }
    }

    @Override
    public long leased(UUID subscriptionId, YearMonth period) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return leased(connection, subscriptionId, period.atDay(1));
        }
    }

    @Override
    public Map<Key, Long> leased(List<Key> keys) throws SQLException {
        Map<Key, Long> leased = new HashMap<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement of = connection.prepareStatement(LEASED_OF)) {
            of.setArray(1, connection.createArrayOf("uuid", keys.stream().map(Key::subscriptionId).toArray()));
            of.setArray(2, connection.createArrayOf("date", keys.stream().map(key -> key.period().atDay(1)).toArray()));
            try (ResultSet row = of.executeQuery()) {
                while (row.next()) {
                    Key key = new Key(row.getObject("subscription_id", UUID.class),
                            YearMonth.from(row.getObject("period", LocalDate.class)));
                    leased.put(key, row.getLong("leased_units"));
                }
            }
        }
        return leased;
    }

    private static long leased(Connection connection, UUID subscriptionId, LocalDate month) throws SQLException {
        try (PreparedStatement leased = connection.prepareStatement(LEASED)) {
            leased.setObject(1, subscriptionId);
            leased.setObject(2, month);
            try (ResultSet row = leased.executeQuery()) {
                return row.next() ? row.getLong("leased_units") : 0;
            }
        }
    }

    @Override
    public long giveBack(UUID subscriptionId, YearMonth period, long units) throws SQLException {
        LocalDate month = period.atDay(1);
        return inTransaction(connection -> {
            long left = lowerPeriod(connection, subscriptionId, month, units);
            try (PreparedStatement lower = connection.prepareStatement(LOWER_LEASE)) {
                lower.setLong(1, units);
                lower.setString(2, nodeId);
                lower.setObject(3, runId);
                lower.setObject(4, subscriptionId);
                lower.setObject(5, month);
                if (lower.executeUpdate() != 1) {
                    throw new SQLException("no lease of node " + nodeId + " on " + subscriptionId + " in " + period);
                }
            }
            return left;
        });
    }

    private static long lowerPeriod(Connection connection, UUID subscriptionId, LocalDate month, long units)
            throws SQLException {
        try (PreparedStatement lower = connection.prepareStatement(LOWER_PERIOD)) {
            lower.setLong(1, units);
            lower.setObject(2, subscriptionId);
            lower.setObject(3, month);
            try (ResultSet row = lower.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("no lease was ever given on " + subscriptionId + " in " + month);
                }
                return row.getLong("leased_units");
            }
        }
    }

    @Override
    public Optional<Long> settleEarlierRuns(long firstSequence) throws SQLException {
        return inTransaction(connection -> {
            if (shippedUpTo(connection) < firstSequence) {
                return Optional.empty();
            }
            long freed = 0;
            for (Unsettled one : unsettled(connection)) {
                freed += settle(connection, one, firstSequence);
            }
            return Optional.of(freed);
        });
    }

    private long shippedUpTo(Connection connection) throws SQLException {
        try (PreparedStatement shipped = connection.prepareStatement(SHIPPED_UP_TO)) {
            shipped.setString(1, nodeId);
            try (ResultSet row = shipped.executeQuery()) {
                return row.next() ? row.getLong("next_sequence") : 1;
            }
        }
    }

    private List<Unsettled> unsettled(Connection connection) throws SQLException {
        List<Unsettled> all = new ArrayList<>();
        try (PreparedStatement list = connection.prepareStatement(UNSETTLED)) {
            list.setString(1, nodeId);
            list.setObject(2, runId);
            list.setObject(3, SETTLED_RUN);
            try (ResultSet row = list.executeQuery()) {
                while (row.next()) {
                    all.add(new Unsettled(
                            row.getObject("subscription_id", UUID.class), row.getObject("period", LocalDate.class)));
                }
            }
        }
        return all;
    }

    private long settle(Connection connection, Unsettled one, long firstSequence) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_PERIOD)) {
            lock.setObject(1, one.subscriptionId());
            lock.setObject(2, one.period());
            lock.executeQuery().close();
        }
        long leased = takeEndedLeases(connection, one);
        // More used than leased is possible where a stream's last minutes were counted without asking.
        long settled = Math.min(leased, usedBefore(connection, one, firstSequence));
        try (PreparedStatement note = connection.prepareStatement(NOTE_SETTLED)) {
            note.setString(1, nodeId);
            note.setObject(2, SETTLED_RUN);
            note.setObject(3, one.subscriptionId());
            note.setObject(4, one.period());
            note.setLong(5, settled);
            note.executeUpdate();
        }
        lowerPeriod(connection, one.subscriptionId(), one.period(), leased - settled);
        return leased - settled;
    }

    private long takeEndedLeases(Connection connection, Unsettled one) throws SQLException {
        try (PreparedStatement take = connection.prepareStatement(TAKE_ENDED_LEASES)) {
            take.setObject(1, one.subscriptionId());
            take.setObject(2, one.period());
            take.setString(3, nodeId);
            take.setObject(4, runId);
            try (ResultSet row = take.executeQuery()) {
                row.next();
                return row.getLong("leased_units");
            }
        }
    }

    private long usedBefore(Connection connection, Unsettled one, long firstSequence) throws SQLException {
        BillingPeriod period = new BillingPeriod(YearMonth.from(one.period()));
        try (PreparedStatement used = connection.prepareStatement(USED_BEFORE)) {
            used.setObject(1, one.subscriptionId());
            used.setObject(2, period.start().atOffset(ZoneOffset.UTC));
            used.setObject(3, period.end().atOffset(ZoneOffset.UTC));
            used.setString(4, nodeId);
            used.setLong(5, firstSequence);
            try (ResultSet row = used.executeQuery()) {
                row.next();
                return row.getLong("used_units");
            }
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    private <T> T inTransaction(Work<T> work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.in(connection);
                connection.commit();
                connection.setAutoCommit(true);
                return result;
            } catch (SQLException | RuntimeException e) {
                try {
                    connection.rollback();
                    connection.setAutoCommit(true);
                } catch (SQLException lost) {
                    e.addSuppressed(lost); // a lost connection rolls back by itself
                }
                throw e;
            }
        }
    }
}
