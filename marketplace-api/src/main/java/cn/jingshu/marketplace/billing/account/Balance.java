package cn.jingshu.marketplace.billing.account;

import cn.jingshu.ledger.money.Money;

/**
 * Where a consumer's account stands.
 *
 * @param owed billed and not paid; below zero: owed back
 * @param prepaid paid ahead
 * @param lastMovement number of the last movement in it; 0: there is none
 */
public record Balance(Money owed, Money prepaid, long lastMovement) {
    public static final Balance NOTHING = new Balance(Money.ZERO, Money.ZERO, 0);

    /** Above zero: the consumer owes it; below: the consumer has it to its credit. */
    public Money net() {
        return owed.minus(prepaid);
    }

    /** Where it stands after one more movement. */
    public Balance with(Movement movement) {
        return new Balance(owed.plus(movement.owed()), prepaid.plus(movement.prepaid()), movement.number());
    }

    /**
     * What is to be set off, so that nobody owes while having paid ahead and nothing stays owed back: the part of the
     * prepayment that pays what is owed (below zero), or what is owed back and is kept as a prepayment (above zero).
     */
    Money toSetOff() {
        if (owed.isNegative()) {
            return owed.negated();
        }
        return Money.ofFen(Math.min(owed.fen(), prepaid.fen())).negated();
    }
}
