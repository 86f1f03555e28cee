package cn.jingshu.ledger.money;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Price of one metered unit in fen, exact to six decimals: 0.35 fen a call is a price, not money.
 * Never below zero.
 */
public record UnitPrice(BigDecimal fenPerUnit) {

    private static final int SCALE = 6;

    /** @throws ArithmeticException if {@code fenPerUnit} is finer than six decimals */
    public UnitPrice {
        fenPerUnit = fenPerUnit.setScale(SCALE, RoundingMode.UNNECESSARY); // so 0.35 equals 0.350
        if (fenPerUnit.signum() < 0) {
            throw new IllegalArgumentException("unit price below zero: " + fenPerUnit.toPlainString() + " fen");
        }
    }

    /** Reads a price in yuan, such as {@code 0.0035} (0.35 fen). */
    public static UnitPrice ofYuan(String yuan) {
        return new UnitPrice(new BigDecimal(yuan).movePointRight(2));
    }

    /** Reads a price in fen, such as {@code 0.35}. */
    public static UnitPrice ofFen(String fen) {
        return new UnitPrice(new BigDecimal(fen));
    }

    /** What {@code quantity} units cost, rounded once, half away from zero, to whole fen; a quantity below zero is a correction. */
    public Money times(long quantity) {
        return new Money(fenPerUnit.multiply(BigDecimal.valueOf(quantity))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact());
    }
}
