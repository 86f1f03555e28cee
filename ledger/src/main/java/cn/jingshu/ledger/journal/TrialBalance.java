package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.money.Money;
import java.util.List;

/**
 * Proof that all debits equal all credits (试算平衡). It cannot be built otherwise: books that do not balance are a
 * broken invariant, not an answer.
 *
 * @param accounts accounts with postings, by code
 */
public record TrialBalance(ReadPoint at, List<AccountBalance> accounts) {

    public TrialBalance {
        accounts = List.copyOf(accounts);
        Money debits = Money.sum(accounts.stream().map(AccountBalance::debits).toList());
        Money credits = Money.sum(accounts.stream().map(AccountBalance::credits).toList());
        if (!debits.equals(credits)) {
            throw new IllegalStateException("trial balance " + at + ": debits " + debits + ", credits " + credits);
        }
    }

    /** All debits, which are all credits. */
    public Money total() {
        return Money.sum(accounts.stream().map(AccountBalance::debits).toList());
    }
}
