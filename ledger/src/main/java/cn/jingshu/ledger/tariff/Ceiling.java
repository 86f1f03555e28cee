package cn.jingshu.ledger.tariff;

import static cn.jingshu.ledger.tariff.Fractions.fraction;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * The most that may be charged (上限收费标准): {@code perMonth} a month and {@code perUnit} for each unit used.
 *
 * <p>A tariff is within it only if no total whatsoever costs more: fixed amounts, minimums, begun packages and steps
 * between bands cannot hide a unit that is dearer than allowed.
 *
 * @param perUnit by service call, time or volume
 * @param perMonth by product (按产品); zero: every yuan must be owed to usage
 * @see "发改价格〔2025〕65号: 具体收费标准不得高于上限收费标准"
 */
public record Ceiling(UnitPrice perUnit, Money perMonth) {
    public Ceiling {
        if (perMonth.isNegative()) {
            throw new IllegalArgumentException("a ceiling below zero: " + perMonth);
        }
    }

    /** A ceiling for units alone. */
    public static Ceiling ofUnit(UnitPrice perUnit) {
        return new Ceiling(perUnit, Money.ZERO);
    }

    /**
     * How a tariff breaks a ceiling.
     *
     * @param total units; the tariff breaks it there or as soon as more is used
     * @param costsFen what it charges then, exactly
     * @param allowedFen what the ceiling allows then, exactly; less than {@code costsFen}
     */
    public record Breach(BigInteger total, BigFraction costsFen, BigFraction allowedFen) {
        /** For people: {@code 100 units cost 160 fen, the ceiling allows 150 fen}. */
        @Override
        public String toString() {
            return total + " units cost " + plain(costsFen) + " fen, the ceiling allows " + plain(allowedFen) + " fen";
        }

        private static String plain(BigFraction fen) {
            return Fractions.decimal(fen, 6, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
        }
    }

    /** Whether no total costs more under {@code tariff} than this allows, in a whole month or a part of one. */
    public boolean admits(Tariff tariff) {
        return findBreach(tariff).isEmpty();
    }

    /** The first breach that is found; empty: the tariff is within the ceiling. */
    public Optional<Breach> findBreach(Tariff tariff) {
        for (Piece piece : Piece.of(tariff)) {
            BigInteger to = piece.to();
            if (above(piece, piece.from())) {
                return Optional.of(breach(piece, piece.from()));
            }
            if (to != null && above(piece, to)) {
                return Optional.of(breach(piece, to));
            }
            BigFraction steeper = piece.slope().subtract(fraction(perUnit));
            if (to == null && steeper.compareTo(BigFraction.ZERO) > 0) {
                BigFraction room = fraction(perMonth).subtract(piece.intercept());
                BigInteger first = room.divide(steeper).getNumerator()
                        .divide(room.divide(steeper).getDenominator())
                        .add(BigInteger.ONE)
                        .max(piece.from());
                return Optional.of(breach(piece, first));
            }
        }
        return Optional.empty();
    }

    /** What this allows for {@code quantity} units of a part of a month, exactly; the amount a month shrinks with it. */
    public BigFraction exactFen(BigFraction quantity, BigFraction share) {
        return fraction(perMonth).multiply(share).add(fraction(perUnit).multiply(quantity));
    }

    private boolean above(Piece piece, BigInteger total) {
        return piece.at(total).compareTo(allowed(total)) > 0;
    }

    private Breach breach(Piece piece, BigInteger total) {
        return new Breach(total, piece.at(total), allowed(total));
    }

    private BigFraction allowed(BigInteger total) {
        return exactFen(new BigFraction(total), BigFraction.ONE);
    }
}
