package cn.jingshu.marketplace.store;

import io.micronaut.transaction.TransactionDefinition.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Transactions over bare connections, for whoever runs without the framework. */
record PlainTransactions(DataSource dataSource) implements Transactions {
    @Override
    public <T> T run(Database.Work<T> work, Isolation isolation, boolean readOnly) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(readOnly);
            connection.setTransactionIsolation(isolation.getCode());
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
