package cn.jingshu.marketplace.edge.http;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The product calls being answered over HTTP, so that a node that stops answers all of them and no new ones. */
@Singleton
public final class HttpDrain {
    private static final long LOOK_EVERY_MILLIS = 10;

    private final AtomicInteger answering = new AtomicInteger();
    private volatile boolean draining;

    /** A call is about to be answered; false: the node is stopping, and it must be refused. */
    boolean enter() {
        answering.incrementAndGet();
        if (draining) {
            leave();
            return false;
        }
        return true;
    }

    /** The answer of a call that had entered has left, or its caller has gone. */
    void leave() {
        answering.decrementAndGet();
    }

    boolean isDraining() {
        return draining;
    }

    /**
     * Refuses new calls from now on and waits for the ones being answered.
     *
     * @return false: some were not answered after {@code atMost}
     */
    public boolean drain(Duration atMost) throws InterruptedException {
        draining = true;
        long deadline = System.nanoTime() + atMost.toNanos();
        while (answering.get() > 0) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        return true;
    }
}
