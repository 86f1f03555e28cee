package cn.jingshu.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One piece of work on the books that happens whole or not at all. */
public final class Transaction {

    private Transaction() {}

    /** What is done inside a transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Runs {@code work} and commits it; anything thrown rolls it back.
     *
     * @throws LedgerStoreException if the database refused the work or is gone
     */
    public static <T> T run(DataSource dataSource, Work<T> work) {
        return run(dataSource, work, Connection.TRANSACTION_READ_COMMITTED, false);
    }

    /** Runs {@code work} on one unchanging view of the books (repeatable read, read only). */
    public static <T> T read(DataSource dataSource, Work<T> work) {
        return run(dataSource, work, Connection.TRANSACTION_REPEATABLE_READ, true);
    }

    private static <T> T run(DataSource dataSource, Work<T> work, int isolation, boolean readOnly) {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            int isolationBefore = connection.getTransactionIsolation();
            boolean readOnlyBefore = connection.isReadOnly();
            connection.setReadOnly(readOnly);
            connection.setTransactionIsolation(isolation);
            connection.setAutoCommit(false);
            T result;
            try {
                result = work.run(connection);
                connection.commit();
            } catch (SQLException | RuntimeException | Error failure) {
                try {
                    connection.rollback();
                } catch (SQLException rollbackFailure) {
                    failure.addSuppressed(rollbackFailure);
                }
                throw failure;
            } finally {
                if (!connection.isClosed()) {
                    connection.setAutoCommit(autoCommit);
                    connection.setTransactionIsolation(isolationBefore);
                    connection.setReadOnly(readOnlyBefore);
                }
            }
            return result;
        } catch (SQLException failure) {
            throw new LedgerStoreException(failure);
        }
    }
}
