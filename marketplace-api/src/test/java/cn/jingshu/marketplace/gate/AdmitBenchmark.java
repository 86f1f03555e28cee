package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.runtime.StorePostgres;
import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.limit.LimitDecision;
import cn.jingshu.metering.limit.Limiter;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.metering.limit.RateLimits;
import cn.jingshu.metering.quota.MonthlyQuota;
import cn.jingshu.metering.quota.QuotaDecision;
import cn.jingshu.metering.quota.QuotaSettings;
import cn.jingshu.metering.quota.Quotas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Admission as a whole, in nanoseconds: the key found, every rule of the gate, a token of the rate limit in process, a unit of
 * a lease that PostgreSQL gave; one thread walks through many keys, each of a subscription of its own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {"-Xmx512m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class AdmitBenchmark {
    @Param({"100", "10000"})
    public int keys = 100;

    private @Nullable Path data;
    private @Nullable StorePostgres postgres;
    private @Nullable RateLimits limits;
    private @Nullable Quotas quotas;
    private List<Call> calls = List.of();
    private @Nullable Gate gate;
    private int next;

    @Setup(Level.Trial)
    public void open() throws IOException {
        data = Files.createTempDirectory("jingshu-admit");
        StorePostgres store = StorePostgres.start(data);
        postgres = store;
        MeteringSchema.migrate(store.dataSource());
        RateLimits rateLimits = RateLimits.inProcess(Clock.systemUTC());
        Quotas leased = Quotas.open(store.dataSource(), UUID.randomUUID().toString(), 1, UUID.randomUUID(), QuotaSettings.USUAL);
        limits = rateLimits;
        quotas = leased;
        GateTest.World world = new GateTest.World();
        world.quotaUnits = 1_000_000_000_000L;
        world.rate = new RateLimit(1_000_000, java.time.Duration.ofSeconds(1));
        Random random = new Random(7);
        List<ApiKey> others = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            others.add(ApiKey.next(false, random));
        }
        world.others = others;
        gate = world.gate(new InProcess(rateLimits), new Leased(leased));
        calls = others.stream().map(key -> world.callWith(key.reveal())).toList();
        for (Call call : calls) { // the first call of each subscription leases its quota
            admit(call);
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException, InterruptedException {
        if (quotas != null) {
            quotas.close();
        }
        if (limits != null) {
            limits.close();
        }
        if (postgres != null) {
            postgres.end(StorePostgres.End.FAST);
            postgres.close();
        }
    }

    @Benchmark
    public Admission admit() {
        next = (next + 1) % calls.size();
        return admit(calls.get(next));
    }

    private Admission admit(Call call) {
        Gate opened = gate;
        if (opened == null) {
            throw new IllegalStateException("not open");
        }
        Admission admission = opened.admit(call).toCompletableFuture().join();
        if (!(admission instanceof Admission.Admitted)) {
            throw new IllegalStateException("refused: " + admission);
        }
        return admission;
    }

    private record InProcess(RateLimits limits) implements Limits {
        @Override
        public CompletionStage<LimitDecision> take(String limitKey, RateLimit rate) {
            return limits.take(limitKey, rate);
        }

        @Override
        public Limiter of(String limitKey, RateLimit rate) {
            return limits.of(limitKey, rate);
        }
    }

    private record Leased(Quotas quotas) implements QuotaSource {
        @Override
        public CompletionStage<QuotaDecision> take(UUID subscriptionId, YearMonth period, long limitUnits, long units) {
            return quotas.take(subscriptionId, period, limitUnits, units);
        }

        @Override
        public MonthlyQuota of(UUID subscriptionId, YearMonth period) {
            return quotas.of(subscriptionId, period);
        }

        @Override
        public void giveBack(UUID subscriptionId, YearMonth period, long units) {
            quotas.giveBack(subscriptionId, period, units);
        }

        @Override
        public void book(UUID subscriptionId, YearMonth period, long units) {
            quotas.book(subscriptionId, period, units);
        }
    }
}
