package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.gate.Announcements.Listening;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's access table new: reads what PostgreSQL announces as changed, and looks every few seconds, and after
 * every lost connection, whether anything changed of which no announcement came. While PostgreSQL is away the last table goes on being used. One thread of its own,
 * and one connection it keeps while listening.
 */
public final class AccessRefresh implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessRefresh.class);

    /** How long the thread listens before it looks whether it is to stop; an announcement wakes it at once. */
    private static final Duration LISTEN_SLICE = Duration.ofMillis(250);

    /** So long after it was to be looked over the table may be old, while PostgreSQL is there, before the node is not ready. */
    private static final Duration STALE_AFTER = Duration.ofMinutes(1);

    private static final String DECLARED = "declared_product";
    private static final String RETIREMENT = "declared_retirement";

    private final Announcements announcements;
    private final AccessTableSource source;
    private final LatestAccess latest = new LatestAccess();
    private final Duration pollEvery;
    private final Duration retryAfter;
    private final Clock clock;
    private final CountDownLatch first = new CountDownLatch(1);
    private final Thread thread;
    private volatile Runnable onGrants = () -> {};
    private volatile boolean closed;
    private volatile @Nullable Listening listening;
    private volatile Runnable declared = () -> {};
    private volatile boolean lookAgain;
    private Instant checkedAt = Instant.MIN;
    private volatile @Nullable String failure;
    private volatile boolean away;

    /**
     * @param dataSource gives plain connections; one of them is kept
     * @param lineage what the contracts served here read
     * @param pollEvery how often it is looked at though nothing was announced
     * @param retryAfter how long PostgreSQL is left alone after it failed
     */
    public AccessRefresh(
            DataSource dataSource, Supplier<Lineage> lineage, Duration pollEvery, Duration retryAfter, Clock clock) {
        this(new PostgresAnnouncements(dataSource), new PostgresAccessFacts(new Database(dataSource)), lineage, pollEvery,
                retryAfter, clock);
    }

    /** As above, from wherever the facts are kept and announced. */
    AccessRefresh(Announcements announcements, AccessFacts facts, Supplier<Lineage> lineage, Duration pollEvery,
            Duration retryAfter, Clock clock) {
        this.announcements = announcements;
        this.source = new AccessTableSource(facts, lineage, clock);
        this.pollEvery = pollEvery;
        this.retryAfter = retryAfter;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("access-refresh").unstarted(this::run);
    }

    /**
     * Who is told that declared products changed, or may have; to be said before the start. It answers at once and reads on a
     * thread of its own, for keys that are revoked do not wait for a product that is being made ready.
     */
    public void tellOfDeclared(Runnable look) {
        declared = look;
    }

    /** Looks over everything at the next turn: what the contracts read is not what it was. */
    public void again() {
        lookAgain = true;
    }

    /** Begins reading; to be called once. */
    public void start() {
        thread.start();
    }

    /** What is done, on this object's thread, whenever grants of providers may have changed: announced, or looked over. */
    public void onGrants(Runnable listener) {
        onGrants = listener;
    }

    /** Where the gate finds the table. */
    public LatestAccess latest() {
        return latest;
    }

    /** Waits for the first table; false: there is none after {@code atMost}. */
    public boolean awaitFirst(Duration atMost) throws InterruptedException {
        return first.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How old the table is; empty: none was read yet. */
    public Optional<Duration> age() {
        AccessTable table = latest.table();
        return table == null ? Optional.empty() : Optional.of(Duration.between(table.readAt(), clock.instant()));
    }

    /** Why the table is not being renewed; empty: it is. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Whether the table is old though PostgreSQL is not away: something is broken here, and what was revoked would go on working for as long
     * as nobody minds.
     */
    public boolean isStale() {
        boolean excused = away && thread.getState() != Thread.State.TERMINATED;
        return !excused && age().filter(age -> age.compareTo(pollEvery.plus(STALE_AFTER)) > 0).isPresent();
    }

    private void run() {
        while (!closed) {
            if (!turn(LISTEN_SLICE)) {
                pause();
            }
        }
        stopListening();
    }

    /**
     * One turn of the thread: begins to listen and looks over everything, or reads what was announced and, when it is
     * time, looks over everything again. Listening begins before the first look, so no change falls in between.
     *
     * @param atMost how long to wait for an announcement
     * @return false: it failed, and PostgreSQL is to be left alone for a while
     */
    boolean turn(Duration atMost) {
        try {
            Listening current = listening;
            if (current == null) {
                listening = announcements.listen();
                check();
                return true;
            }
            Announced announced = current.await(atMost);
            if (announced.names(DECLARED) || announced.names(RETIREMENT)) {
                declared.run();
            }
            if (!announced.isEmpty()) {
                take(source.read(announced));
                if (announced.names("provider_grant")) {
                    onGrants.run();
                }
            }
            if (lookAgain || !clock.instant().isBefore(checkedAt.plus(pollEvery))) {
                check();
            }
            return true;
        } catch (SQLException | RuntimeException e) { // whatever one row brings about, the thread goes on: on it every revocation depends
            stopListening(); // what was announced may be lost: the next turn looks over everything
            if (!closed) {
                failed(e);
            }
            return closed;
        }
    }

    private void check() {
        lookAgain = false;
        declared.run();
        take(source.check());
        onGrants.run();
        checkedAt = clock.instant();
    }

    private void stopListening() {
        Listening ended = listening;
        listening = null;
        if (ended != null) {
            try {
                ended.close();
            } catch (SQLException e) {
                LOG.debug("the listening connection was lost: {}", e.toString());
            }
        }
    }

    private void take(AccessTable table) {
        latest.replace(table);
        first.countDown();
        away = false;
        if (failure != null) {
            failure = null;
            LOG.info("the access table is read again");
        }
    }

    private void failed(Exception e) {
        String before = failure;
        failure = e.toString();
        away = e instanceof SQLException || e instanceof DatabaseException;
        if (!away && !failure.equals(before)) {
            LOG.error("the access table cannot be read though PostgreSQL answers, the last one stays in use", e);
        } else if (before == null) {
            LOG.warn("the access table cannot be read, the last one stays in use: {}", failure);
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(retryAfter.toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            closed = true; // only close() interrupts this thread
        }
    }

    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            return; // a command has this object and never starts it; nobody could wait for the thread
        }
        thread.interrupt();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                Listening held = listening;
                if (held != null) {
                    held.cut();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.warn("the listening connection could not be cut: {}", e.toString());
        }
    }
}
