package cn.jingshu.metering.limit;

import io.lettuce.core.RedisURI;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a call comes too fast. In process by default; through Redis when several nodes share a limit. A
 * limit never fails a call: without Redis each node keeps to its share.
 */
public final class RateLimits implements AutoCloseable {
    private final LocalBuckets local;
    private final @Nullable SharedBuckets shared;
    private final int nodes;
    private final LongAdder decidedShared = new LongAdder();
    private final LongAdder decidedLocally = new LongAdder();

    private RateLimits(ClockMeter meter, @Nullable SharedBuckets shared, int nodes) {
        this.local = new LocalBuckets(meter, decidedLocally);
        this.shared = shared;
        this.nodes = nodes;
    }

    /** Limits of this process alone. */
    public static RateLimits inProcess(Clock clock) {
        return new RateLimits(new ClockMeter(clock), null, 1);
    }

    /**
     * Limits shared through Redis by nodes with synchronised clocks. Starts whether Redis is there or not.
     *
     * <p>Bound: in any stretch of time all nodes together let through what one bucket gives in it, and beyond that at most
     * a tenth of its capacity: what they have not told Redis yet. A node that loses Redis, or dies, may leave its part of
     * that tenth untold for good; as long as it decides alone it adds its share of the limit. A Redis that comes back
     * without what it knew begins with full buckets.
     */
    public static RateLimits shared(RedisURI redis, SharedLimitSettings settings, Clock clock) {
        ClockMeter meter = new ClockMeter(clock);
        SharedBuckets shared = new SharedBuckets(
                new LettuceLink(redis, settings.retryEvery()), settings, meter, LimitTime.SYSTEM);
        shared.start();
        return over(shared, settings, meter);
    }

    /** Limits shared through buckets that somebody else starts. */
    static RateLimits over(SharedBuckets shared, SharedLimitSettings settings, ClockMeter meter) {
        return new RateLimits(meter, shared, settings.nodes());
    }

    /** As {@link #take}, waiting for Redis where it must be asked, never longer than the deadline. Not for an event loop. */
    public LimitDecision tryTake(String key, RateLimit limit) {
        SharedBuckets buckets = shared;
        if (buckets == null) {
            return takeLocally(key, limit);
        }
        return takeShared(buckets, key, limit).join();
    }

    /**
     * Asks for one call under {@code key}; never blocks and never fails. In process, and for most calls of a shared
     * limit, the stage is complete when returned; else it completes within the deadline, on a thread of the Redis client.
     */
    public CompletionStage<LimitDecision> take(String key, RateLimit limit) {
        SharedBuckets buckets = shared;
        if (buckets == null) {
            return CompletableFuture.completedFuture(takeLocally(key, limit));
        }
        return takeShared(buckets, key, limit);
    }

    /** The limit of {@code key} for whoever asks it often. */
    public Limiter of(String key, RateLimit limit) {
        SharedBuckets buckets = shared;
        if (buckets != null) {
            return () -> takeShared(buckets, key, limit);
        }
        return local.holder(key, limit);
    }

    public LimitStats stats() {
        SharedBuckets buckets = shared;
        return new LimitStats(
                buckets != null && buckets.reachable(),
                decidedShared.sum(),
                decidedLocally.sum(),
                buckets == null ? 0 : buckets.timesLost());
    }

    @Override
    public void close() {
        SharedBuckets buckets = shared;
        if (buckets != null) {
            buckets.close();
        }
    }

    private LimitDecision takeLocally(String key, RateLimit limit) {
        return local.take(key, limit);
    }

    private CompletableFuture<LimitDecision> takeShared(SharedBuckets buckets, String key, RateLimit limit) {
        if (!buckets.reachable()) {
            return CompletableFuture.completedFuture(takeLocally(key, limit.share(nodes)));
        }
        return buckets.take(key, limit).handle((decision, failure) -> {
            if (failure != null) {
                return takeLocally(key, limit.share(nodes));
            }
            decidedShared.increment();
            return decision;
        });
    }
}
