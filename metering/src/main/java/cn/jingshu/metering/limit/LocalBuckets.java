package cn.jingshu.metering.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.MathType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets in this process. A bucket not asked for a whole period is full, so forgetting it changes nothing; it is kept
 * a while longer, since whoever calls every few seconds would make a new one every time.
 */
final class LocalBuckets {
    /** Beyond this many live buckets the least used are forgotten, which refills them. */
    private static final long MOST_BUCKETS = 200_000;

    private static final Duration KEPT_LONGER = Duration.ofMinutes(10);

    /**
     * A clock that is so much earlier than before was set back, and a bucket's own time goes on from where it was, or it would be dry until the
     * clock is there again; less is how two threads overtake each other between clock and bucket.
     */
    private static final long SET_BACK_NANOS = Duration.ofSeconds(1).toNanos();

    /** Limits are plans' and few; should they be many, those beyond are written down anew with each bucket. */
    private static final int MOST_CONFIGURATIONS = 10_000;

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

    /**
     * One bucket: Bucket4j's state and arithmetic, changed in place under a lock of its own. Bucket4j's lock-free bucket makes
     * a new state of it with every token, which ages the heap by one for each call of ten thousand keys, and its other buckets
     * carry views nobody asks for.
     */
    private static final class Tokens {
        private final BucketState state; // guarded by this
        /** The latest moment of the bucket's own time; guarded by this. */
        private long latest;
        /** How far the bucket's time is ahead of the clock, which was set back so far; guarded by this. */
        private long ahead;

        private Tokens(BucketConfiguration configuration, long now) {
            state = BucketState.createInitialState(configuration, MathType.INTEGER_64_BITS, now);
            latest = now;
        }

        synchronized LimitDecision take(long clockNanos) {
            long now = clockNanos + ahead;
            if (latest - now > SET_BACK_NANOS) {
                ahead += latest - now;
                now = latest;
            }
            latest = Math.max(latest, now);
            state.refillAllBandwidth(now);
            long here = state.getAvailableTokens();
            if (here < 1) {
                long wait = state.calculateDelayNanosAfterWillBePossibleToConsume(1, now, true);
                return new LimitDecision.Limited(Duration.ofNanos(Math.max(1, wait)));
            }
            state.consume(1);
            return new LimitDecision.Allowed(here - 1, Duration.ofNanos(state.calculateFullRefillingTime(now)));
        }
    }

    /** One limit with its bucket at hand; for any number of threads. */
    private final class Holder implements Limiter {
        private final Key key;
        private volatile @Nullable Tokens tokens;

        /** When the bucket was looked up; written after it. */
        private volatile long lookedUpAtNanos;

        private Holder(Key key) {
            this.key = key;
        }

        @Override
        public CompletionStage<LimitDecision> take() {
            long now = meter.currentTimeNanos();
            long sinceNanos = now - lookedUpAtNanos;
            Tokens held = tokens;
            if (held == null || sinceNanos < 0 || sinceNanos > LOOK_UP_AFTER_NANOS) {
                held = bucket(key);
                tokens = held;
                lookedUpAtNanos = now;
            }
            decided.increment();
            return CompletableFuture.completedFuture(held.take(now));
        }
    }

    private final ClockMeter meter;
    private final LongAdder decided;
    private final Cache<Key, Tokens> buckets;
    private final ConcurrentHashMap<RateLimit, BucketConfiguration> configurations = new ConcurrentHashMap<>();

    /** @param decided counts what is decided here */
    LocalBuckets(ClockMeter meter, LongAdder decided) {
        this.meter = meter;
        this.decided = decided;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MOST_BUCKETS)
                .ticker(meter::currentTimeNanos)
                .expireAfter(Expiry.<Key, Tokens>accessing((key, bucket) -> key.limit().period().plus(KEPT_LONGER)))
                .executor(Runnable::run) // its upkeep is shorter than handing it to another thread
                .build();
    }

    LimitDecision take(String name, RateLimit limit) {
        decided.increment();
        return bucket(new Key(name, limit)).take(meter.currentTimeNanos());
    }

    /** The limit for whoever asks it often; its stages are complete. */
    Limiter holder(String name, RateLimit limit) {
        return new Holder(new Key(name, limit));
    }

    private Tokens bucket(Key key) {
        return buckets.get(key, this::fullBucket);
    }

    private Tokens fullBucket(Key key) {
        return new Tokens(configuration(key.limit()), meter.currentTimeNanos());
    }

    /** Shared by all buckets of one limit: it never changes. */
    private BucketConfiguration configuration(RateLimit limit) {
        BucketConfiguration known = configurations.get(limit);
        if (known != null) {
            return known;
        }
        BucketConfiguration made = BucketConfiguration.builder()
                .addLimit(of -> of.capacity(limit.capacity()).refillGreedy(limit.capacity(), limit.period()))
                .build();
        if (configurations.size() < MOST_CONFIGURATIONS) {
            configurations.put(limit, made);
        }
        return made;
    }
}
