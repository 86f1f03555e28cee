package cn.jingshu.marketplace.store;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done again and again on a thread of its own. A round that fails says so and the next ones go on: a defect that ended them would be heard of
 * by nobody.
 */
public final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final String name;
    private final Duration first;
    private final Duration every;
    private final Runnable round;
    private final ScheduledExecutorService thread;

    /**
     * @param name of the thread, and what is said to have failed
     * @param first how long after {@link #start} the first round begins
     * @param every how long after a round's end the next one begins
     */
    public Rounds(String name, Duration first, Duration every, Runnable round) {
        this.name = name;
        this.first = first;
        this.every = every;
        this.round = round;
        this.thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name(name).factory());
    }

    /** Begins; to be called once. */
    public void start() {
        var _ = thread.scheduleWithFixedDelay(this::once, first.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void once() {
        try {
            round.run();
        } catch (DatabaseException away) {
            LOG.warn("{}: waits for the next round: {}", name, away.toString());
        } catch (RuntimeException defect) {
            LOG.error("{}: a round failed, the next ones go on", name, defect);
        }
    }

    /** Waits for the round under way. */
    @Override
    public void close() {
        thread.close();
    }
}
