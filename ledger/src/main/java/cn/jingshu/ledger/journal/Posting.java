package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.money.Money;

/**
 * One account, one side, one amount above zero (记账行). A reversal swaps the side and keeps the amount.
 */
public record Posting(AccountCode account, Side side, Money amount, Dimensions dimensions) {

    public Posting {
        if (!amount.isPositive()) {
            throw new IllegalArgumentException("posting to " + account + " is not above zero: " + amount);
        }
    }

    public static Posting debit(AccountCode account, Money amount, Dimensions dimensions) {
        return new Posting(account, Side.DEBIT, amount, dimensions);
    }

    public static Posting credit(AccountCode account, Money amount, Dimensions dimensions) {
        return new Posting(account, Side.CREDIT, amount, dimensions);
    }

    Posting mirrored() {
        return new Posting(account, side.opposite(), amount, dimensions);
    }
}
