package cn.jingshu.metering.limit;

import java.time.Duration;

/**
 * How several nodes share their limits through Redis.
 *
 * @param nodes how many nodes there are at most; while Redis is gone each lets through its equal share
 * @param answerWithin the hard deadline of every call to Redis; what takes longer is decided here
 * @param syncWithin how long a node may keep what it let through to itself
 * @param retryEvery how often a Redis that is gone is tried again
 */
public record SharedLimitSettings(int nodes, Duration answerWithin, Duration syncWithin, Duration retryEvery) {
    public SharedLimitSettings {
        if (nodes < 1 || nodes > 1_000) {
            throw new IllegalArgumentException("nodes is " + nodes + ", allowed: 1 to 1,000");
        }
        if (!answerWithin.isPositive() || !syncWithin.isPositive() || !retryEvery.isPositive()) {
            throw new IllegalArgumentException("answerWithin, syncWithin and retryEvery must be above zero");
        }
    }

    /** 50 ms to answer, 100 ms between syncs, a try a second. */
    public static SharedLimitSettings ofNodes(int nodes) {
        return new SharedLimitSettings(nodes, Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofSeconds(1));
    }

    /**
     * Calls one node may let through before it tells Redis: a tenth of the limit over all nodes, so all nodes together
     * never let through more than a tenth above it. Zero: every call asks.
     */
    long unsyncedTokens(RateLimit limit) {
        return limit.capacity() / (10L * nodes);
    }
}
