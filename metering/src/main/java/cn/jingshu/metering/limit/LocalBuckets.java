package cn.jingshu.metering.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * Token buckets in this process. A bucket not asked for a whole period is full, so forgetting it changes nothing; it is kept
 * a while longer, since whoever calls every few seconds would make a new one every time.
 */
final class LocalBuckets {
    /** Beyond this many live buckets the least used are forgotten, which refills them. */
    private static final long MOST_BUCKETS = 200_000;

    private static final Duration KEPT_LONGER = Duration.ofMinutes(10);

    private record Key(String name, RateLimit limit) {}

    private final ClockMeter meter;
    private final Cache<Key, Bucket> buckets;

    LocalBuckets(ClockMeter meter) {
        this.meter = meter;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MOST_BUCKETS)
                .ticker(meter::currentTimeNanos)
                .expireAfter(Expiry.<Key, Bucket>accessing((key, bucket) -> key.limit().period().plus(KEPT_LONGER)))
                .executor(Runnable::run) // its upkeep is shorter than handing it to another thread
                .build();
    }

    LimitDecision take(String name, RateLimit limit) {
        return Decisions.of(buckets.get(new Key(name, limit), this::fullBucket).tryConsumeAndReturnRemaining(1));
    }

    private Bucket fullBucket(Key key) {
        RateLimit limit = key.limit();
        return Bucket.builder()
                .addLimit(of -> of.capacity(limit.capacity()).refillGreedy(limit.capacity(), limit.period()))
                .withCustomTimePrecision(meter)
                .build();
    }
}
