package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.marketplace.pricing.PriceList;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.quota.Budgets;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * Reckons how much of what calls took of a consumer's budget counts no longer: they take the most a unit can cost ({@link Tariff#steepest}), and
 * what is stored has its price. Decision 0066 says why no call is answered beyond a budget so.
 */
@Singleton
public final class BudgetReckoning {
    /** So long before a month begins its budgets are reckoned, since fixed amounts are owed from its first moment on. */
    private static final Duration AHEAD = Duration.ofHours(1);

    private final MonthUsage usage;
    private final Budgets budgets;
    private final Clock clock;

    BudgetReckoning(MonthUsage usage, Budgets budgets, Clock clock) {
        this.usage = usage;
        this.budgets = budgets;
        this.clock = clock;
    }

    /**
     * Reckons the budgets of this month, and towards its end of the next.
     *
     * @param limits the hard budgets, by organisation; a new one before any node hears of it
     * @throws UnratedUsageException if what is owed for a subscription cannot be reckoned; nothing is changed then. Usage without a lawful price counts at
     *     the most that can have been taken for it
     */
    public void reckon(Map<UUID, Money> limits) {
        if (limits.isEmpty()) {
            return;
        }
        BillingPeriod now = BillingPeriod.of(clock.instant());
        reckon(now.month(), limits);
        if (!clock.instant().plus(AHEAD).isBefore(now.end())) {
            reckon(now.month().plusMonths(1), limits);
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

    private void reckon(YearMonth month, Map<UUID, Money> limits) {
        Map<UUID, Long> stored = stored(month, limits.keySet()); // first: all of it is in what is read next
        Map<UUID, Cost> costs = new HashMap<>();
        MonthUsage.Rated shipped = usage.shipped(month, limits.keySet());
        for (PricedUsage line : shipped.priced()) {
            costs.computeIfAbsent(line.key().organisationId(), _ -> new Cost()).add(line.basis(), line.quantity());
        }
        for (MonthUsage.Unrated each : shipped.unrated()) {
            costs.computeIfAbsent(each.organisationId(), _ -> new Cost()).addTaken(each.takenMilliFen());
        }
        Map<UUID, Budgets.Freed> freed = new HashMap<>();
        limits.forEach((each, budget) -> {
            long limit = Math.multiplyExact(Math.min(budget.fen(), Money.MOST_ENTERED.fen()), 1_000L);
            Cost cost = costs.getOrDefault(each, new Cost());
            long taken = stored.getOrDefault(each, 0L);
            freed.put(each, new Budgets.Freed(taken - cost.atMost(), limit, taken + cost.mostWithin(limit) - limit));
        });
        try {
            budgets.free(month, freed);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** What is shipped of one organisation's month costs, and what more may cost beyond what is taken for it; in thousandths of a fen, rounded up. */
    static final class Cost {
        private record Leap(long taken, long more) {}

        private static final BigFraction LARGEST_BUDGET = new BigFraction(Money.MOST_ENTERED.fen());

        private final List<Leap> leaps = new ArrayList<>();
        private long certain;

        void add(Basis basis, long quantity) {
            certain = Math.addExact(certain, Tariff.milliFenUp(basis.exactFen(quantity)) + (basis.isWholeFen() ? 0 : PriceList.ROUNDED_UP));
            long perUnit = PriceList.Dearest.of(basis.tariff()).perUnit();
            long most = 0;
            for (Basis.Leap each : basis.leaps(quantity).stream().sorted(Comparator.comparingLong(Basis.Leap::units)).toList()) {
                long leap = leap(each.fen());
                if (leap > most) { // of one line only the greatest counts
                    leaps.add(new Leap(saturated(each.units(), perUnit), leap - most));
                    most = leap;
                }
            }
        }

        /** Usage without a price: none of what was taken for it comes back. */
        void addTaken(long milliFen) {
            certain = Math.addExact(certain, milliFen);
        }

        /** @return in thousandths of a fen, at least zero; one that no budget has is as much as the largest budget */
        private static long leap(BigFraction fen) {
            return fen.compareTo(BigFraction.ZERO) <= 0 ? 0 : fen.compareTo(LARGEST_BUDGET) >= 0 ? Money.MOST_ENTERED.fen() * 1_000 : Tariff.milliFenUp(fen);
        }

        /** @return where so much is taken for that many units that no budget has it: more than any */
        private static long saturated(long units, long perUnit) {
            return perUnit != 0 && units > Long.MAX_VALUE / 4 / perUnit ? Long.MAX_VALUE / 4 : units * perUnit;
        }

        /** With every leap there is. */
        long atMost() {
            return leaps.stream().mapToLong(Leap::more).reduce(certain, Math::addExact);
        }

        /**
         * The most that may be taken for what is not shipped, so that all of it and every leap so much can reach fits the limit. What is taken
         * for one line cannot reach a leap of another, but which line it is for nobody knows before.
         *
         * @return at least the limit less {@link #atMost}
         */
        long mostWithin(long limit) {
            long most = limit - certain;
            for (Leap each : leaps.stream().sorted(Comparator.comparingLong(Leap::taken)).toList()) {
                if (most < each.taken()) {
                    return most;
                }
                most -= each.more();
                if (most < each.taken() && each.taken() > 0) {
                    return each.taken() - 1; // it is not reached
                }
            }
            return most;
        }
    }
}
