package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.FrameBatch.Position;
import cn.jingshu.metering.quota.SimulatedLeaseTables.Quota;
import cn.jingshu.metering.quota.SimulatedLeaseTables.StoredUse;
import cn.jingshu.metering.simulation.Fault;
import cn.jingshu.metering.simulation.SimulatedProcess;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What {@link PostgresShippingStore} keeps, as a model: serialisable transactions that commit whole or not at all and
 * may lose their answer. {@code SimulatedTablesIT} holds it against the real store.
 */
public final class SimulatedEventTables implements StoredUse {
    /** A database that does not keep its word, to show that the simulation notices. */
    public enum Lie {
        NONE,
        /** Now and then a batch is applied twice. */
        APPLIES_TWICE,
        /** Now and then the position moves and the events are lost. */
        MOVES_WITHOUT_EVENTS,
        /** Now and then the totals of a batch are lost. */
        FORGETS_TOTALS,
        /** An event stored before is stored again. */
        TAKES_REPEATED_EVENTS,
        /** What was just shipped stays in the sums of what is not. */
        COUNTS_SHIPPED_AS_UNSHIPPED
    }

    /** A stored event and its place in its node's journal. */
    public record Row(UsageEvent event, long sequence) {}

    /** Calls, quantity and answer bytes added up. */
    public record Sums(long calls, long quantity, long answerBytes) {
        static final Sums ZERO = new Sums(0, 0, 0);

        Sums plus(Sums other) {
            return new Sums(calls + other.calls, quantity + other.quantity, answerBytes + other.answerBytes);
        }
    }

    /** What one transaction stored of a node's journal: the places {@code [firstSequence, nextSequence)}. */
    public record Batch(String nodeId, long number, long firstSequence, long nextSequence, long events, String contentSha256,
            String sums) {}

    /** What a node said of what it has not shipped: the sums of the places {@code [fromSequence, nextSequence)}. */
    record Live(long fromSequence, long nextSequence, Map<HourTotals.Key, Sums> sums) {
        static Live of(Unshipped unshipped) {
            Map<HourTotals.Key, Sums> sums = new HashMap<>();
            unshipped.totals().forEach((key, each) -> sums.put(key, new Sums(each.calls, each.quantity, each.answerBytes)));
            return new Live(unshipped.fromSequence(), unshipped.nextSequence(), sums);
        }
    }

    private record NodePosition(Position position, long repeated) {
        static final NodePosition START = new NodePosition(new Position(1, 0, 0, 0, 0), 0);
    }

    private final Lie lie;
    private int commits;
    private final Map<String, NodePosition> positions = new HashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private final Set<UUID> ids = new HashSet<>();
    private final Map<HourTotals.Key, Sums> hours = new HashMap<>();
    private final Map<String, Transaction> open = new HashMap<>();
    private final Map<String, Live> live = new HashMap<>();
    private final Map<String, List<Batch>> batches = new HashMap<>();
    // The use of a node by period, in the order of its sequences: what a settlement asks for.
    private final Map<String, List<Row>> rowsOfNode = new HashMap<>();
    // Kept apart from what the shipper adds: the sums as the rows themselves give them.
    private final Map<HourTotals.Key, Sums> hoursFromRows = new HashMap<>();

    public SimulatedEventTables(Lie lie) {
        this.lie = lie;
    }

    ShippingStore reachedBy(SimulatedProcess process) {
        return new ShippingStore() {
            @Override
            public Shipment begin(String nodeId) throws SQLException {
                return SimulatedEventTables.this.begin(process, nodeId);
            }

            @Override
            public void publish(Unshipped unshipped) throws SQLException {
                say(process, () -> live.put(unshipped.nodeId(), Live.of(unshipped)));
            }

            @Override
            public void leave(String nodeId) throws SQLException {
                say(process, () -> live.remove(nodeId));
            }

            @Override
            public void takeBack(String nodeId, long nextSequence) throws SQLException {
                say(process, () -> live.computeIfPresent(nodeId,
                        (id, said) -> said.nextSequence() > nextSequence ? null : said));
            }
        };
    }

    private static void say(SimulatedProcess process, Runnable what) throws SQLException {
        process.cross();
        if (process.meets(Fault.DATABASE_AWAY)) {
            throw new SQLException("connection refused");
        }
        what.run();
        if (process.meets(Fault.ANSWER_LOST)) {
            throw new SQLException("the connection was lost before the answer to COMMIT came");
        }
        process.cross();
    }

    /** What a node said and what counts: sums from another place on count nothing. */
    Optional<Live> findLive(String nodeId) {
        return Optional.ofNullable(live.get(nodeId)).filter(said -> said.fromSequence() == nextSequence(nodeId));
    }

    /** Whether usage of the node counts that is not shipped. */
    public boolean showsUnshipped(String nodeId) {
        return findLive(nodeId).filter(said -> !said.sums().isEmpty()).isPresent();
    }

    /** Every stored row, in the order of the commits. */
    public List<Row> rows() {
        return Collections.unmodifiableList(rows);
    }

    /** The next sequence of the node to be stored. */
    @Override
    public long nextSequence(String nodeId) {
        return positions.getOrDefault(nodeId, NodePosition.START).position().nextSequence();
    }

    public long repeated(String nodeId) {
        return positions.getOrDefault(nodeId, NodePosition.START).repeated();
    }

    /** Hours whose total is not the sum of their events; empty: all agree. */
    public List<String> mismatches() {
        if (hours.equals(hoursFromRows)) {
            return List.of();
        }
        Set<HourTotals.Key> keys = new HashSet<>(hours.keySet());
        keys.addAll(hoursFromRows.keySet());
        return keys.stream()
                .filter(key -> !hours.getOrDefault(key, Sums.ZERO).equals(hoursFromRows.getOrDefault(key, Sums.ZERO)))
                .map(key -> key + ": total " + hours.get(key) + ", events " + hoursFromRows.get(key))
                .toList();
    }

    /** What was shipped of a node's journal, in order. */
    public List<Batch> batches(String nodeId) {
        return List.copyOf(batches.getOrDefault(nodeId, List.of()));
    }

    @Override
    public long usedBefore(String nodeId, UUID subscriptionId, BillingPeriod period, long sequence) {
        long used = 0;
        for (Row row : rowsOfNode.getOrDefault(nodeId, List.of())) {
            if (row.sequence() < sequence
                    && row.event().subscriptionId().equals(subscriptionId)
                    && period.contains(row.event().occurredAt())
                    && !row.event().sandbox()) {
                used += row.event().quantity();
            }
        }
        return used;
    }

    @Override
    public Set<Quota> usedBetween(String nodeId, long from, long to) {
        Set<Quota> used = new HashSet<>();
        for (Row row : rowsOfNode.getOrDefault(nodeId, List.of())) {
            if (row.sequence() >= from && row.sequence() < to && !row.event().sandbox() && row.event().quantity() > 0) {
                used.add(new Quota(row.event().subscriptionId(), BillingPeriod.of(row.event().occurredAt()).month()));
            }
        }
        return used;
    }

    private ShippingStore.Shipment begin(SimulatedProcess process, String nodeId) throws SQLException {
        process.cross();
        if (process.meets(Fault.DATABASE_AWAY)) {
            throw new SQLException("connection refused");
        }
        Transaction holder = open.get(nodeId);
        if (holder != null && holder.process.alive()) {
            throw new SQLException("canceling statement due to lock timeout");
        }
        Transaction begun =
                new Transaction(process, nodeId, positions.getOrDefault(nodeId, NodePosition.START));
        open.put(nodeId, begun);
        return begun;
    }

    private final class Transaction implements ShippingStore.Shipment {
        private final SimulatedProcess process;
        private final String nodeId;
        private final NodePosition from;
        private final List<Row> newRows = new ArrayList<>();
        private final Map<HourTotals.Key, Sums> added = new HashMap<>();
        private @Nullable NodePosition moved;
        private @Nullable Batch batch;
        private @Nullable Unshipped said;
        private boolean lost;

        Transaction(SimulatedProcess process, String nodeId, NodePosition from) {
            this.process = process;
            this.nodeId = nodeId;
            this.from = from;
        }

        private void reach() throws SQLException {
            process.cross();
            if (lost || process.meets(Fault.DATABASE_AWAY)) {
                lost = true;
                throw new SQLException("the connection was lost");
            }
        }

        @Override
        public Position position() {
            return from.position();
        }

        @Override
        public Optional<Set<Long>> store(EventBatch batch) throws SQLException {
            reach();
            List<UsageEvent> events = batch.events();
            if (open.values().stream().anyMatch(other -> other != this && other.process.alive() && other.holdsOneOf(events))) {
                lost = true; // it would wait for what the other does, and the other may wait for long
                throw new SQLException("canceling statement due to lock timeout");
            }
            Set<Long> stored = new HashSet<>();
            Set<UUID> mine = new HashSet<>();
            long sequence = from.position().nextSequence();
            for (UsageEvent event : events) {
                boolean known = ids.contains(event.eventId()) || !mine.add(event.eventId());
                if (!known || lie == Lie.TAKES_REPEATED_EVENTS) {
                    newRows.add(new Row(event, sequence));
                    stored.add(sequence);
                }
                sequence++;
            }
            return stored.size() == events.size() ? Optional.empty() : Optional.of(stored);
        }

        private boolean holdsOneOf(List<UsageEvent> events) {
            Set<UUID> mine = new HashSet<>();
            newRows.forEach(row -> mine.add(row.event().eventId()));
            return events.stream().anyMatch(event -> mine.contains(event.eventId()));
        }

        @Override
        public void add(HourTotals totals) throws SQLException {
            reach();
            totals.sums().forEach((key, sums) ->
                    added.merge(key, new Sums(sums.calls, sums.quantity, sums.answerBytes), Sums::plus));
        }

        @Override
        public void move(Position next, int repeated, Instant lastOccurredAt, Instant shippedAt, String contentSha256, String sums)
                throws SQLException {
            reach();
            moved = new NodePosition(next, from.repeated() + repeated);
            long first = from.position().nextSequence();
            batch = new Batch(nodeId, batches(nodeId).size() + 1L, first, next.nextSequence(),
                    next.nextSequence() - first - repeated, contentSha256, sums);
        }

        @Override
        public void publish(Unshipped unshipped) throws SQLException {
            reach();
            said = unshipped;
        }

        @Override
        public void commit() throws SQLException {
            reach();
            commits++;
            boolean liesNow = commits % 20 == 0;
            if (!(liesNow && lie == Lie.MOVES_WITHOUT_EVENTS)) {
                apply();
            }
            if (liesNow && lie == Lie.APPLIES_TWICE) {
                apply();
            }
            NodePosition to = moved;
            if (to != null) {
                positions.put(nodeId, to);
            }
            if (batch != null) {
                batches.computeIfAbsent(nodeId, none -> new ArrayList<>()).add(batch);
            }
            Unshipped rest = said;
            if (rest != null) {
                Live before = live.get(nodeId);
                live.put(nodeId, lie == Lie.COUNTS_SHIPPED_AS_UNSHIPPED && before != null
                        ? new Live(rest.fromSequence(), rest.nextSequence(), before.sums())
                        : Live.of(rest));
            }
            open.remove(nodeId, this);
            if (process.meets(Fault.ANSWER_LOST)) {
                throw new SQLException("the connection was lost before the answer to COMMIT came");
            }
            process.cross();
        }

        private void apply() {
            for (Row row : newRows) {
                UsageEvent event = row.event();
                rows.add(row);
                ids.add(event.eventId());
                rowsOfNode.computeIfAbsent(nodeId, none -> new ArrayList<>()).add(row);
                hoursFromRows.merge(
                        new HourTotals.Key(
                                event.occurredAt().truncatedTo(ChronoUnit.HOURS),
                                event.subscriptionId(),
                                event.product(),
                                event.operation(),
                                event.purposeClass(),
                                event.unit(),
                                event.outcome(),
                                event.sandbox()),
                        new Sums(1, event.quantity(), event.answerBytes()),
                        Sums::plus);
            }
            if (!(lie == Lie.FORGETS_TOTALS && commits % 20 == 0)) {
                added.forEach((key, sums) -> hours.merge(key, sums, Sums::plus));
            }
        }

        @Override
        public void close() {
            open.remove(nodeId, this);
        }
    }
}
