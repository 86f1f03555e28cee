package cn.jingshu.marketplace.billing;

import cn.jingshu.marketplace.billing.Explanation.Price;
import cn.jingshu.marketplace.billing.Explanation.Verdict;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.RecordedEvent;
import cn.jingshu.metering.journal.UnshippedEvents;
import cn.jingshu.metering.usage.EventFilter;
import cn.jingshu.metering.usage.StoredEvent;
import cn.jingshu.metering.usage.Usage;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers why a call is, or is not, on a bill (为什么这次调用不在账单上). */
@Singleton
public final class Explanations {
    /** How far back a request id is looked for; an event id is found however old. */
    public static final int DAYS_BY_REQUEST = 92;

    private static final int MOST_BY_REQUEST = 20;

    private final MonthClose months;
    private final Charges charges;
    private final PriceBook prices;
    private final Voids voids;
    private final Subscribers subscribers;
    private final Usage usage;
    private final UnshippedEvents unshipped;
    private final Clock clock;

    Explanations(
            MonthClose months, Charges charges, PriceBook prices, Voids voids, Subscribers subscribers, Usage usage,
            UnshippedEvents unshipped, Clock clock) {
        this.unshipped = unshipped;
        this.subscribers = subscribers;
        this.usage = usage;
        this.clock = clock;
        this.months = months;
        this.charges = charges;
        this.prices = prices;
        this.voids = voids;
    }

    /**
     * One event: as it is stored, or, since its call was made a moment ago, as this node has recorded it.
     *
     * @return empty: there is none, or another node has recorded it and not stored it yet
     */
    public Optional<StoredEvent> find(UUID eventId) throws SQLException {
        Optional<StoredEvent> stored = usage.findEvent(eventId);
        if (stored.isPresent()) {
            return stored;
        }
        try {
            Optional<StoredEvent> recorded = unshipped.find(eventId).map(Explanations::provisional);
            return recorded.isPresent() ? recorded : usage.findEvent(eventId); // it may have been stored between the two
        } catch (IOException e) {
            throw new UncheckedIOException("the usage journal cannot be read", e);
        }
    }

    private static StoredEvent provisional(RecordedEvent recorded) {
        return new StoredEvent(recorded.event(), recorded.sequence(), null);
    }

    /**
     * The calls of the last {@value #DAYS_BY_REQUEST} days that came with this request id, the youngest first and
     * {@value #MOST_BY_REQUEST} at most: a caller may have used it more than once. An answer given again for an
     * {@code Idempotency-Key} is no call of its own; its {@code Jingshu-Event-Id} names the event. Those this node has recorded
     * and not stored are among them.
     *
     * @param subscriptions whose calls are looked at; empty: everybody's
     */
    public List<StoredEvent> listByRequest(String requestId, Optional<Set<UUID>> subscriptions) throws SQLException {
        Instant now = clock.instant();
        EventFilter filter = new EventFilter(now.minus(Duration.ofDays(DAYS_BY_REQUEST)), now.plusSeconds(60),
                subscriptions, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(requestId));
        List<RecordedEvent> recorded; // first: what is stored while it is read is among the stored ones then
        try {
            recorded = unshipped.listByRequest(requestId);
        } catch (IOException e) {
            throw new UncheckedIOException("the usage journal cannot be read", e);
        }
        Map<UUID, StoredEvent> found = new LinkedHashMap<>();
        usage.listEvents(filter, Optional.empty(), MOST_BY_REQUEST).events().forEach(each -> found.put(each.event().eventId(), each));
        recorded.stream()
                .filter(each -> subscriptions.isEmpty() || subscriptions.get().contains(each.event().subscriptionId()))
                .forEach(each -> found.putIfAbsent(each.event().eventId(), provisional(each)));
        return found.values().stream()
                .sorted(Comparator.comparing((StoredEvent each) -> each.event().occurredAt()).reversed())
                .limit(MOST_BY_REQUEST)
                .toList();
    }

    /** Why the call of this event is, or is not, on a bill. */
    public Explanation explain(StoredEvent stored) {
        UsageEvent event = stored.event();
        YearMonth usageMonth = BillingPeriod.of(event.occurredAt()).month();
        PriceList list = prices.priceList(event.product());
        @Nullable String plan = subscribers.find(event.subscriptionId())
                .map(each -> each.planAt(event.occurredAt())).orElse(null);
        Optional<PublishedTariff> tariff = Purpose.parse(event.purposeClass())
                .flatMap(purpose -> list.priceAt(event.operation(), purpose, plan, event.occurredAt()));
        boolean freeByLaw = tariff.filter(PublishedTariff::isFreeByLaw).isPresent();
        Optional<Price> price = tariff.map(each -> new Price(
                freeByLaw ? Optional.empty() : Optional.of(each.id()), each.tariff().dearestUnit(), each.effectiveFrom()));
        Optional<PriceCeiling> ceiling =
                freeByLaw ? Optional.empty() : list.ceilingAt(event.operation(), event.occurredAt());
        Optional<EventVoid> voided = voids.findOf(event.eventId());
        boolean counts = !event.sandbox() && event.quantity() > 0;
        Optional<EventVoid> approved = voided.filter(entry -> entry.status() == EventVoid.Status.APPROVED);
        Optional<MonthClose.State> rated = counts
                ? months.findRatedWith(usageMonth, event.nodeId(), stored.sequence())
                        // What was void by then was not rated.
                        .filter(state -> approved.isEmpty() || !state.month().isAfter(ratedUntil(approved.get())))
                : Optional.empty();
        @Nullable UUID version = price.flatMap(Price::version).orElse(null);
        Optional<Charge> charge = rated.flatMap(state -> find(state.month(), event, usageMonth, version));
        Optional<Charge> takenBack = approved.filter(_ -> rated.isPresent())
                .flatMap(entry -> months.findNextRated(ratedUntil(entry)))
                .flatMap(state -> find(state.month(), event, usageMonth, version));
        Verdict verdict = approved.isPresent() ? Verdict.VOID : verdict(event, freeByLaw, usageMonth, rated);
        YearMonth billMonth = rated.map(MonthClose.State::month)
                .orElseGet(() -> counts && approved.isEmpty() ? nextBill(usageMonth) : usageMonth);
        return new Explanation(
                stored, verdict, usageMonth, billMonth, price, ceiling, rated, charge, voided, takenBack);
    }

    /** The youngest month rated when it was voided; before every month if none was. */
    private static YearMonth ratedUntil(EventVoid entry) {
        @Nullable YearMonth until = entry.ratedUntil();
        return until == null ? YearMonth.of(1, 1) : until;
    }

    /** The month whose close will bill usage of {@code usageMonth} that is not rated yet. */
    private YearMonth nextBill(YearMonth usageMonth) {
        return months.listStates().stream()
                .findFirst()
                .map(MonthClose.State::month)
                .filter(youngest -> !youngest.isBefore(usageMonth))
                .map(youngest -> youngest.plusMonths(1))
                .orElse(usageMonth);
    }

    private Optional<Charge> find(YearMonth billMonth, UsageEvent event, YearMonth usageMonth, @Nullable UUID version) {
        return charges.listOf(billMonth, usageMonth, event.subscriptionId()).stream()
                // A price that changed within the month has a line for each version.
                .filter(each -> isFor(each.key(), event) && Objects.equals(version, each.key().tariffId()))
                .findFirst();
    }

    private static boolean isFor(ChargeKey key, UsageEvent event) {
        return key.product().equals(event.product())
                && (key.operation().equals(PriceBook.EVERY_OPERATION)
                        || (key.operation().equals(event.operation()) && key.unit().equals(event.unit())))
                && key.purpose().equals(event.purposeClass());
    }

    private static Verdict verdict(
            UsageEvent event, boolean freeByLaw, YearMonth usageMonth, Optional<MonthClose.State> rated) {
        if (event.sandbox()) {
            return Verdict.SANDBOX;
        }
        if (event.quantity() == 0) {
            return switch (event.outcome()) {
                case ANSWERED -> Verdict.NO_UNITS;
                case NOT_FOUND -> Verdict.NOTHING_FOUND;
                case NOT_MODIFIED -> Verdict.NOT_MODIFIED;
                case REFUSED, FAILED -> Verdict.NOT_ANSWERED;
            };
        }
        if (freeByLaw) {
            return Verdict.FREE_PURPOSE;
        }
        return rated.map(state -> state.month().equals(usageMonth) ? Verdict.BILLED : Verdict.CORRECTED)
                .orElse(Verdict.TO_BE_BILLED);
    }
}
