package cn.jingshu.ledger.money;

import java.math.BigDecimal;
import java.util.Collection;

/**
 * An amount of renminbi in whole fen (分; 100 fen = 1 yuan). Below zero only inside corrections and losses.
 * Arithmetic is exact: a result outside the range of a {@code long} throws {@link ArithmeticException}.
 */
public record Money(long fen) implements Comparable<Money> {

    public static final Money ZERO = new Money(0);

    /** The most a person may enter for one account, limit or payment, ten thousand million yuan: sums and thousandths of a fen of it stay in range. */
    public static final Money MOST_ENTERED = new Money(1_000_000_000_000L);

    private static final int MOST_ENTERED_CHARS = 18;

    public static Money ofFen(long fen) {
        return new Money(fen);
    }

    /**
     * Reads an amount in yuan, such as {@code 100.01}.
     *
     * @throws ArithmeticException if {@code yuan} is finer than one fen: parsing never rounds
     */
    public static Money ofYuan(String yuan) {
        return new Money(new BigDecimal(yuan).movePointRight(2).longValueExact());
    }

    /**
     * Reads an amount in yuan that a person entered, such as {@code 100.01}.
     *
     * @throws ArithmeticException if {@code yuan} is finer than one fen, or further from zero than {@link #MOST_ENTERED}
     * @throws NumberFormatException if it is no number
     */
    public static Money entered(String yuan) {
        if (yuan.length() > MOST_ENTERED_CHARS) {
            throw new ArithmeticException("too long for an amount");
        }
        Money amount = ofYuan(yuan);
        if (amount.fen < -MOST_ENTERED.fen || amount.fen > MOST_ENTERED.fen) {
            throw new ArithmeticException("more than anybody may enter");
        }
        return amount;
    }

    public static Money sum(Collection<Money> amounts) {
        Money total = ZERO;
        for (Money amount : amounts) {
            total = total.plus(amount);
        }
        return total;
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(fen, other.fen));
    }

    public Money minus(Money other) {
        return new Money(Math.subtractExact(fen, other.fen));
    }

    public Money negated() {
        return new Money(Math.negateExact(fen));
    }

    public boolean isZero() {
        return fen == 0;
    }

    public boolean isNegative() {
        return fen < 0;
    }

    public boolean isPositive() {
        return fen > 0;
    }

    /** This amount, or nothing if it is below zero. */
    public Money orZeroIfNegative() {
        return fen < 0 ? ZERO : this;
    }

    /** The amount in yuan with exactly two decimals and no grouping, such as {@code -1234.50}. */
    public String toYuan() {
        return BigDecimal.valueOf(fen, 2).toPlainString();
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(fen, other.fen);
    }

    @Override
    public String toString() {
        return fen + " fen";
    }
}
