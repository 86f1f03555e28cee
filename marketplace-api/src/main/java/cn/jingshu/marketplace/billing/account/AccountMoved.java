package cn.jingshu.marketplace.billing.account;

import cn.jingshu.marketplace.store.Transaction;
import java.sql.SQLException;
import java.util.UUID;

/** Told when money came onto an account or was given back, in the transaction that books it. */
public interface AccountMoved {
    void moved(Transaction t, UUID organisationId) throws SQLException;
}
