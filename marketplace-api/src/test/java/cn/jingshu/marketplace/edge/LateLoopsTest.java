package cn.jingshu.marketplace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.scenario.Until;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LateLoopsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long A_WHILE_NANOS = TimeUnit.MILLISECONDS.toNanos(450);

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final LateLoops late = new LateLoops(group, Duration.ofMillis(300));
    private final AtomicBoolean busy = new AtomicBoolean(true);

    @BeforeEach
    void start() throws Exception {
        late.start();
        Until.holds(SOON, late::watched, watched -> watched == 1);
    }

    @AfterEach
    void stop() throws Exception {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
    }

    /** Work that takes a while each time, with a moment for what is due in between. */
    private void keepBusy() {
        var _ = group.schedule(() -> {
            LockSupport.parkNanos(A_WHILE_NANOS);
            if (busy.get()) {
                keepBusy();
            }
        }, 1, TimeUnit.MILLISECONDS);
    }

    @Test
    void aLoopIsLateWhileItsWorkIsAndOnTimeAgainOnceItIsDone() throws Exception {
        keepBusy();
        Until.holds(SOON, late::count, count -> count == 1);
        assertThat(group.submit(late::isLateHere).get()).as("on the loop").isTrue();
        assertThat(late.isLateHere()).as("this thread is none").isFalse();
        busy.set(false);
        Until.holds(SOON, late::count, count -> count == 0);
        assertThat(group.submit(late::isLateHere).get()).isFalse();
    }

    @Test
    void oneLongPauseIsNotLoad() throws Exception {
        group.submit(() -> LockSupport.parkNanos(3 * A_WHILE_NANOS)).get();
        for (int i = 0; i < 50; i++) {
            assertThat(late.count()).isZero();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
