package cn.jingshu.marketplace.gate;

import cn.jingshu.metering.quota.QuotaDecision;
import java.time.YearMonth;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Where the gate takes money of a consumer's budget of a month from; amounts are thousandths of a fen. */
public interface BudgetSource {
    /** Takes {@code milliFen}, above zero, if the budget leaves room for it. */
    CompletionStage<QuotaDecision> take(UUID organisationId, YearMonth period, long limitMilliFen, long milliFen);

    /** Gives back what was taken and not used. */
    void giveBack(UUID organisationId, YearMonth period, long milliFen);

    /** Notes that the event is recorded for which this was taken. */
    void recorded(UUID organisationId, YearMonth period, long milliFen);
}
