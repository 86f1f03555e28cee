package cn.jingshu.products.transit.feed;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps an intake going on a thread of its own, which never keeps the process alive. */
public final class IntakeThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeThread.class);
    private static final long AFTER_DEFECT_MILLIS = 5_000;

    private final Intake intake;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    public IntakeThread(String name, Intake intake) {
        this.intake = intake;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            long wait = 0;
            while (wait >= 0 && !closed.await(wait, TimeUnit.MILLISECONDS)) {
                wait = step();
            }
        } catch (InterruptedException e) {
            // Interruption is how close() ends a fetch under way: there is nothing left to do.
            Thread.currentThread().interrupt();
        }
    }

    private long step() throws InterruptedException {
        try {
            return intake.step();
        } catch (RuntimeException e) {
            // Feeds fail in their own way and are counted there; this is a defect of ours, and the map must move on.
            LOG.error("the intake {} failed and goes on", thread.getName(), e);
            return AFTER_DEFECT_MILLIS;
        }
    }

    /** Ends the intake and waits a moment for a step under way. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        intake.close();
    }
}
