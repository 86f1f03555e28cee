package cn.jingshu.marketplace.runtime;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections of the database's owner, for the tables and roles of the data domain: the node's own where it is the owner, else a few more. */
@Singleton
final class OwnerConnections implements AutoCloseable {
    /** A migration uses up to three at once. */
    private static final int MOST = 4;

    private static final long IDLE_MILLIS = 15_000;

    private final DataSource node;
    private final DomainAccess access;
    private @Nullable HikariDataSource own;

    OwnerConnections(DataSource dataSource, DomainAccess access) {
        this.node = NodeBeans.plain(dataSource);
        this.access = access;
    }

    synchronized DataSource dataSource() {
        if (access.nodes().isEmpty()) {
            return node;
        }
        HikariDataSource pool = own;
        if (pool == null) {
            pool = new HikariDataSource();
            pool.setPoolName("owner");
            pool.setJdbcUrl(access.owner().url());
            pool.setUsername(access.owner().username());
            pool.setPassword(access.owner().password());
            pool.setMinimumIdle(0);
            pool.setMaximumPoolSize(MOST);
            pool.setIdleTimeout(IDLE_MILLIS);
            pool.setConnectionTimeout(5_000);
            pool.setInitializationFailTimeout(-1);
            own = pool;
        }
        return pool;
    }

    @Override
    @PreDestroy
    public synchronized void close() {
        HikariDataSource pool = own;
        if (pool != null) {
            pool.close();
        }
    }
}
