package cn.jingshu.metering.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets in this process. A bucket not asked for a whole period is full, so forgetting it changes nothing; it is kept
 * a while longer, since whoever calls every few seconds would make a new one every time.
 */
final class LocalBuckets {
    /** Beyond this many live buckets the least used are forgotten, which refills them. */
    private static final long MOST_BUCKETS = 200_000;

    private static final Duration KEPT_LONGER = Duration.ofMinutes(10);

    private record Key(String name, RateLimit limit) {
        @Override
        public int hashCode() {
            return name.hashCode(); // kept by the text; a name has one limit, but for the moment it changes
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // nearly always it is the very same limit
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && name.equals(key.name) && (limit == key.limit || limit.equals(key.limit));
        }
    }

    /** How long a bucket at hand is used before it is looked up again, well within the time it is kept. */
    private static final long LOOK_UP_AFTER_NANOS = Duration.ofMinutes(1).toNanos();

    private record Found(Bucket bucket, long atNanos) {}

    /** One limit with its bucket at hand; for any number of threads. */
    final class Holder {
        private final Key key;
        private volatile @Nullable Found found;

        private Holder(Key key) {
            this.key = key;
        }

        LimitDecision take() {
            Found held = found;
            long sinceNanos = held == null ? -1 : meter.currentTimeNanos() - held.atNanos();
            if (held == null || sinceNanos < 0 || sinceNanos > LOOK_UP_AFTER_NANOS) {
                held = new Found(bucket(key), meter.currentTimeNanos());
                found = held;
            }
            return Decisions.of(held.bucket().tryConsumeAndReturnRemaining(1));
        }
    }

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
        return Decisions.of(bucket(new Key(name, limit)).tryConsumeAndReturnRemaining(1));
    }

    Holder holder(String name, RateLimit limit) {
        return new Holder(new Key(name, limit));
    }

    private Bucket bucket(Key key) {
        return buckets.get(key, this::fullBucket);
    }

    private Bucket fullBucket(Key key) {
        RateLimit limit = key.limit();
        return Bucket.builder()
                .addLimit(of -> of.capacity(limit.capacity()).refillGreedy(limit.capacity(), limit.period()))
                .withCustomTimePrecision(meter)
                .build();
    }
}
