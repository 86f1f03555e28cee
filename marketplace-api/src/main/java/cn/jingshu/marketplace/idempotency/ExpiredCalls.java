package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.store.DatabaseException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes stored calls that have outlived their time, now and then, on every node. */
public final class ExpiredCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiredCalls.class);

    private final StoredCalls calls;
    private final Duration every;
    private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("expired-calls").factory());

    ExpiredCalls(StoredCalls calls, Duration every) {
        this.calls = calls;
        this.every = every;
    }

    /** Begins; to be called once. */
    public void start() {
        var _ = sweeper.scheduleWithFixedDelay(this::sweep, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        try {
            int forgotten = calls.forgetExpired();
            LOG.debug("{} stored calls have expired", forgotten);
        } catch (DatabaseException away) {
            LOG.warn("expired calls wait to be deleted: {}", away.toString());
        }
    }

    @Override
    public void close() {
        sweeper.close();
    }
}
