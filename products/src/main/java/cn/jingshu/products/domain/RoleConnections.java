package cn.jingshu.products.domain;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one role on this node: few, opened when they are needed, each signed in as the role itself, so that
 * {@code RESET ROLE} leads nowhere. Who finds none waits, and beyond a number of waiting calls is refused at once.
 */
final class RoleConnections implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final long IDLE_MILLIS = 30_000;

    private final String url;
    private final String role;
    private final String password;
    private final DomainSettings settings;
    private final ProductSeals seals;
    private final List<String> subjectColumns;
    private final Executor executor;
    private final Semaphore places;
    private @Nullable HikariDataSource pool;
    private boolean closed;

    /**
     * @param subjectColumns by what columns rows belong to those a transaction is about
     * @param executor runs blocking work, a thread for each piece
     */
    RoleConnections(String url, String role, String password, DomainSettings settings, ProductSeals seals, List<String> subjectColumns,
            Executor executor) {
        this.url = url;
        this.role = role;
        this.password = password;
        this.settings = settings;
        this.seals = seals;
        this.subjectColumns = List.copyOf(subjectColumns);
        this.executor = executor;
        this.places = new Semaphore(settings.connectionsPerRole() + settings.waiting());
    }

    <T> CompletionStage<T> within(Function<DataSession, T> work) {
        if (!places.tryAcquire()) {
            return CompletableFuture.failedFuture(new DomainException(DomainException.Reason.UNAVAILABLE,
                    "too many calls of this product wait for the data domain", null));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    T result = inTransaction(work);
                    places.release();
                    answer.complete(result);
                } catch (Throwable failure) { // whatever it is, the caller must hear of it
                    places.release();
                    answer.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException refused) {
            places.release();
            answer.completeExceptionally(new DomainException(DomainException.Reason.UNAVAILABLE, "the data domain is closed", refused));
        }
        return answer;
    }

    private <T> T inTransaction(Function<DataSession, T> work) {
        try (Connection connection = pool().getConnection()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("RESET ALL"); // whatever a statement before may have set for the session
            }
            JdbcSession session = new JdbcSession(connection, seals, subjectColumns, settings.statementTimeout());
            boolean done = false;
            try {
                T result = work.apply(session);
                connection.commit();
                done = true;
                return result;
            } finally {
                session.end();
                if (!done) {
                    rollBack(connection);
                }
            }
        } catch (SQLException failure) {
            throw SqlFaults.of(failure);
        }
    }

    /** A connection that cannot even roll back is dead, and PostgreSQL has rolled back already; the pool drops it. */
    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException dead) {
            // what the work itself threw is on its way to the caller and says more
        }
    }

    private synchronized HikariDataSource pool() {
        if (closed) {
            throw new DomainException(DomainException.Reason.UNAVAILABLE, "the data domain is closed", null);
        }
        HikariDataSource open = pool;
        if (open == null) {
            open = new HikariDataSource(config());
            pool = open;
        }
        return open;
    }

    private HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setPoolName("domain-" + role);
        config.setJdbcUrl(url);
        config.setUsername(role);
        config.setPassword(password);
        config.setAutoCommit(false);
        config.setMinimumIdle(0);
        config.setMaximumPoolSize(settings.connectionsPerRole());
        config.setIdleTimeout(IDLE_MILLIS);
        config.setConnectionTimeout(settings.waitAtMost().toMillis());
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "jingshu-domain");
        config.addDataSourceProperty("logServerErrorDetail", "false");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
        // A server that went silent is given up a little after the server itself would have given up the statement.
        config.addDataSourceProperty("socketTimeout", Long.toString(settings.statementTimeout().toSeconds() + CONNECT.toSeconds()));
        return config;
    }

    @Override
    public synchronized void close() {
        closed = true;
        HikariDataSource open = pool;
        if (open != null) {
            open.close();
        }
    }
}
