package cn.jingshu.metering.limit;

import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;

/** Bucket4j's answers in our words. */
final class Decisions {
    private Decisions() {}

    static LimitDecision of(ConsumptionProbe probe) {
        return probe.isConsumed()
                ? new LimitDecision.Allowed(
                        Math.max(0, probe.getRemainingTokens()), Duration.ofNanos(probe.getNanosToWaitForReset()))
                : new LimitDecision.Limited(Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill())));
    }
}
