package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.payment.BankLine.Direction;
import cn.jingshu.marketplace.payment.BankLine.Movement;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A bank's file as it was read: what was on the account, every movement, what was on it then. It cannot be built unless
 * these add up.
 */
record BankStatement(Form form, String account, LocalDate from, LocalDate to, Money opening, Money closing,
        List<Movement> movements) {

    /** What a file was read as. */
    enum Form {
        JINGSHU_CSV,
        CAMT_053
    }

    BankStatement {
        movements = List.copyOf(movements);
        Money balance = opening;
        Set<String> seen = new HashSet<>();
        for (Movement movement : movements) {
            if (!seen.add(movement.bankReference())) {
                throw new IllegalArgumentException("the bank's reference " + movement.bankReference() + " comes twice");
            }
            if (movement.bookedOn().isBefore(from) || movement.bookedOn().isAfter(to)) {
                throw new IllegalArgumentException(
                        movement.bankReference() + " is of " + movement.bookedOn() + ", not of " + from + " to " + to);
            }
            balance = movement.direction() == Direction.IN
                    ? balance.plus(movement.amount()) : balance.minus(movement.amount());
        }
        if (!balance.equals(closing)) {
            throw new IllegalArgumentException("opening balance " + opening.toYuan() + " and the movements give "
                    + balance.toYuan() + " yuan, the file says " + closing.toYuan());
        }
    }
}
