package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's access table new: reads what PostgreSQL announces as changed, and looks every few seconds, and after
 * every lost connection, whether anything changed of which no announcement came. While PostgreSQL is away the last table goes on being used. One thread of its own,
 * and one connection it keeps while listening.
 */
public final class AccessRefresh implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessRefresh.class);

    private static final String LISTEN = "LISTEN market_changed";

    /** How long the thread listens before it looks whether it is to stop; an announcement wakes it at once. */
    private static final Duration LISTEN_SLICE = Duration.ofMillis(250);

    /** After so long without an answer the connection counts as dead. */
    private static final Duration DEAD_AFTER = Duration.ofSeconds(10);

    private final DataSource dataSource;
    private final AccessTableSource source;
    private final LatestAccess latest = new LatestAccess();
    private final Duration pollEvery;
    private final Duration retryAfter;
    private final Clock clock;
    private final CountDownLatch first = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Connection listening;
    private volatile @Nullable String failure;

    /**
     * @param dataSource gives plain connections; one of them is kept
     * @param lineage what the contracts served here read
     * @param pollEvery how often it is looked at though nothing was announced
     * @param retryAfter how long PostgreSQL is left alone after it failed
     */
    public AccessRefresh(
            DataSource dataSource, Lineage lineage, Duration pollEvery, Duration retryAfter, Clock clock) {
        this.dataSource = dataSource;
        this.source = new AccessTableSource(new Database(dataSource), lineage, clock);
        this.pollEvery = pollEvery;
        this.retryAfter = retryAfter;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("access-refresh").unstarted(this::run);
    }

    /** Begins reading; to be called once. */
    public void start() {
        thread.start();
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

    private void run() {
        while (!closed) {
            try (Connection connection = dataSource.getConnection()) {
                listen(connection);
            } catch (SQLException | DatabaseException | IllegalStateException | IllegalArgumentException e) {
                if (!closed) {
                    failed(e);
                    pause();
                }
            } finally {
                listening = null;
            }
        }
    }

    /** Returns only to stop or by failing. Listening begins before the first read, so no change falls in between. */
    private void listen(Connection connection) throws SQLException {
        listening = connection;
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, (int) DEAD_AFTER.toMillis());
        try (Statement statement = connection.createStatement()) {
            statement.execute(LISTEN);
        }
        PGConnection announcements = connection.unwrap(PGConnection.class);
        take(source.check());
        Instant checkedAt = clock.instant();
        while (!closed) {
            Announced announced = announced(announcements.getNotifications((int) LISTEN_SLICE.toMillis()));
            if (!announced.isEmpty()) {
                take(source.read(announced));
            }
            if (!clock.instant().isBefore(checkedAt.plus(pollEvery))) {
                take(source.check());
                checkedAt = clock.instant();
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("UNLISTEN *"); // the pool gets back a connection that listens to nothing
        }
    }

    private static Announced announced(PGNotification @Nullable [] notifications) {
        Announced announced = new Announced();
        if (notifications != null) {
            for (PGNotification each : notifications) {
                announced.add(each.getParameter());
            }
        }
        return announced;
    }

    private void take(AccessTable table) {
        latest.replace(table);
        first.countDown();
        if (failure != null) {
            failure = null;
            LOG.info("the access table is read again");
        }
    }

    private void failed(Exception e) {
        String before = failure;
        failure = e.toString();
        if (before == null) {
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
        thread.interrupt();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                Connection held = listening;
                if (held != null) {
                    held.abort(Runnable::run);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.warn("the listening connection could not be cut: {}", e.toString());
        }
    }
}
