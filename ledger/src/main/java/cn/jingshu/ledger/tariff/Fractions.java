package cn.jingshu.ledger.tariff;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.apache.commons.math3.fraction.BigFraction;

/** From amounts and prices to exact fractions, and back. */
final class Fractions {
    private Fractions() {}

    static BigFraction fraction(Money amount) {
        return new BigFraction(amount.fen());
    }

    static BigFraction fraction(UnitPrice price) {
        BigDecimal fen = price.fenPerUnit();
        return new BigFraction(fen.unscaledValue(), BigInteger.TEN.pow(fen.scale())); // UnitPrice keeps six decimals
    }

    static BigFraction fraction(Portion portion) {
        return new BigFraction(portion.numerator(), portion.denominator());
    }

    static BigFraction max(BigFraction one, BigFraction other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    static BigFraction min(BigFraction one, BigFraction other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** The smallest whole number not below {@code value}, which is at least zero. */
    static BigInteger wholeUp(BigFraction value) {
        BigInteger[] parts = value.getNumerator().divideAndRemainder(value.getDenominator());
        return parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
    }

    static BigDecimal decimal(BigFraction value, int scale, RoundingMode rounding) {
        return new BigDecimal(value.getNumerator()).divide(new BigDecimal(value.getDenominator()), scale, rounding);
    }
}
