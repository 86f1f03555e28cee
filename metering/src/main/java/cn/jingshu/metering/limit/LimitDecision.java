package cn.jingshu.metering.limit;

import java.time.Duration;

/** The answer to one call that asks a rate limit. */
public sealed interface LimitDecision {
    /**
     * The call may go on.
     *
     * @param remaining calls that could follow at once
     * @param reset until the bucket is full again if none follows
     */
    record Allowed(long remaining, Duration reset) implements LimitDecision {}

    /**
     * Too fast; no token was taken.
     *
     * @param retryAfter until one call would be let through, above zero
     */
    record Limited(Duration retryAfter) implements LimitDecision {}
}
