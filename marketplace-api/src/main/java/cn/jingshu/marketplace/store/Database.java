package cn.jingshu.marketplace.store;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The PostgreSQL database of the market, one transaction at a time. */
public final class Database {
    private final DataSource dataSource;

    /** @param dataSource gives a fresh connection outside any transaction of its own, like a plain connection pool */
    public Database(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What is done inside one transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T in(Transaction transaction) throws SQLException;
    }

    /**
     * Runs {@code work} in one transaction: committed when it returns, rolled back when it throws.
     *
     * @throws DatabaseException when PostgreSQL refuses or is away; nothing of the work then stands
     */
    public <T> T inTransaction(Work<T> work) {
        return run(work, Connection.TRANSACTION_READ_COMMITTED, false);
    }

    /** Runs {@code work} on one unchanging picture of the database, whatever is committed meanwhile. */
    public <T> T onSnapshot(Work<T> work) {
        return run(work, Connection.TRANSACTION_REPEATABLE_READ, true);
    }

    private <T> T run(Work<T> work, int isolation, boolean readOnly) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(readOnly);
            connection.setTransactionIsolation(isolation);
            boolean done = false;
            try {
                T result = work.in(new Transaction(connection));
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                // Handed back as found: a pool need not know what was done with the connection.
                connection.setAutoCommit(true);
                connection.setReadOnly(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }
}
