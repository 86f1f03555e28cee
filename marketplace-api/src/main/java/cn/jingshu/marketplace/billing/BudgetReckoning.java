package cn.jingshu.marketplace.billing;

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
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

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
        for (PricedUsage line : usage.shipped(month, organisationIds)) {
            Basis basis = line.basis();
            long cost = Tariff.milliFenUp(basis.exactFen(line.quantity()).add(basis.leap(line.quantity())))
                    + (basis.isWholeFen() ? 0 : PriceList.ROUNDED_UP);
            costs.merge(line.key().organisationId(), cost, Math::addExact);
        }
        return costs;
    }
}
