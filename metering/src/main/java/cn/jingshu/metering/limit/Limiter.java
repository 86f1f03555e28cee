package cn.jingshu.metering.limit;

import java.util.concurrent.CompletionStage;

/** One key's rate limit at hand: asking it spares looking the limit up. May be kept and asked by any thread. */
@FunctionalInterface
public interface Limiter {
    /** As {@link RateLimits#take} under the key and limit it was made for. */
    CompletionStage<LimitDecision> take();
}
