package cn.jingshu.marketplace.store;

import io.micronaut.transaction.TransactionDefinition.Isolation;
import io.micronaut.transaction.TransactionOperations;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The PostgreSQL database of the market, one transaction at a time. A transaction begun inside another is one of its
 * own, on a connection of its own.
 */
public final class Database {
    private final Transactions transactions;

    /** @param dataSource gives a fresh connection outside any transaction of its own, like a plain connection pool */
    public Database(DataSource dataSource) {
        this.transactions = new PlainTransactions(dataSource);
    }

    /** @param transactions the framework's, so that a repository called inside one of ours belongs to it */
    public Database(TransactionOperations<Connection> transactions) {
        this.transactions = new SharedTransactions(transactions);
    }

    private Database(Transactions transactions) {
        this.transactions = transactions;
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
        return transactions.run(work, Isolation.READ_COMMITTED, false);
    }

    /** What has to hold before anything else is done in a transaction; it stops it by throwing. */
    @FunctionalInterface
    public interface Check {
        void in(Transaction transaction) throws SQLException;
    }

    /** The same database, every transaction of which begins with {@code check}. */
    public Database beginningWith(Check check) {
        return new Database(new CheckedTransactions(transactions, check));
    }

    /** Runs {@code work} on one unchanging picture of the database, whatever is committed meanwhile. */
    public <T> T onSnapshot(Work<T> work) {
        return transactions.run(work, Isolation.REPEATABLE_READ, true);
    }
}
