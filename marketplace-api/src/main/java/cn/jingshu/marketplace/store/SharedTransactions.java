package cn.jingshu.marketplace.store;

import io.micronaut.data.connection.exceptions.ConnectionException;
import io.micronaut.data.connection.jdbc.exceptions.CannotGetJdbcConnectionException;
import io.micronaut.transaction.TransactionDefinition.Isolation;
import io.micronaut.transaction.TransactionDefinition.Propagation;
import io.micronaut.transaction.TransactionOperations;
import io.micronaut.transaction.exceptions.TransactionException;
import io.micronaut.transaction.support.DefaultTransactionDefinition;
import java.sql.Connection;
import java.sql.SQLException;

/** Transactions of the framework: a repository called by the work of one joins it. */
record SharedTransactions(TransactionOperations<Connection> transactions) implements Transactions {
    @Override
    public <T> T run(Database.Work<T> work, Isolation isolation, boolean readOnly) {
        // Its own and not the one around it: a work that fails or rolls back takes nothing else with it.
        DefaultTransactionDefinition definition = new DefaultTransactionDefinition(Propagation.REQUIRES_NEW);
        definition.setIsolationLevel(isolation);
        definition.setReadOnly(readOnly);
        try {
            return transactions.execute(definition, status -> {
                try {
                    return work.in(new Transaction(status.getConnection()));
                } catch (SQLException e) {
                    throw new DatabaseException(e);
                }
            });
        } catch (TransactionException | ConnectionException | CannotGetJdbcConnectionException failure) {
            throw DatabaseException.unwrap(failure);
        }
    }
}
