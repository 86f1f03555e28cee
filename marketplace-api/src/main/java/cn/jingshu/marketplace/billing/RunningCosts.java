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

    /** The usage of {@code month} counted so far, at its price, tax included. */
    public Money of(YearMonth month, UUID organisationId) {
        return of(month, Set.of(organisationId)).getOrDefault(organisationId, Money.ZERO);
    }

    /**
     * The same of several consumers, rated together; who has used nothing is not in it.
     *
     * @throws UnratedUsageException if a part of any one's usage has no lawful price
     */
    public Map<UUID, Money> of(YearMonth month, Set<UUID> organisationIds) {
        Map<UUID, Money> sums = new HashMap<>();
        for (Charge charge : Rating.rate(month, usage.estimate(month, organisationIds), Map.of(), rates.get().rateAt(Rule.VAT, month.atEndOfMonth()).rate())) {
            sums.merge(charge.key().organisationId(), charge.amount(), Money::plus);
        }
        return sums;
    }
}
