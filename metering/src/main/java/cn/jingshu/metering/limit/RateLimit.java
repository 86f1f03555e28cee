package cn.jingshu.metering.limit;

import java.time.Duration;

/**
 * How many calls may come how fast (限流): a token bucket of {@code capacity} tokens that refills evenly, wholly once
 * per {@code period}. A burst may take the whole bucket.
 *
 * @param capacity 1 to 1,000,000,000 calls
 * @param period 1 ms to 31 days
 */
public record RateLimit(long capacity, Duration period) {
    public RateLimit {
        if (capacity < 1 || capacity > 1_000_000_000L) {
            throw new IllegalArgumentException("capacity is " + capacity + ", allowed: 1 to 1,000,000,000");
        }
        if (period.toMillis() < 1 || period.toDays() > 31) {
            throw new IllegalArgumentException("period is " + period + ", allowed: 1 ms to 31 days");
        }
        if (capacity > period.toNanos()) {
            throw new IllegalArgumentException("a limit above one call a nanosecond limits nothing");
        }
    }

    /** The part of one of {@code nodes} equal nodes, at least one call. */
    RateLimit share(int nodes) {
        return new RateLimit(Math.max(1, capacity / nodes), period);
    }
}
