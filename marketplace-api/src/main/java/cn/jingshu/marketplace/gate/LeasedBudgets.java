package cn.jingshu.marketplace.gate;

import cn.jingshu.metering.quota.QuotaDecision;
import cn.jingshu.metering.quota.Quotas;
import java.time.YearMonth;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The budgets of this run of the node, exact over all nodes by leases. */
public record LeasedBudgets(Quotas budgets) implements BudgetSource, AutoCloseable {
    @Override
    public CompletionStage<QuotaDecision> take(UUID organisationId, YearMonth period, long limitMilliFen, long milliFen) {
        return budgets.take(organisationId, period, limitMilliFen, milliFen);
    }

    @Override
    public void giveBack(UUID organisationId, YearMonth period, long milliFen) {
        budgets.giveBack(organisationId, period, milliFen);
    }

    @Override
    public void recorded(UUID organisationId, YearMonth period, long milliFen) {
        budgets.recorded(organisationId, period, milliFen);
    }

    @Override
    public void close() {
        budgets.close();
    }
}
