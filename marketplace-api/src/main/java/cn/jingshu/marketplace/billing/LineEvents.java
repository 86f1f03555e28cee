package cn.jingshu.marketplace.billing;

import cn.jingshu.marketplace.pricing.CountedUnits;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.CountedBatch;
import cn.jingshu.metering.usage.CountedDay;
import cn.jingshu.metering.usage.CountedEvents;
import cn.jingshu.metering.usage.CountedEvents.Window;
import cn.jingshu.metering.usage.EventPage;
import cn.jingshu.metering.usage.JournalRange;
import cn.jingshu.metering.usage.NodePosition;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.ShippedBatches;
import cn.jingshu.metering.usage.Usage;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The calls behind a line of a bill: exactly those events whose units it counts, so that their sum is its quantity. Which
 * bill an event is on is told by its place in its node's journal, and which price by when it occurred; see
 * {@link Explanations}, which asks the same of one event.
 */
@Singleton
public final class LineEvents {
    private static final String RATED_AT = """
            SELECT node_id, next_sequence FROM market.rated_position WHERE period = ?
            """;
    /** How far each node's journal was rated before a month, for usage of a month. */
    private static final String RATED_BEFORE = """
            SELECT node_id, max(next_sequence) AS next_sequence
              FROM market.rated_position
             WHERE period >= ? AND period < ?
             GROUP BY node_id
            """;
    private static final String IS_RATED = "SELECT period FROM market.billing_period WHERE period = ?";
    /** Voids of the line's kind of usage; few, so each is looked at. */
    private static final String VOIDS = """
            SELECT v.event_id, v.operation, v.occurred_at, v.quantity, v.rated_until,
                   (SELECT min(b.period) FROM market.billing_period b WHERE b.period > v.rated_until) AS taken_back_in
              FROM market.event_void v
             WHERE v.status = 'APPROVED' AND NOT v.sandbox AND v.subscription_id = ? AND v.usage_period = ?
               AND v.product_code = ? AND v.purpose = ?
             ORDER BY v.occurred_at DESC, v.event_id DESC
            """;

    private final Database database;
    private final Usage usage;
    private final ShippedBatches batches;
    private final PriceBook prices;
    private final Subscribers subscribers;
    private final Contracts contracts;

    LineEvents(Database database, Usage usage, ShippedBatches batches, PriceBook prices, Subscribers subscribers, Contracts contracts) {
        this.database = database;
        this.usage = usage;
        this.batches = batches;
        this.prices = prices;
        this.subscribers = subscribers;
        this.contracts = contracts;
    }

    /**
     * A day of a line.
     *
     * @param events calls counted, and taken back
     * @param quantity units; what was taken back counts below zero
     */
    public record Day(LocalDate day, long events, long quantity) {}

    /**
     * A page of the events of a line.
     *
     * @param events the youngest first
     * @param takenBack on the first page: events an earlier line counted and this one takes back
     * @param next where the following page begins; empty: this is the last
     */
    public record Page(List<StoredEvent> events, List<StoredEvent> takenBack, Optional<EventPage.Cursor> next) {
        public Page {
            events = List.copyOf(events);
            takenBack = List.copyOf(takenBack);
        }
    }

    private record TakenBack(UUID eventId, long quantity, StoredEvent event) {}

    private record Asked(CountedEvents added, List<TakenBack> takenBack) {}

    /** The days of a line, the oldest first; their quantities add up to the line's. */
    public List<Day> listDays(Charge line) {
        Asked asked = asked(line);
        Map<LocalDate, Day> days = new TreeMap<>();
        try {
            for (CountedDay day : usage.listDays(asked.added())) {
                days.put(day.day(), new Day(day.day(), day.events(), day.quantity()));
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        for (TakenBack each : asked.takenBack()) {
            LocalDate day = LocalDate.ofInstant(each.event().event().occurredAt(), BillingPeriod.ZONE);
            days.merge(day, new Day(day, 1, -each.quantity()),
                    (one, other) -> new Day(day, one.events() + other.events(), one.quantity() + other.quantity()));
        }
        return List.copyOf(days.values());
    }

    /** A page of the events of a line. */
    public Page listEvents(Charge line, Optional<EventPage.Cursor> before, int size) {
        Asked asked = asked(line);
        try {
            EventPage page = usage.listEvents(asked.added(), before, size);
            return new Page(page.events(),
                    before.isPresent() ? List.of() : asked.takenBack().stream().map(TakenBack::event).toList(), page.next());
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /**
     * A page of the batches that the events of a line were shipped in, by node and number.
     *
     * @param batches events and units of this line alone; what is taken back counts below zero
     * @param more whether others come behind
     */
    public record Batches(List<CountedBatch> batches, boolean more) {
        public Batches {
            batches = List.copyOf(batches);
        }
    }

    /**
     * The batches of a line behind one of them, at most {@code size}.
     *
     * @param nodeId with {@code number} the batch they come behind; an empty id: none
     */
    public Batches listBatches(Charge line, String nodeId, long number, int size) {
        Asked asked = asked(line);
        List<CountedBatch> found = new ArrayList<>();
        try {
            found.addAll(usage.listBatches(asked.added(), nodeId, number, size + 1));
            for (TakenBack each : asked.takenBack()) {
                batches.findOf(each.event().event().nodeId(), each.event().sequence())
                        .map(batch -> new CountedBatch(batch.nodeId(), batch.number(), 1, -each.quantity())).ifPresent(found::add);
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        TreeMap<BatchPlace, CountedBatch> ordered = new TreeMap<>();
        found.forEach(each -> ordered.merge(new BatchPlace(each.nodeId(), each.number()), each,
                (one, other) -> new CountedBatch(one.nodeId(), one.number(), one.events() + other.events(), one.quantity() + other.quantity())));
        List<CountedBatch> behind = List.copyOf(ordered.tailMap(new BatchPlace(nodeId, number), false).values());
        return new Batches(behind.subList(0, Math.min(size, behind.size())), behind.size() > size);
    }

    private record BatchPlace(String nodeId, long number) implements Comparable<BatchPlace> {
        @Override
        public int compareTo(BatchPlace other) {
            int byNode = nodeId.compareTo(other.nodeId);
            return byNode == 0 ? Long.compare(number, other.number) : byNode;
        }
    }

    private Asked asked(Charge line) {
        ChargeKey key = line.key();
        List<Window> windows = windows(key);
        return database.inTransaction(t -> {
            List<JournalRange> ranges = ranges(t, line);
            Set<UUID> neverRated = new HashSet<>();
            List<TakenBack> takenBack = new ArrayList<>();
            List<VoidRow> voids = t.list(VOIDS, row -> new VoidRow(row.uuid("event_id"), row.text("operation"), row.instant("occurred_at"),
                            row.number("quantity"), row.dayOrNull("rated_until"), row.dayOrNull("taken_back_in")),
                    key.subscriptionId(), key.usageMonth().atDay(1), key.product(), key.purpose());
            LocalDate month = line.month().atDay(1);
            for (VoidRow each : voids) {
                LocalDate until = each.ratedUntil();
                if (until == null || until.isBefore(month)) {
                    neverRated.add(each.eventId()); // void before this month was rated, so nothing of it is on this line
                }
                boolean here = until != null && until.isBefore(month)
                        && (each.takenBackIn() == null || each.takenBackIn().equals(month))
                        && windows.stream().anyMatch(window -> window.contains(each.operation(), each.occurredAt()));
                if (here && until != null) {
                    Optional<StoredEvent> stored = find(each.eventId());
                    if (stored.isPresent() && wasRated(t, stored.get(), key.usageMonth(), YearMonth.from(until))) {
                        takenBack.add(new TakenBack(each.eventId(), each.quantity(), stored.get()));
                    }
                }
            }
            return new Asked(new CountedEvents(key.subscriptionId(), key.product(), key.purpose(), key.unit().equals(CountedUnits.MIXED) ? Optional.empty() : Optional.of(key.unit()),
                    windows, ranges, neverRated), takenBack);
        });
    }

    private record VoidRow(UUID eventId, String operation, Instant occurredAt, long quantity, @Nullable LocalDate ratedUntil,
            @Nullable LocalDate takenBackIn) {}

    private Optional<StoredEvent> find(UUID eventId) {
        try {
            return usage.findEvent(eventId);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private static boolean wasRated(Transaction t, StoredEvent stored, YearMonth usageMonth, YearMonth until)
            throws SQLException {
        return positions(t, RATED_BEFORE, usageMonth.atDay(1), until.plusMonths(1).atDay(1))
                .getOrDefault(stored.event().nodeId(), 0L) > stored.sequence();
    }

    /** The stretches of each node's journal that were rated with the line's month and not before. */
    private List<JournalRange> ranges(Transaction t, Charge line) throws SQLException {
        LocalDate month = line.month().atDay(1);
        Map<String, Long> before = positions(t, RATED_BEFORE, line.key().usageMonth().atDay(1), month);
        Map<String, Long> until = positions(t, RATED_AT, month);
        if (t.find(IS_RATED, row -> row.day("period"), month).isEmpty()) { // a preview: everything there is
            try {
                for (NodePosition node : usage.listPositions()) {
                    until.put(node.nodeId(), Long.MAX_VALUE);
                }
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
        }
        return until.entrySet().stream()
                .map(node -> new JournalRange(node.getKey(), before.getOrDefault(node.getKey(), 0L), node.getValue()))
                .filter(range -> range.from() < range.to())
                .toList();
    }

    private static Map<String, Long> positions(Transaction t, String sql, Object... months) throws SQLException {
        Map<String, Long> positions = new HashMap<>();
        t.list(sql, row -> positions.put(row.text("node_id"), row.number("next_sequence")) == null, months);
        return positions;
    }

    /** Which operations the line counts, and when in its month its price was theirs. */
    private List<Window> windows(ChargeKey key) {
        BillingPeriod period = new BillingPeriod(key.usageMonth());
        PriceList list = prices.priceList(key.product());
        TreeSet<Instant> cuts = new TreeSet<>();
        cuts.add(period.start());
        list.tariffs().stream().map(PublishedTariff::effectiveFrom).filter(period::contains).forEach(cuts::add);
        list.ceilings().stream().map(PriceCeiling::effectiveFrom).filter(period::contains).forEach(cuts::add);
        list.findTrialEnd().filter(period::contains).ifPresent(cuts::add);
        UUID version = Objects.requireNonNullElse(key.tariffId(), PublishedTariff.FREE_BY_LAW);
        Purpose purpose = Purpose.valueOf(key.purpose());
        Optional<Subscribers.Subscriber> subscriber = subscribers.find(key.subscriptionId());
        subscriber.ifPresent(each -> each.plans().stream().map(Subscribers.PlanFrom::from).filter(period::contains).forEach(cuts::add));
        List<Instant> starts = new ArrayList<>(cuts);
        List<Window> windows = new ArrayList<>();
        for (String operation : operations(key)) {
            for (int i = 0; i < starts.size(); i++) {
                Instant start = starts.get(i);
                Instant end = i + 1 < starts.size() ? starts.get(i + 1) : period.end();
                String plan = subscriber.map(each -> each.planAt(start)).orElse("");
                if (list.priceAt(operation, purpose, plan, start).filter(tariff -> tariff.id().equals(version)).isPresent()) {
                    windows.add(new Window(operation, start, end));
                }
            }
        }
        return windows;
    }

    /** The operations a line counts together: one, or all that its price is published for. */
    private List<String> operations(ChargeKey key) {
        return key.operation().equals(PriceBook.EVERY_OPERATION)
                ? contracts.listVersions(key.product()).stream()
                        .flatMap(contract -> contract.methods().stream())
                        .map(ContractMethod::name)
                        .distinct()
                        .toList()
                : List.of(key.operation());
    }
}
