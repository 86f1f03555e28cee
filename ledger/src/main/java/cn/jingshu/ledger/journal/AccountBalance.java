package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.money.Money;

/** What was debited and credited to an account. */
public record AccountBalance(AccountCode account, Money debits, Money credits) {

    /** Debits minus credits: above zero on the debit side, below on the credit side. */
    public Money debitBalance() {
        return debits.minus(credits);
    }

    /** Credits minus debits. */
    public Money creditBalance() {
        return credits.minus(debits);
    }
}
