package cn.jingshu.metering.benchmark;

import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.limit.RateLimits;
import cn.jingshu.metering.quota.GenerousQuotas;
import cn.jingshu.metering.quota.QuotaDecision;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What a call asks the meter before it is admitted, in nanoseconds: a unit of a lease at hand, a token in process. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AdmissionBenchmark {
    private static final YearMonth MONTH = YearMonth.of(2026, 11);
    private static final RateLimit LIMIT = new RateLimit(1_000_000_000, Duration.ofSeconds(1));

    private final UUID[] subscriptions = new UUID[1_000];
    private final String[] names = new String[1_000];
    private final GenerousQuotas quotas = new GenerousQuotas();
    private final RateLimits limits = RateLimits.inProcess(Clock.systemUTC());

    public AdmissionBenchmark() {
        for (int i = 0; i < subscriptions.length; i++) {
            subscriptions[i] = new UUID(7, i);
            names[i] = "subscription-" + i;
        }
    }

    /** Each thread walks through the subscriptions in its own order. */
    @State(Scope.Thread)
    public static class Walk {
        private int at = ThreadLocalRandom.current().nextInt();

        int next() {
            at = at * 1_664_525 + 1_013_904_223;
            return (at >>> 8) % 1_000;
        }
    }

    @TearDown
    public void close() {
        limits.close();
        quotas.close();
    }

    @Benchmark
    @Threads(1)
    public CompletionStage<QuotaDecision> leaseTake(Walk walk) {
        return quotas.take(subscriptions[walk.next()], MONTH);
    }

    @Benchmark
    @Threads(2)
    public CompletionStage<QuotaDecision> leaseTakeOfOneSubscriptionByTwoThreads() {
        return quotas.take(subscriptions[0], MONTH);
    }

    @Benchmark
    @Threads(1)
    public LimitDecision limiterInProcess(Walk walk) {
        return limits.tryTake(names[walk.next()], LIMIT);
    }

    @Benchmark
    @Threads(2)
    public LimitDecision limiterInProcessOfOneSubscriptionByTwoThreads() {
        return limits.tryTake(names[0], LIMIT);
    }
}
