package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.store.Rounds;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes published batches of the catalogue what the gate reads once their day has come, on every node. */
public final class DueBatches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DueBatches.class);

    private final CatalogueBatches batches;
    private final Rounds rounds;

    DueBatches(CatalogueBatches batches, Duration every) {
        this.batches = batches;
        this.rounds = new Rounds("catalogue-batches", Duration.ZERO, every, this::apply);
    }

    /** Begins at once; to be called once. */
    public void start() {
        rounds.start();
    }

    private void apply() {
        int applied = batches.applyDue();
        if (applied > 0) {
            LOG.info("{} batches of the resource catalogue apply from today", applied);
        }
    }

    @Override
    public void close() {
        rounds.close();
    }
}
