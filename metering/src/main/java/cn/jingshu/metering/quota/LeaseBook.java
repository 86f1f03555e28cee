package cn.jingshu.metering.quota;

import cn.jingshu.metering.event.BillingPeriod;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases as PostgreSQL keeps them. In every transaction the period's row is locked before its lease rows, so no two
 * can deadlock; the period's units are always the sum of its lease rows.
 */
final class LeaseBook implements LeaseStore {
    private static final Logger log = LoggerFactory.getLogger(LeaseBook.class);

    /** The run that leases of ended runs are folded into once their events are counted. */
    private static final UUID SETTLED_RUN = new UUID(0, 0);

    /**
     * Every row asked for is locked, in one order for all nodes, and what is granted follows from what it says then: between
     * what the call needs and a block, ever less near the limit, and nothing at all where the need no longer fits, so the
     * leases never add up to more than the limit; only what is owed is leased without asking for room. A question that comes
     * after a later one finds its row's number passed and changes nothing.
     */
    private static final String LEASE = """
        WITH asked AS (
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                AS a (subscription_id, period, question, limit_units, need, block, shrink, owed)
        ), locked AS MATERIALIZED (
            SELECT p.subscription_id, p.period, p.leased_units AS gross_units,
                   p.leased_units - CASE WHEN p.freed_for_limit IS NULL THEN p.freed_units
                                         WHEN a.limit_units >= p.freed_for_limit
                                         THEN GREATEST(p.freed_anyhow, p.freed_units + p.freed_for_limit - a.limit_units)
                                         ELSE p.freed_anyhow END AS leased_units,
                   a.question, a.limit_units, a.need, a.block, a.shrink, a.owed
              FROM metering.quota_period p
              JOIN asked a ON p.subscription_id = a.subscription_id AND p.period = a.period
             ORDER BY p.subscription_id, p.period
               FOR NO KEY UPDATE OF p
        ), granted AS (
            SELECT subscription_id, period, question, gross_units + owed AS gross_units, leased_units + owed AS leased_units, owed,
                   CASE WHEN need > 0 AND leased_units + owed + need <= limit_units
                        THEN GREATEST(need, LEAST(block, (limit_units - leased_units - owed) / shrink))
                        ELSE 0 END AS units
              FROM locked
        ), noted AS (
            INSERT INTO metering.quota_lease AS l (node_id, run_id, subscription_id, period, question, leased_units)
            SELECT ?, ?, subscription_id, period, question, owed + units FROM granted
                ON CONFLICT ON CONSTRAINT quota_lease_pk DO UPDATE
               SET leased_units = l.leased_units + EXCLUDED.leased_units, question = EXCLUDED.question, touched_at = now()
             WHERE l.question < EXCLUDED.question
            RETURNING l.subscription_id, l.period, l.leased_units AS held_units
        ), raised AS (
            UPDATE metering.quota_period p
               SET leased_units = g.gross_units + g.units
              FROM granted g
              JOIN noted n ON n.subscription_id = g.subscription_id AND n.period = g.period
             WHERE p.subscription_id = g.subscription_id AND p.period = g.period AND g.units + g.owed > 0
        )
        SELECT g.subscription_id, g.period, g.leased_units + g.units AS leased_units, g.units, n.held_units
          FROM granted g
          JOIN noted n ON n.subscription_id = g.subscription_id AND n.period = g.period
        """;

    private static final String KNOW_PERIODS = """
        INSERT INTO metering.quota_period (subscription_id, period, budget, freed_units)
        SELECT subscription_id, period, kind.budget, CASE WHEN kind.budget THEN NULL ELSE 0 END
          FROM unnest(?, ?) AS asked (subscription_id, period), (SELECT CAST(? AS boolean) AS budget) kind
         ORDER BY subscription_id, period
            ON CONFLICT DO NOTHING
        """;

    private static final String LEASED_OF = """
        SELECT p.subscription_id, p.period, p.leased_units - p.freed_units AS leased_units
          FROM metering.quota_period p
          JOIN unnest(?, ?) AS asked (subscription_id, period)
            ON p.subscription_id = asked.subscription_id AND p.period = asked.period
         WHERE p.freed_units IS NOT NULL
        """;

    private static final String GIVE_BACK = """
        WITH asked AS (
            SELECT * FROM unnest(?, ?, ?, ?) AS a (subscription_id, period, question, units)
        ), locked AS MATERIALIZED (
            SELECT p.subscription_id, p.period, p.leased_units, coalesce(p.freed_units, 0) AS freed_units, a.question, a.units
              FROM metering.quota_period p
              JOIN asked a ON p.subscription_id = a.subscription_id AND p.period = a.period
             ORDER BY p.subscription_id, p.period
               FOR NO KEY UPDATE OF p
        ), noted AS (
            UPDATE metering.quota_lease l
               SET leased_units = l.leased_units - k.units, question = k.question, touched_at = now()
              FROM locked k
             WHERE l.subscription_id = k.subscription_id AND l.period = k.period AND l.node_id = ? AND l.run_id = ?
               AND l.question < k.question
            RETURNING l.subscription_id, l.period, l.leased_units AS held_units
        ), lowered AS (
            UPDATE metering.quota_period p
               SET leased_units = k.leased_units - k.units
              FROM locked k
              JOIN noted n ON n.subscription_id = k.subscription_id AND n.period = k.period
             WHERE p.subscription_id = k.subscription_id AND p.period = k.period
        )
        SELECT k.subscription_id, k.period, k.leased_units - k.units - k.freed_units AS leased_units, n.held_units
          FROM locked k
          JOIN noted n ON n.subscription_id = k.subscription_id AND n.period = k.period
        """;

    private static final String LOWER_PERIOD = """
        UPDATE metering.quota_period
           SET leased_units = leased_units - ?
         WHERE subscription_id = ? AND period = ?
        """;

    private static final String SHIPPED_UP_TO = """
        SELECT next_sequence FROM metering.journal_position WHERE node_id = ?
        """;

    private static final String SETTLED_UP_TO = """
        SELECT next_sequence FROM metering.quota_settlement WHERE node_id = ?
        """;

    private static final String LATE = """
        SELECT w.written_off_at, GREATEST(w.next_sequence, s.settled_up_to) AS late_from
          FROM metering.node_written_off w, (SELECT CAST(? AS text) AS node_id, CAST(? AS bigint) AS settled_up_to) s
         WHERE w.node_id = s.node_id AND GREATEST(w.next_sequence, s.settled_up_to) < ?
         ORDER BY w.written_off_at DESC
         LIMIT 1
        """;

    private static final String NOTE_SETTLED_UP_TO = """
        INSERT INTO metering.quota_settlement AS s (node_id, next_sequence)
        VALUES (?, ?)
            ON CONFLICT ON CONSTRAINT quota_settlement_pk DO UPDATE
           SET next_sequence = GREATEST(s.next_sequence, EXCLUDED.next_sequence), settled_at = now()
        """;

    /** What earlier runs leased, and what they used: free use may have gone on without any lease. */
    private static final String UNSETTLED = """
        SELECT l.subscription_id, l.period
          FROM metering.quota_lease l
          JOIN metering.quota_period p ON p.subscription_id = l.subscription_id AND p.period = l.period
         WHERE l.node_id = ? AND l.run_id <> ? AND l.run_id <> ? AND NOT p.budget
         UNION
        SELECT subscription_id, CAST(date_trunc('month', occurred_at AT TIME ZONE 'Asia/Shanghai') AS date)
          FROM metering.usage_event
         WHERE node_id = ? AND sequence >= ? AND sequence < ? AND NOT sandbox AND quantity > 0
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

    /**
     * What is noted counts once the node's position has passed it, and only then is the next noted: else, with shipping far
     * behind, nothing would ever be passed.
     */
    private static final String NOTE_RECORDED = """
        WITH asked AS (
            SELECT * FROM unnest(?, ?, ?) AS a (subscription_id, period, recorded_units)
        ), shipped AS (
            SELECT coalesce((SELECT next_sequence FROM metering.journal_position WHERE node_id = ?), 1) AS up_to
        ), locked AS MATERIALIZED (
            SELECT p.subscription_id, p.period, a.recorded_units
              FROM metering.quota_period p
              JOIN asked a ON p.subscription_id = a.subscription_id AND p.period = a.period
             WHERE p.budget
             ORDER BY p.subscription_id, p.period
               FOR NO KEY UPDATE OF p
        ), noted AS MATERIALIZED (
            SELECT l.subscription_id, l.period, l.node_id, l.run_id,
                   CASE WHEN l.recorded_before <= s.up_to THEN l.recorded_units ELSE l.stored_units END AS stored_units,
                   CASE WHEN l.recorded_before <= s.up_to OR asked_last.is_last THEN GREATEST(l.recorded_units, k.recorded_units)
                        ELSE l.recorded_units END AS recorded_units,
                   CASE WHEN l.recorded_before <= s.up_to OR asked_last.is_last THEN asked_last.before ELSE l.recorded_before END AS recorded_before
              FROM metering.quota_lease l
              JOIN locked k ON l.subscription_id = k.subscription_id AND l.period = k.period,
                   shipped s, (SELECT CAST(? AS bigint) AS before, CAST(? AS boolean) AS is_last) asked_last
             WHERE l.node_id = ? AND l.run_id = ?
               FOR NO KEY UPDATE OF l
        ), changed AS (
            UPDATE metering.quota_lease l
               SET stored_units = n.stored_units, recorded_units = n.recorded_units, recorded_before = n.recorded_before
              FROM noted n
             WHERE l.subscription_id = n.subscription_id AND l.period = n.period AND l.node_id = n.node_id AND l.run_id = n.run_id
               AND (l.stored_units, l.recorded_units, l.recorded_before) IS DISTINCT FROM (n.stored_units, n.recorded_units, n.recorded_before)
        )
        SELECT subscription_id, period, stored_units FROM noted
        """;

    /** Whatever ended runs leased of budgets and their events did not use is free: all their events are stored, and reckoned from there. */
    private static final String SETTLE_BUDGETS = """
        WITH unsettled AS (
            SELECT l.subscription_id, l.period, l.node_id, l.run_id, l.leased_units,
                   l.leased_units - CASE WHEN l.recorded_before <= ? THEN l.recorded_units ELSE l.stored_units END AS freed_units
              FROM metering.quota_lease l
              JOIN metering.quota_period p ON p.subscription_id = l.subscription_id AND p.period = l.period
             WHERE p.budget AND l.node_id = ? AND l.run_id <> ? AND l.stored_units <> l.leased_units
               FOR UPDATE OF l
        ), settled AS (
            UPDATE metering.quota_lease l
               SET recorded_units = u.leased_units, recorded_before = 1, stored_units = u.leased_units
              FROM unsettled u
             WHERE l.subscription_id = u.subscription_id AND l.period = u.period AND l.node_id = u.node_id AND l.run_id = u.run_id
        )
        SELECT CAST(coalesce(sum(freed_units), 0) AS bigint) AS freed_units FROM unsettled
        """;

    private static final String NOTE_SETTLED = """
        INSERT INTO metering.quota_lease (node_id, run_id, subscription_id, period, leased_units)
        VALUES (?, ?, ?, ?, ?)
        """;

    private record Unsettled(UUID subscriptionId, LocalDate period) {}

    private final DataSource dataSource;
    private final String nodeId;
    private final UUID runId;
    /** Whether it keeps budgets, whose units are thousandths of a fen, and not quotas. */
    private final boolean budgets;
    /** Quotas whose row in the book this run has made or seen made. */
    private final Set<Key> known = ConcurrentHashMap.newKeySet();

    /** The book of quotas. */
    LeaseBook(DataSource dataSource, String nodeId, UUID runId) {
        this(dataSource, nodeId, runId, false);
    }

    /** @param budgets true: the book of budgets */
    LeaseBook(DataSource dataSource, String nodeId, UUID runId, boolean budgets) {
        this.dataSource = dataSource;
        this.nodeId = nodeId;
        this.runId = runId;
        this.budgets = budgets;
    }

    @Override
    public List<@Nullable Grant> lease(List<Wish> wishes) throws SQLException {
        Map<Key, Grant> grants = new HashMap<>();
        try (Connection connection = dataSource.getConnection()) {
            know(connection, wishes.stream().map(Wish::key).filter(key -> !known.contains(key)).toList());
            try (PreparedStatement lease = connection.prepareStatement(LEASE)) {
                setKeys(connection, lease, wishes.stream().map(Wish::key).toList());
                lease.setArray(3, bigints(connection, wishes, Wish::question));
                lease.setArray(4, bigints(connection, wishes, Wish::limit));
                lease.setArray(5, bigints(connection, wishes, Wish::need));
                lease.setArray(6, bigints(connection, wishes, Wish::block));
                lease.setArray(7, bigints(connection, wishes, Wish::shrink));
                lease.setArray(8, bigints(connection, wishes, Wish::owed));
                lease.setString(9, nodeId);
                lease.setObject(10, runId);
                try (ResultSet row = lease.executeQuery()) {
                    while (row.next()) {
                        Held held = held(row);
                        boolean reckoned = row.getObject("leased_units") != null;
                        grants.put(key(row), new Grant(held, row.getLong("units"), reckoned));
                    }
                }
            }
        }
        List<@Nullable Grant> answers = new ArrayList<>();
        for (Wish wish : wishes) {
            Grant grant = grants.get(wish.key());
            if (grant == null) {
                known.remove(wish.key()); // perhaps its row is gone: the next wish makes it again
            }
            answers.add(grant);
        }
        return answers;
    }

    /** The first wish of a period; a statement of its own, so that no row is locked while others are made. */
    private void know(Connection connection, List<Key> unknown) throws SQLException {
        knowAll(connection, unknown);
        known.addAll(unknown);
    }

    private void knowAll(Connection connection, List<Key> unknown) throws SQLException {
        if (unknown.isEmpty()) {
            return;
        }
        try (PreparedStatement know = connection.prepareStatement(KNOW_PERIODS)) {
            setKeys(connection, know, unknown);
            know.setBoolean(3, budgets);
            know.executeUpdate();
        }
    }

    private static void setKeys(Connection connection, PreparedStatement statement, List<Key> keys) throws SQLException {
        statement.setArray(1, connection.createArrayOf("uuid", keys.stream().map(Key::subscriptionId).toArray()));
        statement.setArray(2, connection.createArrayOf("date", keys.stream().map(key -> key.period().atDay(1)).toArray()));
    }

    private static <T> Array bigints(Connection connection, List<T> of, ToLongFunction<T> number) throws SQLException {
        return connection.createArrayOf("bigint", of.stream().map(number::applyAsLong).toArray());
    }

    private static Key key(ResultSet row) throws SQLException {
        return new Key(row.getObject("subscription_id", UUID.class),
                YearMonth.from(row.getObject("period", LocalDate.class)));
    }

    private static Held held(ResultSet row) throws SQLException {
        return new Held(row.getLong("leased_units"), row.getLong("held_units"));
    }

    @Override
    public Map<Key, Long> leased(List<Key> keys) throws SQLException {
        Map<Key, Long> leased = new HashMap<>();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement of = connection.prepareStatement(LEASED_OF)) {
            setKeys(connection, of, keys);
            try (ResultSet row = of.executeQuery()) {
                while (row.next()) {
                    leased.put(key(row), row.getLong("leased_units"));
                }
            }
        }
        return leased;
    }

    @Override
    public Map<Key, Held> giveBack(Map<Key, Return> returns) throws SQLException {
        return inTransaction(connection -> {
            Map<Key, Held> left = new HashMap<>();
            List<Map.Entry<Key, Return>> all = List.copyOf(returns.entrySet());
            try (PreparedStatement give = connection.prepareStatement(GIVE_BACK)) {
                setKeys(connection, give, all.stream().map(Map.Entry::getKey).toList());
                give.setArray(3, bigints(connection, all, one -> one.getValue().question()));
                give.setArray(4, bigints(connection, all, one -> one.getValue().units()));
                give.setString(5, nodeId);
                give.setObject(6, runId);
                try (ResultSet row = give.executeQuery()) {
                    while (row.next()) {
                        left.put(key(row), held(row));
                    }
                }
            }
            if (left.size() < returns.size()) {
                throw new SQLException("node " + nodeId + " holds no lease on " + (returns.size() - left.size()) + " of "
                        + returns.size() + " quotas it gives units back to");
            }
            return left;
        });
    }

    private static void lowerPeriod(Connection connection, UUID subscriptionId, LocalDate month, long units)
            throws SQLException {
        try (PreparedStatement lower = connection.prepareStatement(LOWER_PERIOD)) {
            lower.setLong(1, units);
            lower.setObject(2, subscriptionId);
            lower.setObject(3, month);
            lower.executeUpdate();
        }
    }

    /**
     * What was used is summed up before anything is locked, since events before {@code firstSequence} are all there and stay; then each quota is settled in
     * a transaction of its own, so that none waits for another's. Whoever dies between begins anew: what is noted is what was used in all.
     */
    @Override
    public Optional<Long> settleEarlierRuns(long firstSequence) throws SQLException {
        return budgets ? settleBudgets(firstSequence) : settleQuotas(firstSequence);
    }

    private Optional<Long> settleBudgets(long firstSequence) throws SQLException {
        return inTransaction(connection -> {
            if (shippedUpTo(connection) < firstSequence) {
                return Optional.empty();
            }
            try (PreparedStatement settle = connection.prepareStatement(SETTLE_BUDGETS)) {
                settle.setLong(1, firstSequence);
                settle.setString(2, nodeId);
                settle.setObject(3, runId);
                try (ResultSet row = settle.executeQuery()) {
                    row.next();
                    return Optional.of(row.getLong("freed_units"));
                }
            }
        });
    }

    @Override
    public Map<Key, Long> noteRecorded(Map<Key, Long> recorded, long before, boolean last) throws SQLException {
        Map<Key, Long> stored = new HashMap<>();
        List<Map.Entry<Key, Long>> all = List.copyOf(recorded.entrySet());
        try (Connection connection = dataSource.getConnection();
                PreparedStatement note = connection.prepareStatement(NOTE_RECORDED)) {
            setKeys(connection, note, all.stream().map(Map.Entry::getKey).toList());
            note.setArray(3, bigints(connection, all, Map.Entry::getValue));
            note.setString(4, nodeId);
            note.setLong(5, before);
            note.setBoolean(6, last);
            note.setString(7, nodeId);
            note.setObject(8, runId);
            try (ResultSet row = note.executeQuery()) {
                while (row.next()) {
                    stored.put(key(row), row.getLong("stored_units"));
                }
            }
        }
        return stored;
    }

    private Optional<Long> settleQuotas(long firstSequence) throws SQLException {
        Optional<Map<Unsettled, Long>> found = inTransaction(connection -> {
            if (shippedUpTo(connection) < firstSequence) {
                return Optional.empty();
            }
            Map<Unsettled, Long> used = new LinkedHashMap<>();
            for (Unsettled one : unsettled(connection, firstSequence)) {
                used.put(one, usedBefore(connection, one, firstSequence));
            }
            return Optional.of(used);
        });
        if (found.isEmpty()) {
            return Optional.empty();
        }
        long freed = 0;
        for (Map.Entry<Unsettled, Long> each : found.get().entrySet()) {
            freed += inTransaction(connection -> {
                knowAll(connection, List.of(new Key(each.getKey().subscriptionId(), YearMonth.from(each.getKey().period()))));
                return settle(connection, each.getKey(), each.getValue());
            });
        }
        inTransaction(connection -> {
            nameLate(connection, firstSequence);
            noteSettledUpTo(connection, firstSequence);
            return true;
        });
        return Optional.of(freed);
    }

    /** Events of a node that was written off: they are counted, and their units booked whatever the limit. */
    private void nameLate(Connection connection, long firstSequence) throws SQLException {
        try (PreparedStatement late = connection.prepareStatement(LATE)) {
            late.setString(1, nodeId);
            late.setLong(2, sequence(connection, SETTLED_UP_TO));
            late.setLong(3, firstSequence);
            try (ResultSet row = late.executeQuery()) {
                if (row.next()) {
                    log.warn("node {} was written off at {}, and its events with the sequences {} to {} turned up since: they are counted, "
                            + "and booked whatever the limits", nodeId, row.getObject("written_off_at", OffsetDateTime.class).toInstant(),
                            row.getLong("late_from"), firstSequence - 1);
                }
            }
        }
    }

    private long shippedUpTo(Connection connection) throws SQLException {
        return sequence(connection, SHIPPED_UP_TO);
    }

    private long sequence(Connection connection, String sql) throws SQLException {
        try (PreparedStatement ofNode = connection.prepareStatement(sql)) {
            ofNode.setString(1, nodeId);
            try (ResultSet row = ofNode.executeQuery()) {
                return row.next() ? row.getLong("next_sequence") : 1;
            }
        }
    }

    private void noteSettledUpTo(Connection connection, long firstSequence) throws SQLException {
        try (PreparedStatement note = connection.prepareStatement(NOTE_SETTLED_UP_TO)) {
            note.setString(1, nodeId);
            note.setLong(2, firstSequence);
            note.executeUpdate();
        }
    }

    private List<Unsettled> unsettled(Connection connection, long firstSequence) throws SQLException {
        List<Unsettled> all = new ArrayList<>();
        try (PreparedStatement list = connection.prepareStatement(UNSETTLED)) {
            list.setString(1, nodeId);
            list.setObject(2, runId);
            list.setObject(3, SETTLED_RUN);
            list.setString(4, nodeId);
            list.setLong(5, sequence(connection, SETTLED_UP_TO));
            list.setLong(6, firstSequence);
            try (ResultSet row = list.executeQuery()) {
                while (row.next()) {
                    all.add(new Unsettled(
                            row.getObject("subscription_id", UUID.class), row.getObject("period", LocalDate.class)));
                }
            }
        }
        return all;
    }

    /** @param settled what was used; more than leased: free use that went on without PostgreSQL and was not booked before its node died */
    private long settle(Connection connection, Unsettled one, long settled) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_PERIOD)) {
            lock.setObject(1, one.subscriptionId());
            lock.setObject(2, one.period());
            lock.executeQuery().close();
        }
        long leased = takeEndedLeases(connection, one);
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
