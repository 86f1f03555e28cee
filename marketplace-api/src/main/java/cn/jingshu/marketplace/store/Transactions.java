package cn.jingshu.marketplace.store;

import io.micronaut.transaction.TransactionDefinition.Isolation;

/** How a transaction is begun and ended. */
sealed interface Transactions permits CheckedTransactions, PlainTransactions, SharedTransactions {
    /**
     * Runs {@code work} in a transaction of its own: committed when it returns, rolled back when it throws.
     *
     * @throws DatabaseException when PostgreSQL refuses or is away
     */
    <T> T run(Database.Work<T> work, Isolation isolation, boolean readOnly);
}
