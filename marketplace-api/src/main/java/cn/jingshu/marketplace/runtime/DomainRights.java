package cn.jingshu.marketplace.runtime;

import cn.jingshu.marketplace.catalogue.GrantedColumns;
import cn.jingshu.marketplace.catalogue.GrantedColumns.Standing;
import cn.jingshu.marketplace.gate.AccessRefresh;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.domain.JdbcDataDomain;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what products may read in the data domain at what providers grant: at once when a grant was announced as changed, at the moment one
 * begins or ends by itself, and looked over whenever the gate's facts are. Rights are facts of the database, so one node is
 * enough; all do it, for any of them may be away.
 */
@Singleton
final class DomainRights implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DomainRights.class);

    /** How long the thread waits before it looks whether a grant's time has come. */
    private static final Duration SLICE = Duration.ofMillis(200);

    /** How long the database is left alone after it failed. */
    private static final Duration RETRY_AFTER = Duration.ofMillis(500);

    /** How often the newest loads are read, for what products say of the age of their data. */
    private static final Duration LOADS_EVERY = Duration.ofSeconds(5);

    private final JdbcDataDomain domain;
    private final GrantedColumns grants;
    private final Clock clock;
    private final Semaphore signals = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().daemon().name("domain-rights").unstarted(this::run);
    private volatile boolean closed;
    private @Nullable Set<?> applied;
    private Instant next = Instant.MAX;
    private Instant loadsReadAt = Instant.MIN;
    private boolean failing;

    DomainRights(JdbcDataDomain domain, GrantedColumns grants, Clock clock) {
        this.domain = domain;
        this.grants = grants;
        this.clock = clock;
    }

    /** Applies the grants, so that what is called next finds them, and goes on doing so; to be called once. */
    void start(AccessRefresh access) {
        look();
        access.onGrants(signals::release);
        signals.release(); // whatever changed before the listener was there
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                boolean signalled = signals.tryAcquire(SLICE.toMillis(), TimeUnit.MILLISECONDS);
                signals.drainPermits();
                if ((signalled || failing || !clock.instant().isBefore(next)) && !look()) {
                    TimeUnit.MILLISECONDS.sleep(RETRY_AFTER.toMillis());
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return; // only close() interrupts this thread
            }
        }
    }

    /** One look at the grants; false: it failed and is to be repeated. */
    private boolean look() {
        try {
            Standing standing = grants.now();
            if (!standing.inForce().equals(applied)) {
                domain.apply();
                applied = standing.inForce();
            }
            next = standing.until().orElse(Instant.MAX);
            Instant now = clock.instant();
            if (!now.isBefore(loadsReadAt.plus(LOADS_EVERY))) {
                domain.readNewestLoads();
                loadsReadAt = now;
            }
            if (failing) {
                failing = false;
                LOG.info("the rights of products in the data domain are kept again");
            }
            return true;
        } catch (DomainException | DatabaseException | IllegalStateException failure) {
            if (!failing && !closed) {
                failing = true;
                LOG.warn("the rights of products in the data domain cannot be looked after: {}", failure.toString());
            }
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
