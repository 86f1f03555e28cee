package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.ledger.settlement.Rule;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.time.YearMonth;
import java.util.Map;
import java.util.HashMap;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a month has cost a consumer so far, by the same rating as its bill, from the hourly totals and what nodes have not shipped: a few rows
 * however many calls there were. A price that changes within an hour counts from the beginning of that hour on, so it is an estimate.
 */
@Singleton
public final class RunningCosts {
    private final MonthUsage usage;
    private final Provider<PolicyRates> rates;

    RunningCosts(MonthUsage usage, Provider<PolicyRates> rates) {
        this.usage = usage;
        this.rates = rates;
    }

    /**
     * What calls cost, tax included.
     *
     * @param unrated whether a part of them, of those that are shipped, has no lawful price: in {@code amount} it is with the most that can have been taken for
     *     it of a budget
     */
    public record Cost(Money amount, boolean unrated) {
        public static final Cost NOTHING = new Cost(Money.ZERO, false);

        public Cost plus(Cost other) {
            return new Cost(amount.plus(other.amount), unrated || other.unrated);
        }
    }

    /** The usage of {@code month} counted so far, at its price. */
    public Cost of(YearMonth month, UUID organisationId) {
        return of(month, Set.of(organisationId)).getOrDefault(organisationId, Cost.NOTHING);
    }

    /**
     * The same of several consumers, rated together; who has used nothing is not in it.
     *
     * @throws UnratedUsageException if what is owed for a subscription of any one cannot be reckoned
     */
    public Map<UUID, Cost> of(YearMonth month, Set<UUID> organisationIds) {
        Map<UUID, Cost> sums = new HashMap<>();
        MonthUsage.Rated counted = usage.estimate(month, organisationIds);
        for (Charge charge : Rating.rate(month, counted.priced(), Map.of(), rates.get().rateAt(Rule.VAT, month.atEndOfMonth()).rate())) {
            sums.merge(charge.key().organisationId(), new Cost(charge.amount(), false), Cost::plus);
        }
        Set<UUID> without = organisations(counted);
        // A price that ends within an hour is missing from its beginning on here: whether any usage is without one says what is reckoned exactly.
        Set<UUID> unrated = without.isEmpty() ? without : organisations(usage.shipped(month, without));
        for (MonthUsage.Unrated each : counted.unrated()) {
            sums.merge(each.organisationId(), new Cost(Money.ofFen(Math.ceilDiv(each.takenMilliFen(), 1_000L)), unrated.contains(each.organisationId())),
                    Cost::plus);
        }
        return sums;
    }

    private static Set<UUID> organisations(MonthUsage.Rated counted) {
        return counted.unrated().stream().map(MonthUsage.Unrated::organisationId).collect(Collectors.toUnmodifiableSet());
    }
}
