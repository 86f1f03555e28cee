package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Stretch;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.billing.Subscribers.Subscriber;
import cn.jingshu.marketplace.pricing.CeilingFinding;
import cn.jingshu.marketplace.pricing.CeilingFindings;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.PriceCeiling;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.pricing.PublishedTariff;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.usage.HourTotal;
import cn.jingshu.metering.usage.LiveTotal;
import cn.jingshu.metering.usage.LiveUsage;
import cn.jingshu.metering.usage.NodePosition;
import cn.jingshu.metering.usage.PeriodTotal;
import cn.jingshu.metering.usage.Usage;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * The counted usage of a month with the tariff each part of it was sold at; a change of prices splits the month, and a change of
 * plan splits it for the subscription that changed.
 *
 * <p>At a price for each unit every operation is a line of its own. Where amounts, bands or packages belong to the month,
 * the operations a price is published for count together, and the line is owed from the subscription alone, used or not.
 */
@Singleton
public final class MonthUsage {
    private final Usage usage;
    private final LiveUsage live;
    private final PriceBook priceBook;
    private final Subscriptions subscriptions;
    private final Subscribers subscribers;
    private final CeilingFindings findings;

    MonthUsage(Usage usage, LiveUsage live, PriceBook priceBook, Subscriptions subscriptions, Subscribers subscribers,
            CeilingFindings findings) {
        this.findings = findings;
        this.usage = usage;
        this.live = live;
        this.priceBook = priceBook;
        this.subscriptions = subscriptions;
        this.subscribers = subscribers;
    }

    /**
     * All usage of {@code month} counted so far; test keys are left out.
     *
     * @throws UnratedUsageException if a part of it has no lawful price: the gate admits none, so the facts were changed
     */
    public List<PricedUsage> of(YearMonth month) {
        return of(month, Instant.MAX);
    }

    /** The same as it was known when only what had been found before {@code moment} was found. */
    List<PricedUsage> of(YearMonth month, Instant moment) {
        return new Reckoning(month, priceBook::priceList, stored(this::totals), _ -> true, findings.listSigned(moment)).run();
    }

    /** The same under other price lists than those that hold; they are asked for by product. */
    List<PricedUsage> of(YearMonth month, Function<String, PriceList> priceLists) {
        return new Reckoning(month, priceLists, stored(this::totals), _ -> true, findings.listSigned(Instant.MAX)).run();
    }

    /**
     * The usage of {@code month} by the subscriptions of one organisation; test keys are left out.
     *
     * @throws UnratedUsageException as {@link #of(YearMonth)} does
     */
    List<PricedUsage> of(YearMonth month, UUID organisationId) {
        Set<UUID> own = subscriptions.listOf(organisationId).stream().map(Subscription::id).collect(Collectors.toUnmodifiableSet());
        return new Reckoning(month, priceBook::priceList, of(own, this::totals),
                subscriber -> subscriber.organisationId().equals(organisationId), findings.listSigned(Instant.MAX)).run();
    }

    /**
     * As {@link #of(YearMonth, UUID)} of several organisations, from the hourly totals and with what nodes have recorded and not shipped: an hour in which
     * a price or a plan begins has it already. How often the
     * database is asked depends on prices and products, not on how many organisations there are.
     */
    Rated estimate(YearMonth month, Set<UUID> organisationIds) {
        return ofSome(month, organisationIds, this::wholeHours);
    }

    /** As {@link #estimate}, exactly and of what is shipped alone: an hour in which a price or a plan begins is shared by its events. */
    Rated shipped(YearMonth month, Set<UUID> organisationIds) {
        return ofSome(month, organisationIds, this::shipped);
    }

    private Rated ofSome(YearMonth month, Set<UUID> organisationIds, TotalsOfSome counted) {
        Set<UUID> own = subscriptions.listOf(organisationIds).stream().map(Subscription::id).collect(Collectors.toUnmodifiableSet());
        List<Unrated> unrated = new ArrayList<>();
        List<PricedUsage> priced = new Reckoning(month, priceBook::priceList, of(own, counted),
                subscriber -> organisationIds.contains(subscriber.organisationId()), findings.listSigned(Instant.MAX))
                .knowing(subscribers.listOf(own)).settingAside(unrated).run();
        return new Rated(priced, unrated);
    }

    /**
     * Usage that has no lawful price.
     *
     * @param takenMilliFen the most that can have been taken for it of a budget, in thousandths of a fen; at least zero
     */
    record Unrated(UUID organisationId, long takenMilliFen) {}

    /** The usage of some organisations: with its prices, and what has none. */
    record Rated(List<PricedUsage> priced, List<Unrated> unrated) {
        Rated {
            priced = List.copyOf(priced);
            unrated = List.copyOf(unrated);
        }
    }

    private List<PeriodTotal> wholeHours(Instant begin, Instant end, Set<UUID> subscriptionIds) {
        return hours(begin.truncatedTo(ChronoUnit.HOURS), end.truncatedTo(ChronoUnit.HOURS), subscriptionIds).stream()
                .map(hour -> total(hour.total(), hour.total().quantity()))
                .toList();
    }

    private List<PeriodTotal> shipped(Instant from, Instant to, Set<UUID> subscriptionIds) {
        Instant fromHour = from.truncatedTo(ChronoUnit.HOURS);
        Instant firstHour = fromHour.equals(from) ? from : fromHour.plus(1, ChronoUnit.HOURS);
        Instant lastHour = to.truncatedTo(ChronoUnit.HOURS);
        if (!firstHour.isBefore(lastHour)) {
            return totals(from, to, subscriptionIds);
        }
        List<PeriodTotal> all = new ArrayList<>();
        for (LiveTotal<HourTotal> hour : hours(firstHour, lastHour, subscriptionIds)) {
            all.add(total(hour.total(), hour.total().quantity() - hour.provisionalQuantity()));
        }
        all.addAll(firstHour.equals(from) ? List.of() : totals(from, firstHour, subscriptionIds));
        all.addAll(lastHour.equals(to) ? List.of() : totals(lastHour, to, subscriptionIds));
        return all;
    }

    private static PeriodTotal total(HourTotal hour, long quantity) {
        return new PeriodTotal(hour.subscriptionId(), hour.product(), hour.operation(), hour.purposeClass(), hour.unit(), false, hour.calls(),
                quantity, hour.answerBytes());
    }

    private List<LiveTotal<HourTotal>> hours(Instant from, Instant to, Set<UUID> subscriptionIds) {
        if (!from.isBefore(to)) {
            return List.of(); // two prices within an hour: the later one has it
        }
        try {
            return live.listHours(subscriptionIds, from, to).totals().stream().filter(hour -> !hour.total().sandbox()).toList();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private interface Totals {
        List<PeriodTotal> between(Instant from, Instant to);

        /** One subscription's, whose plan changed within what is asked for at once of all. */
        List<PeriodTotal> of(UUID subscriptionId, Instant from, Instant to);
    }

    @FunctionalInterface
    private interface TotalsOfSome {
        List<PeriodTotal> between(Instant from, Instant to, Set<UUID> subscriptionIds);
    }

    private Totals stored(BiFunction<Instant, Instant, List<PeriodTotal>> all) {
        return new Totals() {
            @Override
            public List<PeriodTotal> between(Instant from, Instant to) {
                return all.apply(from, to);
            }

            @Override
            public List<PeriodTotal> of(UUID subscriptionId, Instant from, Instant to) {
                return totals(from, to, Set.of(subscriptionId));
            }
        };
    }

    private static Totals of(Set<UUID> own, TotalsOfSome counted) {
        return new Totals() {
            @Override
            public List<PeriodTotal> between(Instant from, Instant to) {
                return counted.between(from, to, own);
            }

            @Override
            public List<PeriodTotal> of(UUID subscriptionId, Instant from, Instant to) {
                return counted.between(from, to, Set.of(subscriptionId));
            }
        };
    }

    /** One run over a month: what it has read is read once. */
    private final class Reckoning {
        private final YearMonth month;
        private final Stretch period;
        private final Function<String, PriceList> priceLists;
        private final Totals counted;
        private final Predicate<Subscriber> whose;
        private final List<CeilingFinding> found;
        private final Map<String, PriceList> prices = new HashMap<>();
        private final Map<UUID, Subscriber> known = new HashMap<>();
        private final Map<ChargeKey, PricedUsage> priced = new LinkedHashMap<>();
        private @Nullable List<Unrated> unrated; // null: there must be none

        Reckoning(YearMonth month, Function<String, PriceList> priceLists, Totals counted, Predicate<Subscriber> whose,
                List<CeilingFinding> found) {
            this.found = found;
            BillingPeriod billed = new BillingPeriod(month);
            this.month = month;
            this.period = new Stretch(billed.start(), billed.end());
            this.priceLists = priceLists;
            this.counted = counted;
            this.whose = whose;
        }

        /** With subscriptions that were read together. */
        Reckoning knowing(List<Subscriber> read) {
            read.forEach(each -> known.put(each.subscriptionId(), each));
            return this;
        }

        /** Usage without a lawful price is set aside in {@code list} instead of ending the run. */
        Reckoning settingAside(List<Unrated> list) {
            unrated = list;
            return this;
        }

        List<PricedUsage> run() {
            List<String> monthly = subscribers.listMonthlyProducts(period.to());
            Map<String, List<Subscriber>> owing = new LinkedHashMap<>();
            for (String product : monthly) {
                List<Subscriber> all = subscribers.listOf(product, period).stream().filter(whose).toList();
                knowing(all); // what is owed and what was used go by the same changes of plan
                owing.put(product, all);
            }
            Set<String> products = new HashSet<>(monthly);
            counted.between(period.from(), period.to()).forEach(total -> products.add(total.product()));
            List<Instant> starts = new ArrayList<>(cuts(products));
            for (int i = 0; i < starts.size(); i++) {
                Stretch part = new Stretch(starts.get(i), i + 1 < starts.size() ? starts.get(i + 1) : period.to());
                owing.forEach((product, all) -> all.forEach(subscriber ->
                        subscriber.pieces(part).forEach(piece -> owe(subscriber, piece))));
                Set<UUID> split = new LinkedHashSet<>();
                for (PeriodTotal total : counted.between(part.from(), part.to())) {
                    // A product whose first use of the month came after the look above: where its prices change, nobody has asked.
                    // That use is as late as what comes a moment after this.
                    if (total.quantity() != 0 && products.contains(total.product())) {
                        Subscriber subscriber = subscriber(total.subscriptionId());
                        if (subscriber.pieces(part).size() > 1) {
                            split.add(subscriber.subscriptionId());
                        } else {
                            use(subscriber, total, part);
                        }
                    }
                }
                split.forEach(id -> useByPlan(subscriber(id), part, products));
            }
            return priced.values().stream().map(this::withinItsSpell).map(this::heldToFindings).toList();
        }

        private Set<Instant> cuts(Set<String> products) {
            Set<Instant> cuts = new TreeSet<>();
            cuts.add(period.from());
            for (String product : products) {
                PriceList list = list(product);
                list.tariffs().stream().map(PublishedTariff::effectiveFrom).filter(this::contains).forEach(cuts::add);
                list.ceilings().stream().map(PriceCeiling::effectiveFrom).filter(this::contains).forEach(cuts::add);
                list.findTrialEnd().filter(this::contains).ifPresent(cuts::add);
            }
            return cuts;
        }

        private boolean contains(Instant moment) {
            return moment.isAfter(period.from()) && moment.isBefore(period.to());
        }

        private PriceList list(String product) {
            return prices.computeIfAbsent(product, priceLists);
        }

        /**
         * What a subscription owes in a part of the month, under one price and one plan, from its being there. A price that counts in no unit yet is owed
         * by nobody: no version of its product was ever served.
         */
        private void owe(Subscriber subscriber, Stretch part) {
            BigFraction share = subscriber.share(part, period);
            if (share.equals(BigFraction.ZERO)) {
                return;
            }
            PriceList list = list(subscriber.product());
            list.tariffs().stream().map(PublishedTariff::operation).distinct().forEach(operation ->
                    list.priceAt(operation, Purpose.INDUSTRY, subscriber.planAt(part.from()), part.from())
                            .filter(published -> published.operation().equals(operation)
                                    && !published.tariff().isByUnitAlone() && published.unit() != null)
                            .ifPresent(published -> add(monthly(subscriber, list, published, part.from(), share, 0))));
        }

        private Subscriber subscriber(UUID id) {
            return known.computeIfAbsent(id, _ -> subscribers.find(id).orElseThrow(
                    () -> new UnratedUsageException("usage of the unknown subscription " + id)));
        }

        /** What was used in a part of the month under one plan after the other: each call belongs to the plan of the moment it occurred at. */
        private void useByPlan(Subscriber subscriber, Stretch part, Set<String> products) {
            for (Stretch piece : subscriber.pieces(part)) {
                for (PeriodTotal total : counted.of(subscriber.subscriptionId(), piece.from(), piece.to())) {
                    if (total.quantity() != 0 && products.contains(total.product())) {
                        use(subscriber, total, piece);
                    }
                }
            }
        }

        private void use(Subscriber subscriber, PeriodTotal total, Stretch part) {
            List<Unrated> aside = unrated;
            try {
                rate(subscriber, total, part);
            } catch (UnratedUsageException without) {
                if (aside == null) {
                    throw without;
                }
                PriceList.Dearest most = Purpose.parse(total.purposeClass())
                        .map(purpose -> list(total.product()).dearestBefore(total.operation(), purpose, part.to())).orElse(PriceList.Dearest.NOTHING);
                aside.add(new Unrated(subscriber.organisationId(), Math.addExact(Math.multiplyExact(Math.max(0, total.quantity()), most.perUnit()),
                        Math.multiplyExact(Math.max(0, total.calls()), most.perCall()))));
            }
        }

        /** What was used in a part of the month, under one price and one plan. */
        private void rate(Subscriber subscriber, PeriodTotal total, Stretch part) {
            Purpose purpose = Purpose.parse(total.purposeClass()).orElseThrow(
                    () -> new UnratedUsageException("usage for the unknown purpose " + total.purposeClass()));
            PriceList list = list(total.product());
            PublishedTariff published = list.priceAt(total.operation(), purpose, subscriber.planAt(part.from()), part.from())
                    .orElseThrow(() -> new UnratedUsageException("no lawful price for " + total.product() + "/"
                            + total.operation() + " (" + purpose + ") at " + part.from() + ", " + total.quantity() + " "
                            + total.unit() + " counted"));
            if (!published.counts(total.unit())) {
                throw new UnratedUsageException("price " + published.id() + " of " + total.product() + " counts " + published.unit() + ", and "
                        + total.operation() + " counted " + total.quantity() + " " + total.unit() + " at " + part.from()
                        + ": the gate lets none in, and what was let in before is to be voided");
            }
            add(published.tariff().isByUnitAlone()
                    ? byUnit(subscriber, list, published, part.from(), total)
                    : monthly(subscriber, list, published, part.from(), BigFraction.ZERO, total.quantity()));
        }

        private PricedUsage byUnit(
                Subscriber subscriber, PriceList list, PublishedTariff published, Instant moment, PeriodTotal total) {
            boolean freeByLaw = published.isFreeByLaw();
            ChargeKey key = new ChargeKey(month, total.subscriptionId(), subscriber.organisationId(), total.product(),
                    total.operation(), total.purposeClass(), total.unit(), freeByLaw ? null : published.id());
            Optional<PriceCeiling> ceiling = freeByLaw ? Optional.empty() : list.ceilingAt(total.operation(), moment);
            BigFraction shadow = freeByLaw ? shadow(list, total, moment) : BigFraction.ZERO;
            return new PricedUsage(key, basis(published.tariff(), BigFraction.ONE, ceiling), total.quantity(), shadow);
        }

        /** What free use would have cost at the price everyone in industry pays, as if it were all there was in that part. */
        private BigFraction shadow(PriceList list, PeriodTotal total, Instant moment) {
            return list.priceAt(total.operation(), Purpose.INDUSTRY, moment)
                    .map(published -> published.tariff().exactFen(new BigFraction(total.quantity())))
                    .orElse(BigFraction.ZERO);
        }

        private PricedUsage monthly(Subscriber subscriber, PriceList list, PublishedTariff published, Instant moment,
                BigFraction share, long quantity) {
            String operation = published.operation();
            ChargeKey key = new ChargeKey(month, subscriber.subscriptionId(), subscriber.organisationId(),
                    list.product(), operation, published.purpose().name(), unitOf(published), published.id());
            return new PricedUsage(key, basis(published.tariff(), share, list.ceilingAt(operation, moment)), quantity,
                    BigFraction.ZERO);
        }

        private static Basis basis(Tariff tariff, BigFraction share, Optional<PriceCeiling> ceiling) {
            return new Basis(tariff, share, ceiling.map(PriceCeiling::id).orElse(null),
                    ceiling.map(PriceCeiling::limit).orElse(null));
        }

        private void add(PricedUsage part) {
            priced.merge(part.key(), part, (one, other) -> new PricedUsage(one.key(), merged(one.basis(), other.basis()),
                    Math.addExact(one.quantity(), other.quantity()), one.shadowFen().add(other.shadowFen())));
        }

        private static Basis merged(Basis one, Basis other) {
            Basis lower = lower(one.ceiling(), other.ceiling()) ? one : other;
            BigFraction share = one.tariff().isByUnitAlone() ? BigFraction.ONE : one.share().add(other.share());
            return new Basis(one.tariff(), share, lower.ceilingId(), lower.ceiling());
        }

        private static boolean lower(@Nullable Ceiling one, @Nullable Ceiling other) {
            return other == null || (one != null && (one.perUnit().fenPerUnit().compareTo(other.perUnit().fenPerUnit()) < 0
                    || (one.perUnit().equals(other.perUnit()) && one.perMonth().compareTo(other.perMonth()) <= 0)));
        }

        private PricedUsage heldToFindings(PricedUsage all) {
            Basis basis = all.basis();
            for (CeilingFinding finding : found) {
                if (all.key().tariffId() != null && finding.product().equals(all.key().product())
                        && finding.covers(all.key().operation(), month)) {
                    basis = basis.heldTo(finding.id(), finding.allowed());
                }
            }
            return new PricedUsage(all.key(), basis, all.quantity(), all.shadowFen());
        }

        /** A call that was under way when its subscription stopped still counts: as if it had stopped an hour later. */
        private PricedUsage withinItsSpell(PricedUsage all) {
            Basis basis = all.basis();
            if (!basis.share().equals(BigFraction.ZERO)) {
                return all;
            }
            BigFraction hour = new Stretch(period.from(), period.from().plus(1, ChronoUnit.HOURS)).shareOf(period);
            return new PricedUsage(all.key(), new Basis(basis.tariff(), hour, basis.ceilingId(), basis.ceiling()),
                    all.quantity(), all.shadowFen());
        }
    }

    private static String unitOf(PublishedTariff published) {
        String unit = published.unit();
        if (unit == null) {
            throw new UnratedUsageException("price " + published.id() + " of " + published.product() + " has no unit: no version of the product was approved");
        }
        return unit;
    }

    private List<PeriodTotal> totals(Instant from, Instant to) {
        try {
            return usage.listTotals(from, to).stream().filter(total -> !total.sandbox()).toList();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private List<PeriodTotal> totals(Instant from, Instant to, Set<UUID> subscriptionIds) {
        try {
            return usage.listTotals(from, to, subscriptionIds).stream().filter(total -> !total.sandbox()).toList();
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

    /** The first month this organisation may owe anything for: anything was counted then, or it applied for its first subscription; empty: neither. */
    Optional<YearMonth> findFirst(UUID organisationId) {
        Stream<YearMonth> applied = subscriptions.listOf(organisationId).stream().map(each -> BillingPeriod.of(each.appliedAt()).month());
        return Stream.concat(findFirst().stream(), applied).min(Comparator.naturalOrder());
    }

    /** How far each node's journal is stored. */
    List<NodePosition> listPositions() {
        try {
            return usage.listPositions();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }
}
