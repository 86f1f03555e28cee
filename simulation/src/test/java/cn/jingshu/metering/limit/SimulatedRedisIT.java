package cn.jingshu.metering.limit;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.simulation.SimulatedProcess;
import io.github.bucket4j.redis.consts.LuaScripts;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/** The simulated Redis answers as a real one does: the same random questions put to both. */
final class SimulatedRedisIT {
    private static final long SEED = 20_261_123;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String HOUR_IN_MILLIS = "3600000";
    private static final String SHORT_IN_MILLIS = "40";

    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T04:00:00Z"));
    private final InstantSource source = now::get;
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private final SimulatedRedis model = new SimulatedRedis(() -> now.get().toEpochMilli(), SimulatedRedis.Lie.NONE);
    private RedisServer redis;
    private LettuceLink link;

    @BeforeEach
    void startRedis() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        redis = RedisServer.builder()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("dir " + directory)
                .setting("save \"\"")
                .build();
        redis.start();
        link = new LettuceLink(RedisURI.create("127.0.0.1", port), PATIENCE);
    }

    @AfterEach
    void stopRedis() {
        link.close();
        redis.stop();
    }

    /** Messages arrive at once. */
    private static final class NoWay implements SimulatedRedis.Wire {
        @Override
        public Duration travel() {
            return Duration.ZERO;
        }

        @Override
        public void later(Duration wait, Runnable arrival) {
            arrival.run();
        }

        @Override
        public void failAfter(Duration wait, CompletableFuture<?> answer) {}

        @Override
        public boolean away() {
            return false;
        }
    }

    private RedisAsyncCommands<String, byte[]> ofTheModel() throws Exception {
        return model.reachedBy(SimulatedProcess.observer(), new NoWay()).reach(PATIENCE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Object answer(RedisAsyncCommands<String, byte[]> redis, String script, String key, String... given)
            throws Exception {
        byte[][] values = new byte[given.length][];
        for (int i = 0; i < given.length; i++) {
            values[i] = bytes(given[i]);
        }
        return redis.<Boolean>eval(script, ScriptOutputType.BOOLEAN, new String[] {key}, values)
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static byte[] get(RedisAsyncCommands<String, byte[]> redis, String key) throws Exception {
        return redis.get(key).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void theModelAnswersEveryCommandAsRedisDoes() throws Exception {
        Random random = new Random(SEED);
        List<RedisAsyncCommands<String, byte[]>> both = List.of(link.reach(PATIENCE), ofTheModel());
        int swapped = 0;
        for (int i = 0; i < 2_000; i++) {
            String where = "seed " + SEED + ", step " + i;
            String key = "key-" + random.nextInt(40);
            String before = "v" + random.nextInt(3);
            String after = "v" + random.nextInt(3);
            Object[] answers = new Object[2];
            int what = random.nextInt(5);
            for (int which = 0; which < 2; which++) {
                answers[which] = switch (what) {
                    case 0 -> answer(both.get(which), LuaScripts.SCRIPT_SET_NX, key, after);
                    case 1 -> answer(both.get(which), LuaScripts.SCRIPT_SET_NX_PX, key, after, HOUR_IN_MILLIS);
                    case 2 -> answer(both.get(which), LuaScripts.SCRIPT_COMPARE_AND_SWAP, key, before, after);
                    case 3 -> answer(both.get(which), LuaScripts.SCRIPT_COMPARE_AND_SWAP_PX, key, before, after,
                            HOUR_IN_MILLIS);
                    default -> get(both.get(which), key);
                };
            }
            assertThat(answers[1]).as(where).isEqualTo(answers[0]);
            swapped += what > 1 && Boolean.TRUE.equals(answers[0]) ? 1 : 0;
        }
        assertThat(swapped).as("buckets were swapped").isPositive();
    }

    @Test
    void whatExpiresIsGone() throws Exception {
        RedisAsyncCommands<String, byte[]> real = link.reach(PATIENCE);
        RedisAsyncCommands<String, byte[]> simulated = ofTheModel();
        for (RedisAsyncCommands<String, byte[]> each : List.of(real, simulated)) {
            assertThat(answer(each, LuaScripts.SCRIPT_SET_NX_PX, "short", "v", SHORT_IN_MILLIS)).isEqualTo(true);
        }
        now.updateAndGet(before -> before.plusMillis(Long.parseLong(SHORT_IN_MILLIS)));
        while (get(real, "short") != null) {
            Thread.onSpinWait();
        }
        assertThat(get(simulated, "short")).isNull();
        for (RedisAsyncCommands<String, byte[]> each : List.of(real, simulated)) {
            assertThat(answer(each, LuaScripts.SCRIPT_COMPARE_AND_SWAP, "short", "v", "w")).isEqualTo(false);
            assertThat(answer(each, LuaScripts.SCRIPT_SET_NX, "short", "w")).isEqualTo(true);
        }
    }

    /** One node's limits, over either Redis. */
    private RateLimits node(RedisLink over) {
        SharedLimitSettings settings =
                new SharedLimitSettings(2, PATIENCE, Duration.ofMillis(100), Duration.ofSeconds(1));
        ClockMeter meter = new ClockMeter(clock);
        SharedBuckets buckets = new SharedBuckets(over, settings, meter, LimitTime.SYSTEM);
        buckets.probe();
        assertThat(buckets.reachable()).isTrue();
        return RateLimits.over(buckets, settings, meter);
    }

    @Test
    void limitsOverTheModelDecideAsLimitsOverRedisDo() {
        Random random = new Random(SEED);
        List<RateLimits> real = List.of(node(link), node(link));
        List<RateLimits> simulated = List.of(
                node(model.reachedBy(SimulatedProcess.observer(), new NoWay())),
                node(model.reachedBy(SimulatedProcess.observer(), new NoWay())));
        List<RateLimit> limits = List.of(
                new RateLimit(5, Duration.ofHours(1)),
                new RateLimit(60, Duration.ofHours(2)),
                new RateLimit(200, Duration.ofMinutes(30)));
        int limited = 0;
        for (int i = 0; i < 1_500; i++) {
            now.updateAndGet(before -> before.plusMillis(random.nextInt(500)));
            int which = random.nextInt(limits.size());
            int node = random.nextInt(2);
            LimitDecision decision = real.get(node).tryTake("key-" + which, limits.get(which));
            assertThat(simulated.get(node).tryTake("key-" + which, limits.get(which)))
                    .as("seed %d, step %d", SEED, i)
                    .isEqualTo(decision);
            limited += decision instanceof LimitDecision.Limited ? 1 : 0;
        }
        assertThat(limited).as("calls came too fast").isPositive();
        assertThat(simulated.getFirst().stats()).isEqualTo(real.getFirst().stats());
    }
}
