package cn.jingshu.metering.limit;

import cn.jingshu.metering.simulation.SimulatedProcess;
import java.time.Clock;
import java.util.concurrent.CompletionStage;

/** A node's rate limits as they are, over a simulated Redis; looking for it, and losing patience, when a simulation says so. */
public final class SteppedLimits {
    private final SharedBuckets buckets;
    private final RateLimits limits;

    public SteppedLimits(SimulatedRedis redis, SimulatedProcess process, SimulatedRedis.Wire wire,
            SharedLimitSettings settings, Clock clock) {
        ClockMeter meter = new ClockMeter(clock);
        this.buckets = new SharedBuckets(redis.reachedBy(process, wire), settings, meter, wire::failAfter);
        this.limits = RateLimits.over(buckets, settings, meter);
    }

    public CompletionStage<LimitDecision> take(String key, RateLimit limit) {
        return limits.take(key, limit);
    }

    /** Looks for a Redis that is gone, as the probing thread would. */
    public void probe() {
        buckets.probe();
    }

    public LimitStats stats() {
        return limits.stats();
    }
}
