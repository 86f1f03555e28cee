package cn.jingshu.marketplace.gate;

import cn.jingshu.metering.quota.QuotaDecision;
import java.time.YearMonth;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Budgets where no consumer has one: to be asked for any is a mistake. */
public final class NoBudgets implements BudgetSource {
    @Override
    public CompletionStage<QuotaDecision> take(UUID organisationId, YearMonth period, long limitMilliFen, long milliFen) {
        throw new AssertionError("a budget of " + organisationId);
    }

    @Override
    public void giveBack(UUID organisationId, YearMonth period, long milliFen) {
        throw new AssertionError("a budget of " + organisationId);
    }

    @Override
    public void recorded(UUID organisationId, YearMonth period, long milliFen) {
        throw new AssertionError("a budget of " + organisationId);
    }
}
