package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.store.Rounds;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes stored calls that have outlived their time, now and then, on every node. */
public final class ExpiredCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiredCalls.class);

    private final StoredCalls calls;
    private final Rounds rounds;

    ExpiredCalls(StoredCalls calls, Duration every) {
        this.calls = calls;
        this.rounds = new Rounds("expired-calls", every, every, this::sweep);
    }

    /** Begins; to be called once. */
    public void start() {
        rounds.start();
    }

    private void sweep() {
        LOG.debug("{} stored calls have expired", calls.forgetExpired());
    }

    @Override
    public void close() {
        rounds.close();
    }
}
