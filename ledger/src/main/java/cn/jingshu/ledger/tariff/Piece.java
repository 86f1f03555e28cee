package cn.jingshu.ledger.tariff;

import static cn.jingshu.ledger.tariff.Fractions.fraction;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * A straight line over totals behind {@code from} up to {@code to}: {@code intercept + slope × total}, in fen.
 *
 * @param to null: without an end
 */
record Piece(BigInteger from, @Nullable BigInteger to, BigFraction intercept, BigFraction slope) {

    /**
     * The lines of a tariff: its cost of any total above zero lies on or below one of those over that total, and comes as
     * near as one likes to each end of each line. So what holds at the ends of the lines holds for every total.
     */
    static List<Piece> of(Tariff tariff) {
        return switch (tariff) {
            case Tariff.Free() -> List.of(line(BigFraction.ZERO, BigFraction.ZERO));
            case Tariff.Flat(Money perMonth) -> List.of(line(fraction(perMonth), BigFraction.ZERO));
            case Tariff.PerUnit(UnitPrice price) -> List.of(line(BigFraction.ZERO, fraction(price)));
            case Tariff.Graduated(List<Tier> tiers) -> ofTiers(tiers, true);
            case Tariff.Volume(List<Tier> tiers) -> ofTiers(tiers, false);
            // Dearest just after a package was begun: the line through those points.
            case Tariff.Packages(Money perPackage, long units) ->
                List.of(line(fraction(perPackage), fraction(perPackage).divide(BigInteger.valueOf(units))));
            case Tariff.BasePlusUsage(Money base, Tariff usage) ->
                of(usage).stream().map(piece -> piece.raised(fraction(base))).toList();
            case Tariff.Minimum(Money least, Tariff usage) -> with(line(fraction(least), BigFraction.ZERO), of(usage));
            case Tariff.Included(long units, Tariff beyond) -> with(
                    new Piece(BigInteger.ZERO, BigInteger.valueOf(units), beyond.exactFen(BigFraction.ZERO), BigFraction.ZERO),
                    of(beyond).stream().map(piece -> piece.shifted(BigInteger.valueOf(units))).toList());
            case Tariff.Discounted(Portion off, Tariff list) ->
                of(list).stream().map(piece -> piece.scaled(fraction(off.rest()))).toList();
        };
    }

    private static Piece line(BigFraction intercept, BigFraction slope) {
        return new Piece(BigInteger.ZERO, null, intercept, slope);
    }

    private static List<Piece> with(Piece first, List<Piece> others) {
        List<Piece> all = new ArrayList<>(List.of(first));
        all.addAll(others);
        return all;
    }

    /** @param added whether each unit keeps its own band's price and the bands' amounts add up */
    private static List<Piece> ofTiers(List<Tier> tiers, boolean added) {
        List<Piece> pieces = new ArrayList<>();
        BigInteger from = BigInteger.ZERO;
        BigFraction before = BigFraction.ZERO; // what the bands before this one cost when they are full
        for (Tier tier : tiers) {
            BigFraction slope = fraction(tier.price());
            BigFraction intercept = fraction(tier.flat());
            if (added) {
                intercept = intercept.add(before).subtract(slope.multiply(from));
            }
            BigInteger to = tier.upTo() == null ? null : BigInteger.valueOf(tier.upTo());
            Piece piece = new Piece(from, to, intercept, slope);
            pieces.add(piece);
            if (to != null) {
                before = piece.at(to);
                from = to;
            }
        }
        return pieces;
    }

    BigFraction at(BigInteger total) {
        return intercept.add(slope.multiply(total));
    }

    boolean isZero() {
        return intercept.equals(BigFraction.ZERO) && slope.equals(BigFraction.ZERO);
    }

    private Piece raised(BigFraction by) {
        return new Piece(from, to, intercept.add(by), slope);
    }

    private Piece shifted(BigInteger by) {
        return new Piece(from.add(by), to == null ? null : to.add(by), intercept.subtract(slope.multiply(by)), slope);
    }

    private Piece scaled(BigFraction by) {
        return new Piece(from, to, intercept.multiply(by), slope.multiply(by));
    }
}
