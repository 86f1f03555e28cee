package cn.jingshu.marketplace.store;

import io.micronaut.transaction.TransactionDefinition.Isolation;

/** Transactions that begin with a check. */
record CheckedTransactions(Transactions transactions, Database.Check check) implements Transactions {
    @Override
    public <T> T run(Database.Work<T> work, Isolation isolation, boolean readOnly) {
        return transactions.run(t -> {
            check.in(t);
            return work.in(t);
        }, isolation, readOnly);
    }
}
