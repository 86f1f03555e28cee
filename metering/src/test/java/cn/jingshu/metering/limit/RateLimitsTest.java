package cn.jingshu.metering.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.metering.limit.LimitDecision.Allowed;
import cn.jingshu.metering.limit.LimitDecision.Limited;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.local.SynchronizationStrategy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RateLimitsTest {
    private static final RateLimit TEN_A_SECOND = new RateLimit(10, Duration.ofSeconds(1));

    /** A clock a test moves by hand. */
    private static final class HandClock extends Clock {
        private Instant now = Instant.parse("2026-11-23T00:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final HandClock clock = new HandClock();
    private final RateLimits limits = RateLimits.inProcess(clock);

    @Test
    void aBurstTakesTheBucketAndTimeRefillsIt() {
        for (int left = 9; left >= 0; left--) {
            assertThat(limits.tryTake("a", TEN_A_SECOND))
                    .isEqualTo(new Allowed(left, Duration.ofMillis(100L * (10 - left))));
        }
        assertThat(limits.tryTake("a", TEN_A_SECOND)).isEqualTo(new Limited(Duration.ofMillis(100)));
        clock.pass(Duration.ofMillis(99));
        assertThat(limits.tryTake("a", TEN_A_SECOND)).isEqualTo(new Limited(Duration.ofMillis(1)));
        clock.pass(Duration.ofMillis(1));
        assertThat(limits.tryTake("a", TEN_A_SECOND)).isInstanceOf(Allowed.class);
        assertThat(limits.tryTake("a", TEN_A_SECOND)).isInstanceOf(Limited.class);
        clock.pass(Duration.ofDays(1)); // the bucket was forgotten meanwhile; it holds no more than when full
        assertThat(limits.tryTake("a", TEN_A_SECOND)).isEqualTo(new Allowed(9, Duration.ofMillis(100)));
    }

    @Test
    void keysDoNotShareABucket() {
        RateLimit one = new RateLimit(1, Duration.ofHours(1));
        assertThat(limits.tryTake("a", one)).isInstanceOf(Allowed.class);
        assertThat(limits.tryTake("a", one)).isEqualTo(new Limited(Duration.ofHours(1)));
        assertThat(limits.tryTake("b", one)).isInstanceOf(Allowed.class);
        assertThat(limits.stats()).isEqualTo(new LimitStats(false, 0, 3, 0));
    }

    @Test
    void aChangedLimitCountsAtOnce() {
        RateLimit one = new RateLimit(1, Duration.ofHours(1));
        assertThat(limits.tryTake("a", one)).isInstanceOf(Allowed.class);
        assertThat(limits.tryTake("a", one)).isInstanceOf(Limited.class);
        assertThat(limits.tryTake("a", new RateLimit(2, Duration.ofHours(1)))).isInstanceOf(Allowed.class);
    }

    @Test
    void inProcessTheAnswerIsThereWhenTheCallReturns() {
        assertThat(limits.take("a", TEN_A_SECOND).toCompletableFuture()).isDone();
    }

    /** However time passes between calls, two limiters at hand and the look-up decide as the look-up alone does. */
    @Test
    void aLimiterAtHandDecidesAsTheLookUpDoes() {
        Random random = new Random(20261129);
        for (RateLimit limit : List.of(TEN_A_SECOND, new RateLimit(3, Duration.ofMinutes(5)), new RateLimit(50, Duration.ofHours(2)))) {
            RateLimits plain = RateLimits.inProcess(clock);
            Limiter one = limits.of("shared", limit);
            Limiter other = limits.of("shared", limit);
            int limited = 0;
            for (int i = 0; i < 5_000; i++) {
                clock.pass(switch (random.nextInt(20)) {
                    case 0 -> Duration.ofMillis(random.nextInt(3 * 60_000));
                    case 1 -> limit.period().plus(Duration.ofMinutes(random.nextInt(25)));
                    default -> Duration.ofMillis(random.nextInt(50));
                });
                LimitDecision expected = plain.tryTake("shared", limit);
                LimitDecision decided = switch (random.nextInt(3)) {
                    case 0 -> one.take().toCompletableFuture().join();
                    case 1 -> other.take().toCompletableFuture().join();
                    default -> limits.tryTake("shared", limit);
                };
                assertThat(decided).as("call %s of %s", i, limit).isEqualTo(expected);
                limited += decided instanceof Limited ? 1 : 0;
            }
            assertThat(limited).isBetween(100, 4_900);
        }
    }

    /** However time passes, backwards too, a bucket decides as Bucket4j's own under a lock does, to the nanosecond. */
    @Test
    void aBucketDecidesAsBucket4jDoes() {
        Random random = new Random(20261130);
        for (RateLimit limit : List.of(TEN_A_SECOND, new RateLimit(1, Duration.ofHours(1)), new RateLimit(7, Duration.ofSeconds(3)),
                new RateLimit(1_000_000, Duration.ofMillis(7)), new RateLimit(1_000_000_000, Duration.ofDays(31)))) {
            ClockMeter meter = new ClockMeter(clock);
            Bucket expected = Bucket.builder()
                    .addLimit(of -> of.capacity(limit.capacity()).refillGreedy(limit.capacity(), limit.period()))
                    .withCustomTimePrecision(meter)
                    .withSynchronizationStrategy(SynchronizationStrategy.SYNCHRONIZED) // changes its state in place, too
                    .build();
            Limiter limiter = limits.of("of " + limit, limit);
            for (int i = 0; i < 3_000; i++) {
                clock.pass(switch (random.nextInt(10)) {
                    case 0 -> limit.period().dividedBy(1 + random.nextInt(5));
                    case 1 -> Duration.ofMillis(-random.nextInt(20));
                    case 2 -> limit.period().plusMillis(random.nextInt(1_000));
                    default -> Duration.ofMillis(random.nextInt(3));
                });
                assertThat(limiter.take().toCompletableFuture()).as("call %s of %s", i, limit)
                        .isCompletedWithValue(Decisions.of(expected.tryConsumeAndReturnRemaining(1)));
            }
        }
    }

    @Test
    void aClockThatIsSetBackLeavesNoBucketDryAndFillsNone() {
        Limiter limiter = limits.of("set back", TEN_A_SECOND);
        for (int call = 0; call < 10; call++) {
            assertThat(limiter.take().toCompletableFuture().join()).isInstanceOf(Allowed.class);
        }
        for (int time = 0; time < 3; time++) {
            clock.pass(Duration.ofHours(-1));
            assertThat(limiter.take().toCompletableFuture()).as("nothing is given for it").isCompletedWithValue(new Limited(Duration.ofMillis(100)));
            clock.pass(Duration.ofMillis(100));
            assertThat(limiter.take().toCompletableFuture().join()).as("time goes on").isInstanceOf(Allowed.class);
            assertThat(limiter.take().toCompletableFuture().join()).isInstanceOf(Limited.class);
        }
    }

    /** Tokens are taken by many threads at once, and none is given twice. */
    @Test
    void threadsShareABucketExactly() throws Exception {
        RateLimit limit = new RateLimit(10_000, Duration.ofDays(31));
        AtomicInteger allowed = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int t = 0; t < 4; t++) {
                Limiter limiter = limits.of("shared by threads", limit);
                threads.execute(() -> {
                    for (int i = 0; i < 4_000; i++) {
                        LimitDecision decided = i % 2 == 0
                                ? limiter.take().toCompletableFuture().join() : limits.tryTake("shared by threads", limit);
                        if (decided instanceof Allowed) {
                            allowed.incrementAndGet();
                        }
                    }
                });
            }
        }
        assertThat(allowed).hasValue(10_000);
    }

    @Test
    void aLimitOutsideItsRangeCannotBeBuilt() {
        assertThatThrownBy(() -> new RateLimit(0, Duration.ofSeconds(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RateLimit(1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RateLimit(1, Duration.ofDays(32))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RateLimit(1_000_001, Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aShareIsNeverZero() {
        assertThat(new RateLimit(2, Duration.ofSeconds(1)).share(5).capacity()).isEqualTo(1);
        assertThat(new RateLimit(100, Duration.ofSeconds(1)).share(5).capacity()).isEqualTo(20);
    }
}
