package cn.jingshu.marketplace.keeping;

import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import cn.jingshu.products.domain.RetentionRules;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has what products keep beyond its time removed, round after round, on a thread of its own. Every node does it; of two at one moment one passes, and what
 * one removed is not there for the other.
 */
public final class RetentionRounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionRounds.class);

    private final JdbcDataDomain domain;
    private final RetentionRules rules;
    private final String node;
    private final Duration every;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().daemon().name("retention").unstarted(this::run);

    RetentionRounds(JdbcDataDomain domain, RetentionRules rules, String node, Duration every) {
        this.domain = domain;
        this.rules = rules;
        this.node = node;
        this.every = every;
    }

    /** To be called once; the first round is a while after it, so that no start waits for it. */
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt(); // only close() interrupts this thread
        }
    }

    private void look() {
        try {
            long gone = round();
            if (gone > 0) {
                LOG.info("{} rows that products kept were removed: their time was over", gone);
            }
        } catch (DomainException | DatabaseException away) {
            LOG.warn("what is kept beyond its time waits for the next round: {}", away.toString());
        } catch (RuntimeException defect) { // thrown on, it would end the rounds for good, and nobody would hear of it
            LOG.error("a round of removals failed; the next one goes on", defect);
        }
    }

    /** One round, now; how many rows went. */
    public long round() {
        return domain.removeDue(rules, "node " + node);
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
