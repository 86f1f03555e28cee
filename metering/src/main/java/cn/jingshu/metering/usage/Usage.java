package cn.jingshu.metering.usage;

import cn.jingshu.metering.correction.EventVoid;
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
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Questions about usage. Hours and days come from the hourly totals, bills and proofs from the events themselves, both
 * net of voids; all are keyed by {@code occurredAt}. Every question but {@link #explain} is one read-only statement, so
 * its answer is of one moment.
 */
public final class Usage {
    private static final String HOURS = """
        SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
               calls, quantity, answer_bytes
          FROM metering.usage_hour
         WHERE subscription_id = ? AND hour >= ? AND hour < ?
         ORDER BY hour, product, operation, purpose_class, unit, outcome, sandbox
        """;

    private static final String HOURS_OF_SOME = """
        SELECT hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
               calls, quantity, answer_bytes
          FROM metering.usage_hour
         WHERE subscription_id = ANY (?) AND hour >= ? AND hour < ?
         ORDER BY subscription_id, hour, product, operation, purpose_class, unit, outcome, sandbox
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

    /** Events less voids; of months whose events were dropped after their time, the hourly totals, which are net too. */
    private static final String PERIOD = """
        SELECT subscription_id, product, operation, purpose_class, unit, sandbox,
               CAST(sum(calls) AS bigint) AS calls, CAST(sum(quantity) AS bigint) AS quantity,
               CAST(sum(answer_bytes) AS bigint) AS answer_bytes
          FROM (SELECT subscription_id, product, operation, purpose_class, unit, sandbox,
                       count(*) AS calls, sum(quantity) AS quantity, sum(answer_bytes) AS answer_bytes
                  FROM metering.usage_event
                 WHERE occurred_at >= ? AND occurred_at < ?
                 GROUP BY subscription_id, product, operation, purpose_class, unit, sandbox
                UNION ALL
                SELECT v.subscription_id, v.product, v.operation, v.purpose_class, v.unit, v.sandbox,
                       -1, -v.quantity, -v.answer_bytes
                  FROM metering.usage_void v
                 WHERE v.occurred_at >= ? AND v.occurred_at < ?
                   AND NOT EXISTS (SELECT 1 FROM metering.usage_partition p
                                    WHERE p.dropped_at IS NOT NULL
                                      AND p.month = date_trunc('month', v.occurred_at AT TIME ZONE 'Asia/Shanghai'))
                UNION ALL
                SELECT h.subscription_id, h.product, h.operation, h.purpose_class, h.unit, h.sandbox,
                       h.calls, h.quantity, h.answer_bytes
                  FROM metering.usage_hour h
                  JOIN metering.usage_partition p
                    ON p.dropped_at IS NOT NULL
                   AND p.month = date_trunc('month', h.hour AT TIME ZONE 'Asia/Shanghai')
                 WHERE h.hour >= ? AND h.hour < ?) counted
         GROUP BY subscription_id, product, operation, purpose_class, unit, sandbox
        HAVING sum(calls) <> 0
         ORDER BY subscription_id, product, operation, purpose_class, unit, sandbox
        """;

    private static final String PERIOD_OF_SOME = """
        SELECT subscription_id, product, operation, purpose_class, unit, sandbox,
               CAST(sum(calls) AS bigint) AS calls, CAST(sum(quantity) AS bigint) AS quantity,
               CAST(sum(answer_bytes) AS bigint) AS answer_bytes
          FROM (SELECT subscription_id, product, operation, purpose_class, unit, sandbox,
                       count(*) AS calls, sum(quantity) AS quantity, sum(answer_bytes) AS answer_bytes
                  FROM metering.usage_event
                 WHERE subscription_id = ANY (?) AND occurred_at >= ? AND occurred_at < ?
                 GROUP BY subscription_id, product, operation, purpose_class, unit, sandbox
                UNION ALL
                SELECT v.subscription_id, v.product, v.operation, v.purpose_class, v.unit, v.sandbox,
                       -1, -v.quantity, -v.answer_bytes
                  FROM metering.usage_void v
                 WHERE v.subscription_id = ANY (?) AND v.occurred_at >= ? AND v.occurred_at < ?
                   AND NOT EXISTS (SELECT 1 FROM metering.usage_partition p
                                    WHERE p.dropped_at IS NOT NULL
                                      AND p.month = date_trunc('month', v.occurred_at AT TIME ZONE 'Asia/Shanghai'))
                UNION ALL
                SELECT h.subscription_id, h.product, h.operation, h.purpose_class, h.unit, h.sandbox,
                       h.calls, h.quantity, h.answer_bytes
                  FROM metering.usage_hour h
                  JOIN metering.usage_partition p
                    ON p.dropped_at IS NOT NULL
                   AND p.month = date_trunc('month', h.hour AT TIME ZONE 'Asia/Shanghai')
                 WHERE h.subscription_id = ANY (?) AND h.hour >= ? AND h.hour < ?) counted
         GROUP BY subscription_id, product, operation, purpose_class, unit, sandbox
        HAVING sum(calls) <> 0
         ORDER BY subscription_id, product, operation, purpose_class, unit, sandbox
        """;

    private static final String MISMATCHES = """
        WITH counted AS (
            SELECT occurred_at, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
                   1 AS calls, quantity, answer_bytes
              FROM metering.usage_event
             WHERE occurred_at >= ? AND occurred_at < ?
            UNION ALL
            SELECT occurred_at, subscription_id, product, operation, purpose_class, unit, outcome, sandbox,
                   -1, -quantity, -answer_bytes
              FROM metering.usage_void
             WHERE occurred_at >= ? AND occurred_at < ?
        ), summed AS (
            SELECT date_trunc('hour', occurred_at, 'UTC') AS hour, subscription_id, product, operation, purpose_class,
                   unit, outcome, sandbox, sum(calls) AS calls, sum(quantity) AS quantity,
                   sum(answer_bytes) AS answer_bytes
              FROM counted
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
           AND NOT EXISTS (SELECT 1 FROM metering.usage_partition p
                            WHERE p.dropped_at IS NOT NULL
                              AND p.month = date_trunc('month', hour AT TIME ZONE 'Asia/Shanghai'))
         ORDER BY hour, subscription_id, product, operation, purpose_class, unit, outcome, sandbox
        """;

    private static final String EVENTS = """
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation, purpose_class,
               outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol, received_at
          FROM metering.usage_event
         WHERE occurred_at >= ?
           AND (occurred_at, event_id) < (?, ?)
           AND (CAST(? AS uuid[]) IS NULL OR subscription_id = ANY (CAST(? AS uuid[])))
           AND (CAST(? AS text) IS NULL OR product = CAST(? AS text))
           AND (CAST(? AS text) IS NULL OR operation = CAST(? AS text))
           AND (CAST(? AS text) IS NULL OR outcome = CAST(? AS text))
           AND (CAST(? AS text) IS NULL OR request_id = CAST(? AS text))
         ORDER BY occurred_at DESC, event_id DESC
         LIMIT ?
        """;

    private static final String COUNTED_DAYS = """
        SELECT CAST(e.occurred_at AT TIME ZONE 'Asia/Shanghai' AS date) AS day, count(*) AS events,
               CAST(sum(e.quantity) AS bigint) AS quantity
          FROM metering.usage_event e
         WHERE e.subscription_id = ? AND e.product = ? AND e.purpose_class = ?
           AND (CAST(? AS text) IS NULL OR e.unit = CAST(? AS text))
           AND NOT e.sandbox AND e.quantity > 0
           AND EXISTS (SELECT 1 FROM unnest(CAST(? AS text[]), CAST(? AS timestamptz[]), CAST(? AS timestamptz[]))
                                  AS w (operation, starts_at, ends_at)
                        WHERE e.operation = w.operation AND e.occurred_at >= w.starts_at AND e.occurred_at < w.ends_at)
           AND EXISTS (SELECT 1 FROM unnest(CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
                                  AS r (node_id, first_sequence, end_sequence)
                        WHERE e.node_id = r.node_id AND e.sequence >= r.first_sequence AND e.sequence < r.end_sequence)
           AND e.event_id <> ALL (CAST(? AS uuid[]))
           AND e.occurred_at >= ? AND e.occurred_at < ?
         GROUP BY day
         ORDER BY day
        """;

    private static final String COUNTED_BATCHES = """
        SELECT b.node_id, b.number, count(*) AS events, CAST(sum(e.quantity) AS bigint) AS quantity
          FROM metering.usage_event e
         CROSS JOIN LATERAL (SELECT s.node_id, s.number, s.next_sequence
                               FROM metering.usage_batch s
                              WHERE s.node_id = e.node_id AND s.first_sequence <= e.sequence
                              ORDER BY s.first_sequence DESC
                              LIMIT 1) b
         WHERE e.subscription_id = ? AND e.product = ? AND e.purpose_class = ?
           AND (CAST(? AS text) IS NULL OR e.unit = CAST(? AS text))
           AND NOT e.sandbox AND e.quantity > 0
           AND EXISTS (SELECT 1 FROM unnest(CAST(? AS text[]), CAST(? AS timestamptz[]), CAST(? AS timestamptz[]))
                                  AS w (operation, starts_at, ends_at)
                        WHERE e.operation = w.operation AND e.occurred_at >= w.starts_at AND e.occurred_at < w.ends_at)
           AND EXISTS (SELECT 1 FROM unnest(CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
                                  AS r (node_id, first_sequence, end_sequence)
                        WHERE e.node_id = r.node_id AND e.sequence >= r.first_sequence AND e.sequence < r.end_sequence)
           AND e.event_id <> ALL (CAST(? AS uuid[]))
           AND e.occurred_at >= ? AND e.occurred_at < ?
           AND e.sequence < b.next_sequence
           AND (b.node_id COLLATE "C", b.number) > (CAST(? AS text), CAST(? AS bigint))
         GROUP BY b.node_id, b.number
         ORDER BY b.node_id COLLATE "C", b.number
         LIMIT ?
        """;

    private static final String COUNTED = """
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation, purpose_class,
               outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol, received_at
          FROM metering.usage_event e
         WHERE e.subscription_id = ? AND e.product = ? AND e.purpose_class = ?
           AND (CAST(? AS text) IS NULL OR e.unit = CAST(? AS text))
           AND NOT e.sandbox AND e.quantity > 0
           AND EXISTS (SELECT 1 FROM unnest(CAST(? AS text[]), CAST(? AS timestamptz[]), CAST(? AS timestamptz[]))
                                  AS w (operation, starts_at, ends_at)
                        WHERE e.operation = w.operation AND e.occurred_at >= w.starts_at AND e.occurred_at < w.ends_at)
           AND EXISTS (SELECT 1 FROM unnest(CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
                                  AS r (node_id, first_sequence, end_sequence)
                        WHERE e.node_id = r.node_id AND e.sequence >= r.first_sequence AND e.sequence < r.end_sequence)
           AND e.event_id <> ALL (CAST(? AS uuid[]))
           AND e.occurred_at >= ? AND (e.occurred_at, e.event_id) < (?, ?)
         ORDER BY e.occurred_at DESC, e.event_id DESC
         LIMIT ?
        """;

    private static final String VOID = """
        SELECT void_id, event_id, occurred_at, voided_at, reason, approved_by
          FROM metering.usage_void
         WHERE event_id = ?
        """;

    private static final String EVENT = """
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation, purpose_class,
               outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol, received_at
          FROM metering.usage_event
         WHERE event_id = ?
        """;

    private static final String POSITIONS = """
        SELECT node_id, next_sequence FROM metering.journal_position ORDER BY node_id
        """;

    private static final String IN_ORDER = """
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation, purpose_class,
               outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol, received_at
          FROM metering.usage_event
         WHERE node_id = ? AND sequence >= ? AND sequence < ?
         ORDER BY sequence
        """;

    private static final String NODES = """
        SELECT p.node_id, p.next_sequence - 1 AS shipped_frames, p.repeated_events,
               COALESCE(e.stored_events, 0) AS stored_events, p.last_occurred_at, p.shipped_at
          FROM metering.journal_position p
          LEFT JOIN (SELECT node_id, CAST(sum(events) AS bigint) AS stored_events
                       FROM (SELECT node_id, count(*) AS events FROM metering.usage_event GROUP BY node_id
                             UNION ALL
                             SELECT node_id, events FROM metering.usage_dropped) counted
                      GROUP BY node_id) e
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

    /** The totals of some subscriptions in the hours that begin in {@code [from, to)}, by subscription, of each the oldest first. */
    public List<HourTotal> listHours(Collection<UUID> subscriptionIds, Instant from, Instant to) throws SQLException {
        return list(HOURS_OF_SOME, Usage::hourTotal, subscriptionIds.toArray(UUID[]::new), from, to);
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
        return listTotals(period.start(), period.end());
    }

    /** What every subscription used in {@code [from, to)}, summed from the events; a price change splits a month so. */
    public List<PeriodTotal> listTotals(Instant from, Instant to) throws SQLException {
        return list(PERIOD, Usage::periodTotal, from, to, from, to, from, to);
    }

    /** What one subscription used in {@code [from, to)}, summed from the events. */
    public List<PeriodTotal> listTotals(Instant from, Instant to, UUID subscriptionId) throws SQLException {
        return listTotals(from, to, List.of(subscriptionId));
    }

    /** As {@link #listTotals(Instant, Instant, UUID)}, of several subscriptions. */
    public List<PeriodTotal> listTotals(Instant from, Instant to, Collection<UUID> subscriptionIds) throws SQLException {
        UUID[] ids = subscriptionIds.toArray(UUID[]::new);
        return list(PERIOD_OF_SOME, Usage::periodTotal, ids, from, to, ids, from, to, ids, from, to);
    }

    /** The first hour anything was counted in; empty: nothing ever was. */
    public Optional<Instant> findFirstHour() throws SQLException {
        return list(FIRST_HOUR, row -> findMoment(row, "hour")).getFirst();
    }

    /** What one subscription used in a billing month, summed from the events. */
    public List<PeriodTotal> listPeriodTotals(YearMonth month, UUID subscriptionId) throws SQLException {
        BillingPeriod period = new BillingPeriod(month);
        return listTotals(period.start(), period.end(), subscriptionId);
    }

    /** The hours of a billing month whose total is not the sum of their events; empty is the proof that all agree. */
    public List<TotalMismatch> listMismatches(YearMonth month) throws SQLException {
        BillingPeriod period = new BillingPeriod(month);
        return list(
                MISMATCHES,
                Usage::totalMismatch,
                period.start(),
                period.end(),
                period.start(),
                period.end(),
                period.start(),
                period.end());
    }

    /** As {@link #listEvents(EventFilter, Optional, int)}, all events of one subscription in {@code [from, to)}. */
    public EventPage listEvents(
            UUID subscriptionId, Instant from, Instant to, Optional<EventPage.Cursor> before, int size)
            throws SQLException {
        return listEvents(EventFilter.of(subscriptionId, from, to), before, size);
    }

    /**
     * The batches that the events asked for were shipped in, by node and number; events from before batches were kept are in none.
     *
     * @param nodeId with {@code number} the batch they come behind; an empty id: none
     * @param size batches at the most, 1 to 1,001
     */
    public List<CountedBatch> listBatches(CountedEvents asked, String nodeId, long number, int size) throws SQLException {
        if (size < 1 || size > MOST_EVENTS_A_PAGE + 1) {
            throw new IllegalArgumentException("a page of " + size + " batches, allowed: 1 to " + (MOST_EVENTS_A_PAGE + 1));
        }
        if (asked.windows().isEmpty()) {
            return List.of();
        }
        List<@Nullable Object> arguments = arguments(asked);
        arguments.add(asked.to());
        arguments.add(nodeId);
        arguments.add(number);
        arguments.add(size);
        return list(COUNTED_BATCHES, row -> new CountedBatch(row.getString("node_id"), row.getLong("number"), row.getLong("events"),
                row.getLong("quantity")), arguments.toArray());
    }

    /**
     * A page of the events asked for, the youngest first.
     *
     * @param before where the page before ended; empty: the first page
     * @param size events a page, 1 to 1,000
     */
    public EventPage listEvents(EventFilter filter, Optional<EventPage.Cursor> before, int size) throws SQLException {
        if (size < 1 || size > MOST_EVENTS_A_PAGE) {
            throw new IllegalArgumentException("a page of " + size + " events, allowed: 1 to " + MOST_EVENTS_A_PAGE);
        }
        // Before every event of the moment `to`, as PostgreSQL orders ids.
        EventPage.Cursor end = before.orElse(new EventPage.Cursor(filter.to(), new UUID(0, 0)));
        UUID @Nullable [] subscriptions =
                filter.subscriptions().map(ids -> ids.toArray(UUID[]::new)).orElse(null);
        @Nullable String product = filter.product().orElse(null);
        @Nullable String operation = filter.operation().orElse(null);
        @Nullable String outcome = filter.outcome().map(Outcome::name).orElse(null);
        @Nullable String requestId = filter.requestId().orElse(null);
        List<StoredEvent> events = list(
                EVENTS,
                Usage::storedEvent,
                filter.from(),
                end.occurredAt(),
                end.eventId(),
                subscriptions,
                subscriptions,
                product,
                product,
                operation,
                operation,
                outcome,
                outcome,
                requestId,
                requestId,
                size + 1);
        return page(events, size);
    }

    /** @param events one more than a page, if there is one */
    private static EventPage page(List<StoredEvent> events, int size) {
        if (events.size() <= size) {
            return new EventPage(events, Optional.empty());
        }
        UsageEvent last = events.get(size - 1).event();
        return new EventPage(
                events.subList(0, size), Optional.of(new EventPage.Cursor(last.occurredAt(), last.eventId())));
    }

    /** The events asked for by day, oldest first; of months whose events were dropped after their time there are none. */
    public List<CountedDay> listDays(CountedEvents asked) throws SQLException {
        if (asked.windows().isEmpty()) {
            return List.of();
        }
        List<@Nullable Object> arguments = arguments(asked);
        arguments.add(asked.to());
        return list(COUNTED_DAYS, row -> new CountedDay(row.getObject("day", LocalDate.class), row.getLong("events"),
                row.getLong("quantity")), arguments.toArray());
    }

    /**
     * A page of the events asked for, the youngest first.
     *
     * @param before where the page before ended; empty: the first page
     * @param size events a page, 1 to 1,000
     */
    public EventPage listEvents(CountedEvents asked, Optional<EventPage.Cursor> before, int size) throws SQLException {
        if (size < 1 || size > MOST_EVENTS_A_PAGE) {
            throw new IllegalArgumentException("a page of " + size + " events, allowed: 1 to " + MOST_EVENTS_A_PAGE);
        }
        if (asked.windows().isEmpty()) {
            return new EventPage(List.of(), Optional.empty());
        }
        EventPage.Cursor end = before.orElse(new EventPage.Cursor(asked.to(), new UUID(0, 0)));
        List<@Nullable Object> arguments = arguments(asked);
        arguments.add(end.occurredAt());
        arguments.add(end.eventId());
        arguments.add(size + 1);
        return page(list(COUNTED, Usage::storedEvent, arguments.toArray()), size);
    }

    /** In the order of both statements, up to the first moment asked for. */
    private static List<@Nullable Object> arguments(CountedEvents asked) {
        List<@Nullable Object> arguments = new ArrayList<>();
        arguments.add(asked.subscriptionId());
        arguments.add(asked.product());
        arguments.add(asked.purposeClass());
        arguments.add(asked.unit().orElse(null));
        arguments.add(asked.unit().orElse(null));
        arguments.add(asked.windows().stream().map(CountedEvents.Window::operation).toArray(String[]::new));
        arguments.add(asked.windows().stream().map(CountedEvents.Window::from).toArray(Instant[]::new));
        arguments.add(asked.windows().stream().map(CountedEvents.Window::to).toArray(Instant[]::new));
        arguments.add(asked.ranges().stream().map(JournalRange::nodeId).toArray(String[]::new));
        arguments.add(asked.ranges().stream().map(JournalRange::from).toArray(Long[]::new));
        arguments.add(asked.ranges().stream().map(JournalRange::to).toArray(Long[]::new));
        arguments.add(asked.without().toArray(UUID[]::new));
        arguments.add(asked.from());
        return arguments;
    }

    /** Why the call of an event is, or is not, on a bill; empty: no such event is stored. */
    public Optional<ExplainedEvent> explain(UUID eventId) throws SQLException {
        Optional<StoredEvent> stored = findEvent(eventId);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        Optional<EventVoid> voided = list(VOID, Usage::eventVoid, eventId).stream().findFirst();
        return Optional.of(new ExplainedEvent(
                stored.get(),
                BillingPeriod.of(stored.get().event().occurredAt()).month(),
                voided));
    }

    public Optional<StoredEvent> findEvent(UUID eventId) throws SQLException {
        return list(EVENT, Usage::storedEvent, eventId).stream().findFirst();
    }

    /**
     * How far each node's journal is stored: every event below the sequence is committed, whoever ships and whatever
     * else is being stored, since events and position move in one transaction under the position's lock.
     */
    public List<NodePosition> listPositions() throws SQLException {
        return list(POSITIONS, row -> new NodePosition(row.getString("node_id"), row.getLong("next_sequence")));
    }

    /**
     * The events of one node's journal with a sequence in {@code [from, to)}, in its order. A sequence may be missing:
     * its frame repeated an event stored before, or its month was dropped after its time.
     *
     * @param to at most 1,000 beyond {@code from}, and not beyond the node's position
     */
    public List<StoredEvent> listInOrder(String nodeId, long from, long to) throws SQLException {
        if (to - from > MOST_EVENTS_A_PAGE) {
            throw new IllegalArgumentException((to - from) + " sequences, allowed: " + MOST_EVENTS_A_PAGE);
        }
        return list(IN_ORDER, Usage::storedEvent, nodeId, from, to);
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

    private <T> List<T> list(String sql, RowReader<T> reader, @Nullable Object... arguments) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case Instant moment -> statement.setObject(i + 1, moment.atOffset(ZoneOffset.UTC));
                    case UUID[] ids -> statement.setArray(i + 1, connection.createArrayOf("uuid", ids));
                    case String[] texts -> statement.setArray(i + 1, connection.createArrayOf("text", texts));
                    case Long[] numbers -> statement.setArray(i + 1, connection.createArrayOf("bigint", numbers));
                    case Instant[] moments -> statement.setArray(i + 1, connection.createArrayOf("text",
                            Arrays.stream(moments).map(Instant::toString).toArray()));
                    case null, default -> statement.setObject(i + 1, arguments[i]);
                }
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

    static Optional<Instant> findMoment(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    static HourTotal hourTotal(ResultSet row) throws SQLException {
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

    static DayTotal dayTotal(ResultSet row) throws SQLException {
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

    private static EventVoid eventVoid(ResultSet row) throws SQLException {
        return new EventVoid(
                row.getObject("void_id", UUID.class),
                row.getObject("event_id", UUID.class),
                moment(row, "occurred_at"),
                moment(row, "voided_at"),
                row.getString("reason"),
                row.getString("approved_by"));
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
