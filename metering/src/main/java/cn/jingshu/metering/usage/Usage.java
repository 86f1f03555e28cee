package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Questions about usage. Hours and days come from the hourly totals, bills and proofs from the events themselves; all
 * are keyed by {@code occurredAt}. Every question is one read-only statement, so its answer is of one moment.
 */
public final class Usage {
    private static final String HOURS = """
        SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
               calls, quantity, answer_bytes
          FROM metering.usage_hour
         WHERE subscription_id = ? AND hour >= ? AND hour < ?
         ORDER BY hour, product, operation, purpose_class, unit, outcome, sandbox
        """;

    private static final String HOURS_OF_ALL = """
        SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
               calls, quantity, answer_bytes
          FROM metering.usage_hour
         WHERE hour >= ? AND hour < ?
         ORDER BY hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox
        """;

    private static final String DAYS = """
        SELECT CAST(hour AT TIME ZONE 'Asia/Shanghai' AS date) AS day,
               product, operation, purpose_class, unit, outcome, sandbox,
               CAST(sum(calls) AS bigint) AS calls, CAST(sum(quantity) AS bigint) AS quantity,
               CAST(sum(answer_bytes) AS bigint) AS answer_bytes
          FROM metering.usage_hour
         WHERE subscription_id = ? AND hour >= ? AND hour < ?
         GROUP BY day, product, operation, purpose_class, unit, outcome, sandbox
         ORDER BY day, product, operation, purpose_class, unit, outcome, sandbox
        """;

    private static final String PERIOD = """
        SELECT subscription_id, product, operation, purpose_class, unit, sandbox,
               count(*) AS calls, CAST(sum(quantity) AS bigint) AS quantity,
               CAST(sum(answer_bytes) AS bigint) AS answer_bytes
          FROM metering.usage_event
         WHERE occurred_at >= ? AND occurred_at < ?
         GROUP BY subscription_id, product, operation, purpose_class, unit, sandbox
         ORDER BY subscription_id, product, operation, purpose_class, unit, sandbox
        """;

    private static final String PERIOD_OF_ONE = """
        SELECT subscription_id, product, operation, purpose_class, unit, sandbox,
               count(*) AS calls, CAST(sum(quantity) AS bigint) AS quantity,
               CAST(sum(answer_bytes) AS bigint) AS answer_bytes
          FROM metering.usage_event
         WHERE subscription_id = ? AND occurred_at >= ? AND occurred_at < ?
         GROUP BY subscription_id, product, operation, purpose_class, unit, sandbox
         ORDER BY subscription_id, product, operation, purpose_class, unit, sandbox
        """;

    private static final String MISMATCHES = """
        WITH summed AS (
            SELECT date_trunc('hour', occurred_at, 'UTC') AS hour, subscription_id, product, operation, purpose_class,
                   unit, outcome, sandbox, count(*) AS calls, sum(quantity) AS quantity, sum(answer_bytes) AS answer_bytes
              FROM metering.usage_event
             WHERE occurred_at >= ? AND occurred_at < ?
             GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        ), kept AS (
            SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
                   calls, quantity, answer_bytes
              FROM metering.usage_hour
             WHERE hour >= ? AND hour < ?
        )
        SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
               COALESCE(s.calls, 0) AS event_calls, COALESCE(k.calls, 0) AS total_calls,
               COALESCE(s.quantity, 0) AS event_quantity, COALESCE(k.quantity, 0) AS total_quantity,
               COALESCE(s.answer_bytes, 0) AS event_answer_bytes, COALESCE(k.answer_bytes, 0) AS total_answer_bytes
          FROM summed s
          FULL JOIN kept k
         USING (hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox)
         WHERE (s.calls, s.quantity, s.answer_bytes) IS DISTINCT FROM (k.calls, k.quantity, k.answer_bytes)
         ORDER BY hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox
        """;

    private static final String EVENTS = """
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation, purpose_class,
               outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol, received_at
          FROM metering.usage_event
         WHERE subscription_id = ? AND occurred_at >= ? AND occurred_at < ?
         ORDER BY occurred_at DESC, event_id DESC
         LIMIT ?
        """;

    private static final String EVENTS_BEFORE = """
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation, purpose_class,
               outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol, received_at
          FROM metering.usage_event
         WHERE subscription_id = ? AND occurred_at >= ? AND (occurred_at, event_id) < (?, ?)
         ORDER BY occurred_at DESC, event_id DESC
         LIMIT ?
        """;

    private static final String EVENT = """
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation, purpose_class,
               outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol, received_at
          FROM metering.usage_event
         WHERE event_id = ?
        """;

    private static final String NODES = """
        SELECT p.node_id, p.next_sequence - 1 AS shipped_frames, p.repeated_events,
               COALESCE(e.stored_events, 0) AS stored_events, p.last_occurred_at, p.shipped_at
          FROM metering.journal_position p
          LEFT JOIN (SELECT node_id, count(*) AS stored_events FROM metering.usage_event GROUP BY node_id) e
            ON e.node_id = p.node_id
         ORDER BY p.node_id
        """;

    private static final String FIRST_HOUR = "SELECT min(hour) AS hour FROM metering.usage_hour";
    private static final String FRESHNESS = """
        SELECT max(shipped_at) AS shipped_at, max(last_occurred_at) AS last_occurred_at
          FROM metering.journal_position
         WHERE next_sequence > 1
        """;

    private static final int MOST_EVENTS_A_PAGE = 1_000;

    private final DataSource dataSource;

    public Usage(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** The totals of a subscription in the hours that begin in {@code [from, to)}, oldest first. */
    public List<HourTotal> listHours(UUID subscriptionId, Instant from, Instant to) throws SQLException {
        return list(HOURS, Usage::hourTotal, subscriptionId, from, to);
    }

    /** The totals of all subscriptions in the hours that begin in {@code [from, to)}, oldest first. */
    public List<HourTotal> listHours(Instant from, Instant to) throws SQLException {
        return list(HOURS_OF_ALL, Usage::hourTotal, from, to);
    }

    /** The totals of a subscription on the days {@code [from, to)} of Asia/Shanghai, oldest first. */
    public List<DayTotal> listDays(UUID subscriptionId, LocalDate from, LocalDate to) throws SQLException {
        return list(DAYS, Usage::dayTotal, subscriptionId, startOf(from), startOf(to));
    }

    /** What every subscription used in a billing month, summed from the events. */
    public List<PeriodTotal> listPeriodTotals(YearMonth month) throws SQLException {
        BillingPeriod period = new BillingPeriod(month);
        return list(PERIOD, Usage::periodTotal, period.start(), period.end());
    }

    /** What every subscription used in {@code [from, to)}, summed from the events; a price change splits a month so. */
    public List<PeriodTotal> listTotals(Instant from, Instant to) throws SQLException {
        return list(PERIOD, Usage::periodTotal, from, to);
    }

    /** What one subscription used in {@code [from, to)}, summed from the events. */
    public List<PeriodTotal> listTotals(Instant from, Instant to, UUID subscriptionId) throws SQLException {
        return list(PERIOD_OF_ONE, Usage::periodTotal, subscriptionId, from, to);
    }

    /** The first hour anything was counted in; empty: nothing ever was. */
    public Optional<Instant> findFirstHour() throws SQLException {
        return list(FIRST_HOUR, row -> findMoment(row, "hour")).getFirst();
    }

    /** What one subscription used in a billing month, summed from the events. */
    public List<PeriodTotal> listPeriodTotals(YearMonth month, UUID subscriptionId) throws SQLException {
        BillingPeriod period = new BillingPeriod(month);
        return list(PERIOD_OF_ONE, Usage::periodTotal, subscriptionId, period.start(), period.end());
    }

    /** The hours of a billing month whose total is not the sum of their events; empty is the proof that all agree. */
    public List<TotalMismatch> listMismatches(YearMonth month) throws SQLException {
        BillingPeriod period = new BillingPeriod(month);
        return list(
                MISMATCHES, Usage::totalMismatch, period.start(), period.end(), period.start(), period.end());
    }

    /**
     * A page of a subscription's events in {@code [from, to)}, the youngest first.
     *
     * @param before where the page before ended; empty: the first page
     * @param size events a page, 1 to 1,000
     */
    public EventPage listEvents(
            UUID subscriptionId, Instant from, Instant to, Optional<EventPage.Cursor> before, int size)
            throws SQLException {
        if (size < 1 || size > MOST_EVENTS_A_PAGE) {
            throw new IllegalArgumentException("a page of " + size + " events, allowed: 1 to " + MOST_EVENTS_A_PAGE);
        }
        List<StoredEvent> events = before.isEmpty()
                ? list(EVENTS, Usage::storedEvent, subscriptionId, from, to, size + 1)
                : list(
                        EVENTS_BEFORE,
                        Usage::storedEvent,
                        subscriptionId,
                        from,
                        before.get().occurredAt(),
                        before.get().eventId(),
                        size + 1);
        if (events.size() <= size) {
            return new EventPage(events, Optional.empty());
        }
        UsageEvent last = events.get(size - 1).event();
        return new EventPage(
                events.subList(0, size), Optional.of(new EventPage.Cursor(last.occurredAt(), last.eventId())));
    }

    public Optional<StoredEvent> findEvent(UUID eventId) throws SQLException {
        return list(EVENT, Usage::storedEvent, eventId).stream().findFirst();
    }

    /** Per node, the frames shipped beside the events stored: the count of reconciliation. Reads every event. */
    public List<NodeCount> listNodeCounts() throws SQLException {
        return list(NODES, Usage::nodeCount);
    }

    public Freshness freshness() throws SQLException {
        return list(
                        FRESHNESS,
                        row -> new Freshness(findMoment(row, "shipped_at"), findMoment(row, "last_occurred_at")))
                .getFirst();
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> list(String sql, RowReader<T> reader, Object... arguments) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                Object argument = arguments[i];
                statement.setObject(
                        i + 1, argument instanceof Instant moment ? moment.atOffset(ZoneOffset.UTC) : argument);
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(reader.read(row));
                }
            }
            return List.copyOf(rows);
        }
    }

    private static Instant startOf(LocalDate day) {
        return day.atStartOfDay(BillingPeriod.ZONE).toInstant();
    }

    private static Instant moment(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Optional<Instant> findMoment(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static HourTotal hourTotal(ResultSet row) throws SQLException {
        return new HourTotal(
                moment(row, "hour"),
                row.getObject("subscription_id", UUID.class),
                row.getString("product"),
                row.getString("operation"),
                row.getString("purpose_class"),
                row.getString("unit"),
                Outcome.valueOf(row.getString("outcome")),
                row.getBoolean("sandbox"),
                row.getLong("calls"),
                row.getLong("quantity"),
                row.getLong("answer_bytes"));
    }

    private static DayTotal dayTotal(ResultSet row) throws SQLException {
        return new DayTotal(
                row.getObject("day", LocalDate.class),
                row.getString("product"),
                row.getString("operation"),
                row.getString("purpose_class"),
                row.getString("unit"),
                Outcome.valueOf(row.getString("outcome")),
                row.getBoolean("sandbox"),
                row.getLong("calls"),
                row.getLong("quantity"),
                row.getLong("answer_bytes"));
    }

    private static PeriodTotal periodTotal(ResultSet row) throws SQLException {
        return new PeriodTotal(
                row.getObject("subscription_id", UUID.class),
                row.getString("product"),
                row.getString("operation"),
                row.getString("purpose_class"),
                row.getString("unit"),
                row.getBoolean("sandbox"),
                row.getLong("calls"),
                row.getLong("quantity"),
                row.getLong("answer_bytes"));
    }

    private static TotalMismatch totalMismatch(ResultSet row) throws SQLException {
        return new TotalMismatch(
                moment(row, "hour"),
                row.getObject("subscription_id", UUID.class),
                row.getString("product"),
                row.getString("operation"),
                row.getString("purpose_class"),
                row.getString("unit"),
                Outcome.valueOf(row.getString("outcome")),
                row.getBoolean("sandbox"),
                row.getLong("event_calls"),
                row.getLong("total_calls"),
                row.getLong("event_quantity"),
                row.getLong("total_quantity"),
                row.getLong("event_answer_bytes"),
                row.getLong("total_answer_bytes"));
    }

    private static NodeCount nodeCount(ResultSet row) throws SQLException {
        return new NodeCount(
                row.getString("node_id"),
                row.getLong("shipped_frames"),
                row.getLong("repeated_events"),
                row.getLong("stored_events"),
                findMoment(row, "last_occurred_at"),
                moment(row, "shipped_at"));
    }

    private static StoredEvent storedEvent(ResultSet row) throws SQLException {
        UsageEvent event = new UsageEvent(
                row.getObject("event_id", UUID.class),
                moment(row, "occurred_at"),
                row.getString("node_id"),
                row.getObject("subscription_id", UUID.class),
                row.getObject("key_id", UUID.class),
                row.getString("product"),
                row.getString("operation"),
                row.getString("purpose_class"),
                Outcome.valueOf(row.getString("outcome")),
                row.getString("unit"),
                row.getLong("quantity"),
                row.getInt("status"),
                row.getLong("latency_micros"),
                row.getLong("answer_bytes"),
                row.getString("request_id"),
                row.getBoolean("sandbox"),
                row.getString("protocol"));
        return new StoredEvent(event, row.getLong("sequence"), moment(row, "received_at"));
    }
}
