package cn.jingshu.marketplace.runtime;

import cn.jingshu.products.transit.TransitProduct;
import cn.jingshu.products.transit.TransitSettings;
import cn.jingshu.products.transit.keeping.Timetables;
import cn.jingshu.products.transit.keeping.TransitKeeper;
import cn.jingshu.metering.journal.UsageJournal;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the node's transit product looked after, on a thread of its own, from a moment after the start on: no start waits for it. */
@Singleton
final class TransitKeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransitKeeping.class);
    private static final Duration FIRST_AFTER = Duration.ofSeconds(2);
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final TransitKeeper keeper;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().daemon().name("transit-keeping").unstarted(this::run);

    TransitKeeping(TransitProduct product, TransitSettings settings, Timetables timetables, UsageJournal journal, Clock clock) {
        this.keeper = new TransitKeeper(product, settings, timetables, clock, "node " + journal.nodeId());
    }

    /** To be called once. */
    void start() {
        thread.start();
    }

    private void run() {
        try {
            for (Duration wait = FIRST_AFTER; !closed.await(wait.toMillis(), TimeUnit.MILLISECONDS); wait = EVERY) {
                step();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt(); // only close() interrupts this thread
        }
    }

    private void step() {
        try {
            keeper.step();
        } catch (RuntimeException defect) {
            LOG.error("looking after the transit product failed and goes on", defect);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            if (thread.join(Duration.ofSeconds(5))) {
                keeper.end(); // the thread was the only one that used it
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
