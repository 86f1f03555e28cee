package cn.jingshu.metering.quota;

import java.util.concurrent.CompletionStage;

/** One subscription's quota of one month at hand: asking it spares looking it up. May be kept and asked by any thread. */
@FunctionalInterface
public interface MonthlyQuota {
    /** As {@link Quotas#take} for the subscription and period it was made for. */
    CompletionStage<QuotaDecision> take(long limitUnits, long units);
}
