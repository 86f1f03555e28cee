package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.pricing.Tariff;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.NodePosition;
import cn.jingshu.metering.usage.Usage;
import cn.jingshu.metering.usage.PeriodTotal;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The counted usage of a month with the price each part of it was sold at; a price change splits the month. */
@Singleton
public final class MonthUsage {
    private final Usage usage;
    private final PriceBook priceBook;
    private final Subscriptions subscriptions;

    MonthUsage(Usage usage, PriceBook priceBook, Subscriptions subscriptions) {
        this.usage = usage;
        this.priceBook = priceBook;
        this.subscriptions = subscriptions;
    }

    /**
     * All usage of {@code month} counted so far; test keys are left out.
     *
     * @throws UnratedUsageException if a part of it has no lawful price: the gate admits none, so the facts were changed
     */
    public List<PricedUsage> of(YearMonth month) {
        return of(month, this::totals);
    }

    /**
     * The usage of {@code month} by the subscriptions of one organisation; test keys are left out.
     *
     * @throws UnratedUsageException as {@link #of(YearMonth)} does
     */
    List<PricedUsage> of(YearMonth month, UUID organisationId) {
        List<Subscription> own = subscriptions.listOf(organisationId);
        return of(month, (from, to) -> own.stream()
                .flatMap(subscription -> totals(from, to, subscription.id()).stream())
                .toList());
    }

    /** As {@link #of(YearMonth, UUID)}, from the hourly totals: an hour has the price in force when it began. */
    List<PricedUsage> estimate(YearMonth month, UUID organisationId) {
        List<Subscription> own = subscriptions.listOf(organisationId);
        return of(month, (from, to) -> own.stream()
                .flatMap(subscription -> hours(from, to, subscription.id()).stream())
                .toList());
    }

    private List<PeriodTotal> hours(Instant from, Instant to, UUID subscriptionId) {
        try {
            return usage.listHours(subscriptionId, from, to).stream()
                    .filter(hour -> !hour.sandbox())
                    .map(hour -> new PeriodTotal(hour.subscriptionId(), hour.product(), hour.operation(),
                            hour.purposeClass(), hour.unit(), false, hour.calls(), hour.quantity(), hour.answerBytes()))
                    .toList();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    @FunctionalInterface
    private interface Totals {
        List<PeriodTotal> between(Instant from, Instant to);
    }

    private List<PricedUsage> of(YearMonth month, Totals counted) {
        BillingPeriod period = new BillingPeriod(month);
        Map<String, PriceList> prices = new HashMap<>();
        Map<UUID, UUID> organisations = new HashMap<>();
        TreeSet<Instant> cuts = new TreeSet<>();
        cuts.add(period.start());
        for (PeriodTotal total : counted.between(period.start(), period.end())) {
            PriceList list = prices.computeIfAbsent(total.product(), priceBook::priceList);
            list.tariffs().stream().map(PublishedTariff::effectiveFrom).filter(period::contains).forEach(cuts::add);
            list.ceilings().stream().map(PriceCeiling::effectiveFrom).filter(period::contains).forEach(cuts::add);
        }
        Map<ChargeKey, PricedUsage> priced = new LinkedHashMap<>();
        List<Instant> starts = new ArrayList<>(cuts);
        for (int i = 0; i < starts.size(); i++) {
            Instant start = starts.get(i);
            Instant end = i + 1 < starts.size() ? starts.get(i + 1) : period.end();
            for (PeriodTotal total : counted.between(start, end)) {
                if (total.quantity() == 0) {
                    continue;
                }
                UUID organisation = organisations.computeIfAbsent(total.subscriptionId(), this::organisationOf);
                PriceList list = prices.computeIfAbsent(total.product(), priceBook::priceList);
                PricedUsage part = price(month, start, total, organisation, list);
                priced.merge(part.key(), part, (one, other) -> new PricedUsage(one.key(), one.price(), one.ceiling(),
                        Math.addExact(one.quantity(), other.quantity())));
            }
        }
        return List.copyOf(priced.values());
    }

    private List<PeriodTotal> totals(Instant from, Instant to) {
        try {
            return usage.listTotals(from, to).stream().filter(total -> !total.sandbox()).toList();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private List<PeriodTotal> totals(Instant from, Instant to, UUID subscriptionId) {
        try {
            return usage.listTotals(from, to, subscriptionId).stream().filter(total -> !total.sandbox()).toList();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** The first month with counted usage; empty: nothing was ever counted. */
    Optional<YearMonth> findFirst() {
        try {
            return usage.findFirstHour().map(hour -> BillingPeriod.of(hour).month());
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** How far each node's journal is stored. */
    List<NodePosition> listPositions() {
        try {
            return usage.listPositions();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private UUID organisationOf(UUID subscriptionId) {
        return subscriptions.find(subscriptionId)
                .map(Subscription::organisationId)
                .orElseThrow(() -> new UnratedUsageException("usage of the unknown subscription " + subscriptionId));
    }

    private static PricedUsage price(
            YearMonth month, Instant start, PeriodTotal total, UUID organisation, PriceList prices) {
        Purpose purpose = Purpose.parse(total.purposeClass())
                .orElseThrow(() -> new UnratedUsageException("usage for the unknown purpose " + total.purposeClass()));
        PublishedTariff published = prices.priceAt(total.operation(), purpose, start)
                .orElseThrow(() -> new UnratedUsageException("no lawful price for " + total.product() + "/"
                        + total.operation() + " (" + purpose + ") at " + start + ", " + total.quantity() + " "
                        + total.unit() + " counted"));
        boolean freeByLaw = published.id().equals(PublishedTariff.FREE_BY_LAW);
        @Nullable UUID tariffId = freeByLaw ? null : published.id();
        ChargeKey key = new ChargeKey(month, total.subscriptionId(), organisation, total.product(), total.operation(),
                total.purposeClass(), total.unit(), tariffId);
        @Nullable UnitPrice ceiling = freeByLaw ? null
                : prices.ceilingAt(total.operation(), start).map(PriceCeiling::highest).orElse(null);
        return new PricedUsage(key, unitPrice(published.tariff()), ceiling, total.quantity());
    }

    /** What one unit costs under a tariff. */
    static UnitPrice unitPrice(Tariff tariff) {
        return switch (tariff) {
            case Tariff.Free() -> UnitPrice.ofFen("0");
            case Tariff.PerUnit(UnitPrice price) -> price;
        };
    }
}
