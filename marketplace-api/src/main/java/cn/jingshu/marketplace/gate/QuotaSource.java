package cn.jingshu.marketplace.gate;

import cn.jingshu.metering.quota.MonthlyQuota;
import cn.jingshu.metering.quota.QuotaDecision;
import java.time.YearMonth;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Where the gate takes units of a month's quota from. */
public interface QuotaSource {
    /** Takes {@code units}, at least one, if the limit leaves room for them. */
    CompletionStage<QuotaDecision> take(UUID subscriptionId, YearMonth period, long limitUnits, long units);

    /** The same for whoever takes often from one quota. */
    default MonthlyQuota of(UUID subscriptionId, YearMonth period) {
        return (limitUnits, units) -> take(subscriptionId, period, limitUnits, units);
    }

    /** Gives back units that were taken and not used. */
    void giveBack(UUID subscriptionId, YearMonth period, long units);

    /** Counts units, at least one, that were used and not taken: whatever the limit, and as soon as that can be noted. */
    void book(UUID subscriptionId, YearMonth period, long units);
}
