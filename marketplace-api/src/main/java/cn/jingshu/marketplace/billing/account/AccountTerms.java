package cn.jingshu.marketplace.billing.account;

import cn.jingshu.ledger.money.Money;
import org.jspecify.annotations.Nullable;

/**
 * What an account runs under: what the operator agreed to, and what the consumer wants itself.
 *
 * @param creditLimit most that may be owed, use not billed yet included; zero: prepaid; null: no limit was agreed
 * @param budget what the consumer wants to spend a month at most; null: it says nothing
 * @param hard true: paid calls beyond the budget are refused; false: it only warns
 */
public record AccountTerms(@Nullable Money creditLimit, @Nullable Money budget, boolean hard) {
    public static final AccountTerms NONE = new AccountTerms(null, null, false);

    public AccountTerms {
        if ((creditLimit != null && creditLimit.isNegative()) || (budget != null && budget.isNegative())) {
            throw new IllegalArgumentException("a limit below zero");
        }
        if (hard && budget == null) {
            throw new IllegalArgumentException("no budget that could be hard");
        }
    }

    public boolean isPrepaid() {
        return creditLimit != null && creditLimit.isZero();
    }
}
