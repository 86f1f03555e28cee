package cn.jingshu.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** One piece of work on the books that happens whole or not at all. */
public final class Transaction {

    private Transaction() {}

    /** What is done inside a transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Local to the transaction, so a pooled connection goes back as it came. */
    private static final String ONE_VIEW = """
            SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY
            """;

    /**
     * Runs {@code work} and commits it; anything thrown rolls it back. Statements see what was committed before each
     * of them (read committed, the default of PostgreSQL): work that waits for a lock must see what its holder wrote.
     *
     * @throws LedgerStoreException if the database refused the work or is gone
     */
    public static <T> T run(DataSource dataSource, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
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
                }
            }
            return result;
        } catch (SQLException failure) {
            throw new LedgerStoreException(failure);
        }
    }

    /**
     * Runs {@code work}, which executes exactly one statement. That statement is a transaction of its own and commits by itself: the database answers it
     * when it is committed, in the same round trip, or refuses all of it.
     *
     * @throws LedgerStoreException if the database refused the work or is gone
     */
    public static <T> T ofOneStatement(DataSource dataSource, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try {
                return work.run(connection);
            } finally {
                if (!connection.isClosed()) {
                    connection.setAutoCommit(autoCommit);
                }
            }
        } catch (SQLException failure) {
            throw new LedgerStoreException(failure);
        }
    }

    /** Runs {@code work} on one unchanging view of the books. */
    public static <T> T read(DataSource dataSource, Work<T> work) {
        return run(dataSource, connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(ONE_VIEW);
            }
            return work.run(connection);
        });
    }
}
