package cn.jingshu.metering.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.DelayParameters;
import io.github.bucket4j.distributed.proxy.optimization.NopeOptimizationListener;
import io.github.bucket4j.distributed.proxy.optimization.Optimization;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.distributed.proxy.optimization.delay.DelayOptimization;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token buckets in Redis that all nodes share. While Redis answers in time it is asked, at most once at a time per
 * bucket; the moment it does not, no call touches it until a probe in the background finds it well again.
 */
final class SharedBuckets implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SharedBuckets.class);
    private static final long MOST_BUCKETS = 200_000;

    private record Key(String name, RateLimit limit) {
        /** The limit is part of the name: a changed limit begins with a full bucket on every node alike. */
        String inRedis() {
            return "jingshu:limit:" + name + ":" + limit.capacity() + "/" + limit.period().toMillis();
        }
    }

    private final RedisLink link;
    private final SharedLimitSettings settings;
    private final ClockMeter meter;
    private final LimitTime time;
    private final Cache<Key, AsyncBucketProxy> buckets;
    private final ScheduledExecutorService probes;
    private final AtomicLong timesLost = new AtomicLong();
    private volatile @Nullable AsyncProxyManager<String> redis; // null: gone

    SharedBuckets(RedisLink link, SharedLimitSettings settings, ClockMeter meter, LimitTime time) {
        this.link = link;
        this.settings = settings;
        this.meter = meter;
        this.time = time;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MOST_BUCKETS)
                .ticker(meter::currentTimeNanos)
                .expireAfter(Expiry.<Key, AsyncBucketProxy>accessing(
                        (key, bucket) -> key.limit().period().plusSeconds(1)))
                .build();
        this.probes = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("redis-probe").daemon().factory());
    }

    /** Begins to look for Redis; the first look is over when this returns. */
    void start() {
        CompletableFuture<Void> first = CompletableFuture.runAsync(this::probe, probes);
        long everyNanos = settings.retryEvery().toNanos();
        // Its future only ends when the probes do; probe() itself lets nothing out.
        var _ = probes.scheduleWithFixedDelay(this::probe, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
        first.join();
    }

    boolean reachable() {
        return redis != null;
    }

    long timesLost() {
        return timesLost.get();
    }

    /** Asks the shared bucket; fails within the deadline if Redis is gone or slow. */
    CompletableFuture<LimitDecision> take(String name, RateLimit limit) {
        AsyncProxyManager<String> manager = redis;
        if (manager == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("Redis is gone"));
        }
        CompletableFuture<LimitDecision> decision;
        try {
            decision = buckets.get(new Key(name, limit), key -> bucket(manager, key))
                    .tryConsumeAndReturnRemaining(1)
                    .thenApply(Decisions::of);
        } catch (RuntimeException e) {
            lost(e);
            return CompletableFuture.failedFuture(e);
        }
        if (decision.isDone() && !decision.isCompletedExceptionally()) {
            return decision;
        }
        time.failAfter(settings.answerWithin(), decision);
        return decision.whenComplete((known, failure) -> {
            if (failure != null) {
                lost(failure);
            }
        });
    }

    private AsyncBucketProxy bucket(AsyncProxyManager<String> manager, Key key) {
        RateLimit limit = key.limit();
        BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(of -> of.capacity(limit.capacity()).refillGreedy(limit.capacity(), limit.period()))
                .build();
        long unsynced = settings.unsyncedTokens(limit);
        Optimization optimization = unsynced == 0
                ? Optimizations.batching()
                : new DelayOptimization(
                        new DelayParameters(unsynced, settings.syncWithin()), NopeOptimizationListener.INSTANCE, meter);
        return manager.builder()
                .withOptimization(optimization)
                .build(key.inRedis(), () -> CompletableFuture.completedFuture(configuration));
    }

    private synchronized void lost(Throwable failure) {
        if (redis != null) {
            redis = null;
            timesLost.incrementAndGet();
            log.warn("Redis does not answer, each node limits its own share: {}", failure.toString());
        }
    }

    /** Looks whether a Redis that is gone is back. */
    void probe() {
        if (redis != null) {
            return; // calls will tell when it is lost
        }
        try {
            found(link.reach(settings.answerWithin()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            log.debug("Redis is still gone: {}", e.toString());
        }
    }

    private synchronized void found(RedisAsyncCommands<String, byte[]> commands) {
        buckets.invalidateAll(); // what they remember is from before
        // No time-out of its own: whatever a call waits for in here, its answer has the one above.
        redis = Bucket4jLettuce.casBasedBuilder(commands)
                .clientClock(meter)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(1)))
                .build()
                .asAsync();
        log.info("limits are shared through Redis");
    }

    @Override
    public void close() {
        probes.shutdownNow();
        link.close();
    }
}
