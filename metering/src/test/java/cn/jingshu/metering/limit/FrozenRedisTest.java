package cn.jingshu.metering.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Redis whose process stands still: its kernel takes connections, and nobody ever answers. */
final class FrozenRedisTest {
    private static final RateLimit TEN = new RateLimit(10, Duration.ofHours(1));

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aNodeStartsBesideItAndKeepsToItsShare() throws IOException {
        try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RedisURI uri = RedisURI.create("redis://127.0.0.1:" + frozen.getLocalPort());
            long before = System.nanoTime();
            try (RateLimits limits = RateLimits.shared(uri, SharedLimitSettings.ofNodes(2), Clock.systemUTC())) {
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
                for (int call = 0; call < 5; call++) {
                    assertThat(limits.tryTake("key", TEN)).isInstanceOf(LimitDecision.Allowed.class);
                }
                assertThat(limits.tryTake("key", TEN)).isInstanceOf(LimitDecision.Limited.class);
                assertThat(limits.stats().shared()).isFalse();
            }
        }
    }
}
