package cn.jingshu.marketplace.edge;

import io.micronaut.context.annotation.Value;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which event loops are late: so much work waits on them, or so little of the processor is left for them, that what was due comes
 * well behind its time. Each loop looks at its own clock; one that is late three times running is late until it is on time
 * once, so that a single pause of the process is not taken for load.
 */
@Singleton
public final class LateLoops {
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int RUNNING = 3;

    private final EventLoopGroup loops;
    private final long lateNanos;
    private final ConcurrentLinkedQueue<Look> looks = new ConcurrentLinkedQueue<>();
    private final FastThreadLocal<Look> here = new FastThreadLocal<>();

    @Inject
    LateLoops(EventLoopGroupRegistry groups, @Value("${jingshu.limits.late-after}") Duration lateAfter) {
        this(groups.getDefaultEventLoopGroup(), lateAfter);
    }

    /** @param lateAfter how far behind its time a look has to come; above zero */
    LateLoops(EventLoopGroup loops, Duration lateAfter) {
        this.loops = loops;
        this.lateNanos = lateAfter.toNanos();
    }

    /** Begins to look; to be called once. */
    public void start() {
        for (EventExecutor loop : loops) {
            loop.execute(() -> {
                Look look = new Look(loop);
                here.set(look);
                looks.add(look);
                look.next();
            });
        }
    }

    /** Whether the event loop this is asked on is late; false on any other thread. */
    boolean isLateHere() {
        Look look = Thread.currentThread() instanceof FastThreadLocalThread ? ofThisLoop() : null;
        return look != null && look.isLate();
    }

    private @Nullable Look ofThisLoop() {
        return here.getIfExists();
    }

    /** How many event loops are late now. */
    public int count() {
        return (int) looks.stream().filter(Look::isLate).count();
    }

    /** How many event loops are looked at. */
    public int watched() {
        return looks.size();
    }

    /** The looks of one loop, all on its own thread. */
    private final class Look implements Runnable {
        private final EventExecutor loop;
        private long dueNanos;
        private volatile int lateRunning; // written by its loop

        private Look(EventExecutor loop) {
            this.loop = loop;
        }

        private boolean isLate() {
            return lateRunning == RUNNING;
        }

        private void next() {
            dueNanos = System.nanoTime() + LOOK_EVERY_NANOS;
            var _ = loop.schedule(this, LOOK_EVERY_NANOS, TimeUnit.NANOSECONDS);
        }

        @Override
        public void run() {
            lateRunning = System.nanoTime() - dueNanos > lateNanos ? Math.min(RUNNING, lateRunning + 1) : 0;
            next();
        }
    }
}
