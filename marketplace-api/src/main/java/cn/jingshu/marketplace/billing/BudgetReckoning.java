package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.billing.Subscribers.Subscriber;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.quota.Budgets;
import cn.jingshu.products.contract.Contracts;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Reckons how much of what calls took of a consumer's budget counts no longer: they take the most a unit can cost ({@link Tariff#steepest}), and
 * what is stored has its price. Decision 0066 says why no call is answered beyond a budget so.
 */
@Singleton
public final class BudgetReckoning {
    /** What an amount may be rounded up by, in thousandths of a fen. */
    private static final long ROUNDED_UP = 500;
    /** So long before a month begins its budgets are reckoned, since fixed amounts are owed from its first moment on. */
    private static final Duration AHEAD = Duration.ofHours(1);

    private final MonthUsage usage;
    private final Subscriptions subscriptions;
    private final Subscribers subscribers;
    private final PriceBook priceBook;
    private final Contracts contracts;
    private final Budgets budgets;
    private final Clock clock;

    BudgetReckoning(MonthUsage usage, Subscriptions subscriptions, Subscribers subscribers, PriceBook priceBook, Contracts contracts,
            Budgets budgets, Clock clock) {
        this.usage = usage;
        this.subscriptions = subscriptions;
        this.subscribers = subscribers;
        this.priceBook = priceBook;
        this.contracts = contracts;
        this.budgets = budgets;
        this.clock = clock;
    }

    /** One line that may come to be: an operation of a subscription at a price. */
    private record Line(UUID subscriptionId, String operation, UUID tariffId) {}

    /**
     * Reckons the budgets of this month, and towards its end of the next.
     *
     * @throws UnratedUsageException if a part of any one's usage has no lawful price; nothing is changed then
     */
    public void reckon(Set<UUID> organisationIds) {
        if (organisationIds.isEmpty()) {
            return;
        }
        BillingPeriod now = BillingPeriod.of(clock.instant());
        reckon(now.month(), organisationIds);
        if (!clock.instant().plus(AHEAD).isBefore(now.end())) {
            reckon(now.month().plusMonths(1), organisationIds);
        }
    }

    /** Thousandths of a fen taken of this month's budgets for calls that are stored; whenever it changes there is something to reckon. */
    public Map<UUID, Long> stored(Collection<UUID> organisationIds) {
        return stored(BillingPeriod.of(clock.instant()).month(), organisationIds);
    }

    private Map<UUID, Long> stored(YearMonth month, Collection<UUID> organisationIds) {
        try {
            return organisationIds.isEmpty() ? Map.of() : budgets.stored(month, organisationIds);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private void reckon(YearMonth month, Set<UUID> organisationIds) {
        Map<UUID, Long> stored = stored(month, organisationIds); // first: all of it is in what is read next
        Map<UUID, Long> costs = costs(month, organisationIds);
        Map<UUID, Long> freed = new HashMap<>();
        organisationIds.forEach(each -> freed.put(each, stored.getOrDefault(each, 0L) - costs.getOrDefault(each, 0L)));
        try {
            budgets.free(month, freed);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** What is shipped costs, with all that the next units may cost beyond what is taken for them, in thousandths of a fen, rounded up. */
    private Map<UUID, Long> costs(YearMonth month, Set<UUID> organisationIds) {
        Map<UUID, Long> costs = new HashMap<>();
        Set<Line> used = new HashSet<>();
        for (PricedUsage line : usage.shipped(month, organisationIds)) {
            ChargeKey key = line.key();
            Basis basis = line.basis();
            long cost = Tariff.milliFenUp(basis.exactFen(line.quantity()).add(basis.leap(line.quantity()))) + (basis.isWholeFen() ? 0 : ROUNDED_UP);
            costs.merge(key.organisationId(), cost, Math::addExact);
            UUID tariff = key.tariffId();
            if (tariff != null) {
                used.add(new Line(key.subscriptionId(), key.operation(), tariff));
            }
        }
        linesToCome(month, organisationIds, used).forEach((each, lines) -> costs.merge(each, lines * ROUNDED_UP, Math::addExact));
        return costs;
    }

    /** Lines that further calls may begin and whose amount may be rounded up. */
    private Map<UUID, Long> linesToCome(YearMonth month, Set<UUID> organisationIds, Set<Line> used) {
        BillingPeriod period = new BillingPeriod(month);
        Instant now = clock.instant().isAfter(period.start()) ? clock.instant() : period.start();
        Set<UUID> own = subscriptions.listOf(organisationIds).stream().map(Subscription::id).collect(Collectors.toUnmodifiableSet());
        Map<String, PriceList> lists = new HashMap<>();
        Map<UUID, Long> lines = new HashMap<>();
        for (Subscriber each : subscribers.listOf(own)) {
            if (!each.purpose().equals(Purpose.INDUSTRY.name())) {
                continue;
            }
            PriceList list = lists.computeIfAbsent(each.product(), priceBook::priceList);
            Set<Instant> moments = list.tariffs().stream()
                    .map(PublishedTariff::effectiveFrom)
                    .filter(from -> from.isAfter(now) && from.isBefore(period.end()))
                    .collect(Collectors.toSet());
            moments.add(now);
            Set<Line> fresh = new HashSet<>();
            for (String operation : operations(each.product())) {
                for (Instant moment : moments) {
                    list.priceAt(operation, Purpose.INDUSTRY, each.planAt(moment), moment)
                            .filter(published -> published.tariff().isByUnitAlone() && !published.tariff().isWholeFen())
                            .map(published -> new Line(each.subscriptionId(), operation, published.id()))
                            .filter(line -> !used.contains(line))
                            .ifPresent(fresh::add);
                }
            }
            lines.merge(each.organisationId(), (long) fresh.size(), Long::sum);
        }
        return lines;
    }

    private List<String> operations(String product) {
        return contracts.listVersions(product).stream().flatMap(contract -> contract.methods().stream()).map(method -> method.name())
                .distinct().toList();
    }
}
