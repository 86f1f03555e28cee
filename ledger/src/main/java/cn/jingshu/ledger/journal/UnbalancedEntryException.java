package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.money.Money;
import java.util.UUID;

/** An attempt to build an entry whose debits and credits differ: a fault in the code that books. */
public final class UnbalancedEntryException extends IllegalArgumentException {

    UnbalancedEntryException(UUID entryId, Money debits, Money credits) {
        super("entry " + entryId + ": debits " + debits + ", credits " + credits);
    }
}
