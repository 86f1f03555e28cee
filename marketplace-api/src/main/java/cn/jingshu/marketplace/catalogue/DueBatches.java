package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.store.DatabaseException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes published batches of the catalogue what the gate reads once their day has come, on every node. */
public final class DueBatches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DueBatches.class);

    private final CatalogueBatches batches;
    private final Duration every;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("catalogue-batches").factory());

    DueBatches(CatalogueBatches batches, Duration every) {
        this.batches = batches;
        this.every = every;
    }

    /** Begins at once; to be called once. */
    public void start() {
        var _ = looking.scheduleWithFixedDelay(this::apply, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void apply() {
        try {
            int applied = batches.applyDue();
            if (applied > 0) {
                LOG.info("{} batches of the resource catalogue apply from today", applied);
            }
        } catch (DatabaseException away) {
            LOG.warn("batches of the resource catalogue wait to be applied: {}", away.toString());
        }
    }

    @Override
    public void close() {
        looking.close();
    }
}
