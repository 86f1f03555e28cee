package cn.jingshu.metering.limit;

import static cn.jingshu.metering.Events.await;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.limit.LimitDecision.Allowed;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

final class SharedRateLimitsIT {
    private static final int NODES = 2;
    private static final SharedLimitSettings SETTINGS = new SharedLimitSettings(
            NODES, Duration.ofSeconds(2), Duration.ofMillis(50), Duration.ofMillis(100));

    @TempDir
    private Path directory;

    private int port;
    private RedisServer redis;

    @BeforeEach
    void startRedis() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        redis = server();
        redis.start();
    }

    @AfterEach
    void stopRedis() {
        if (redis.isActive()) {
            redis.stop();
        }
    }

    private RedisServer server() {
        return RedisServer.builder()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("dir " + directory)
                .setting("save \"\"")
                .setting("enable-debug-command yes")
                .build();
    }

    private RateLimits node(SharedLimitSettings settings) {
        return RateLimits.shared(RedisURI.create("127.0.0.1", port), settings, Clock.systemUTC());
    }

    /** Calls from several threads of every node at once; how many were let through. */
    private static long allowed(List<RateLimits> nodes, String key, RateLimit limit, int callsEach)
            throws InterruptedException {
        AtomicLong allowed = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (RateLimits node : nodes) {
            for (int t = 0; t < 3; t++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < callsEach; i++) {
                        if (node.tryTake(key, limit) instanceof Allowed) {
                            allowed.incrementAndGet();
                        }
                    }
                }));
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return allowed.get();
    }

    @Test
    void nodesShareALimitAndOvershootByATenthAtMost() throws InterruptedException {
        RateLimit hourly = new RateLimit(200, Duration.ofHours(10));
        try (RateLimits one = node(SETTINGS); RateLimits two = node(SETTINGS)) {
            assertThat(allowed(List.of(one, two), "shared", hourly, 300)).isBetween(200L, 220L);
            assertThat(one.stats().shared()).isTrue();
            assertThat(one.stats().decidedShared()).isEqualTo(900);
            assertThat(one.stats().decidedLocally()).isZero();
            assertThat(two.stats().timesLost()).isZero();
        }
    }

    @Test
    void aLimitTooSmallToDelayIsKeptExactly() throws InterruptedException {
        RateLimit few = new RateLimit(15, Duration.ofHours(10));
        try (RateLimits one = node(SETTINGS); RateLimits two = node(SETTINGS)) {
            assertThat(allowed(List.of(one, two), "few", few, 20)).isEqualTo(15);
        }
    }

    @Test
    void withoutRedisEachNodeKeepsItsShareAndNoCallFails() throws InterruptedException {
        RateLimit limit = new RateLimit(100, Duration.ofHours(10));
        try (RateLimits one = node(SETTINGS); RateLimits two = node(SETTINGS)) {
            assertThat(allowed(List.of(one, two), "before", limit, 1)).isEqualTo(6);
            redis.stop();
            assertThat(allowed(List.of(one, two), "during", limit, 200)).isEqualTo(100);
            assertThat(one.stats().shared()).isFalse();
            assertThat(one.stats().timesLost()).isEqualTo(1);
            redis = server();
            redis.start();
            await("limits are shared again", Duration.ofSeconds(20), () ->
                    one.stats().shared() && two.stats().shared());
            assertThat(allowed(List.of(one, two), "after", limit, 100)).isBetween(100L, 110L);
            assertThat(one.stats().timesLost()).isEqualTo(1);
        }
    }

    @Test
    void aNodeStartsWithoutRedisAndFindsItLater() {
        redis.stop();
        RateLimit limit = new RateLimit(100, Duration.ofHours(10));
        try (RateLimits node = node(SETTINGS)) {
            assertThat(node.tryTake("early", limit)).isInstanceOfSatisfying(Allowed.class, allowed ->
                    assertThat(allowed.remaining()).isEqualTo(49)); // its share of two nodes
            redis = server();
            redis.start();
            await("Redis is found", Duration.ofSeconds(20), () -> node.stats().shared());
            assertThat(node.tryTake("later", limit)).isInstanceOfSatisfying(Allowed.class, allowed ->
                    assertThat(allowed.remaining()).isEqualTo(99));
        }
    }

    @Test
    void aRedisThatHangsHoldsNoCallLongerThanTheDeadline() throws Exception {
        SharedLimitSettings hasty = new SharedLimitSettings(
                NODES, Duration.ofMillis(200), Duration.ofMillis(50), Duration.ofSeconds(30));
        RateLimit limit = new RateLimit(100, Duration.ofHours(10));
        try (RateLimits node = node(hasty); RateLimits other = node(SETTINGS)) {
            assertThat(node.tryTake("warm", limit)).isInstanceOf(Allowed.class);
            assertThat(other.stats().shared()).isTrue();
            try (Socket admin = new Socket(InetAddress.getLoopbackAddress(), port)) {
                // Redis answers nobody for five seconds; the call below must be decided long before.
                admin.getOutputStream()
                        .write("DEBUG SLEEP 5\r\n".getBytes(StandardCharsets.US_ASCII));
                admin.getOutputStream().flush();
                await("the hang is noticed", Duration.ofSeconds(4), () -> {
                    assertThat(node.tryTake("hung-" + System.nanoTime(), limit)).isInstanceOf(Allowed.class);
                    return !node.stats().shared();
                });
            }
            assertThat(node.stats().timesLost()).isEqualTo(1);
            assertThat(node.stats().decidedLocally()).isPositive();
        }
    }
}
