package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * What a line is reckoned by: all lines of one key together amount to what this tariff says of their total, but never more
 * than the ceiling, rounded once.
 *
 * @param share of the usage month the tariff applied in, above 0 and at most 1
 * @param ceilingId version of the ceiling it was held against, or of the finding that lowered it; null: free by its purpose, or on trial without one
 * @param ceiling the ceiling itself; null as {@code ceilingId} is. The lowest, if it changed while the price did not
 */
public record Basis(Tariff tariff, BigFraction share, @Nullable UUID ceilingId, @Nullable Ceiling ceiling) {

    private static final BigInteger NEVER_REACHED = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigFraction A_LITTLE = new BigFraction(1, 1_000_000);

    /** A price for each unit over a whole month. */
    public static Basis perUnit(UnitPrice price, @Nullable UnitPrice ceiling) {
        return new Basis(price.fenPerUnit().signum() == 0 ? new Tariff.Free() : new Tariff.PerUnit(price), BigFraction.ONE,
                null, ceiling == null ? null : Ceiling.ofUnit(ceiling));
    }

    /**
     * What a total of {@code quantity} units costs, exactly, in fen: what the tariff says, and never more than the ceiling.
     * A published tariff is within its ceiling, so the ceiling bites only where a finding lowered it afterwards.
     */
    public BigFraction exactFen(long quantity) {
        BigFraction used = new BigFraction(quantity);
        BigFraction cost = tariff.exactFen(used, share);
        if (ceiling == null || isWithin(ceiling)) {
            return cost;
        }
        BigFraction allowed = ceiling.exactFen(used, share);
        return allowed.compareTo(cost) < 0 ? allowed : cost;
    }

    /**
     * What more units may cost beyond {@link Tariff#steepest} for each.
     *
     * @param units so many more reach it; at least one
     * @param fen exactly
     */
    record Leap(long units, BigFraction fen) {}

    /**
     * All that more units may cost beyond {@link Tariff#steepest} for each once {@code quantity} are used: the entry of a band, a package that
     * is begun, and what a lowered ceiling holds back now. However many follow, they cost no more than the steepest price for each and the
     * greatest leap they reach.
     */
    List<Leap> leaps(long quantity) {
        BigFraction used = new BigFraction(quantity);
        BigFraction now = exactFen(quantity);
        BigFraction steepest = tariff.steepest();
        List<Leap> leaps = new ArrayList<>();
        leaps.add(new Leap(1, tariff.exactFen(used, share).subtract(now)));
        for (BigFraction end : tariff.breaks(used.divide(share))) {
            // Of a whole month a break is a whole unit, and the next one leaps. Of a part it lies between two, which one of them follows which
            // package's end most closely is not looked for: a little behind the end is the most any can cost.
            boolean whole = share.equals(BigFraction.ONE);
            BigFraction behind = end.add(whole ? BigFraction.ONE : A_LITTLE);
            BigFraction upTo = share.multiply(end).subtract(used);
            BigFraction paidFor = whole ? upTo.add(BigFraction.ONE) : upTo;
            BigFraction fen = share.multiply(tariff.exactFen(behind)).subtract(now).subtract(steepest.multiply(paidFor));
            BigInteger units = upTo.getNumerator().divide(upTo.getDenominator()).add(BigInteger.ONE);
            leaps.add(new Leap(units.min(NEVER_REACHED).longValueExact(), fen));
        }
        return leaps;
    }

    /** Whether every total costs whole fen, so that its amount is never rounded. */
    boolean isWholeFen() {
        return tariff.isWholeFen() && (tariff.isByUnitAlone() || share.equals(BigFraction.ONE)) && (ceiling == null || isWithin(ceiling));
    }

    private boolean isWithin(Ceiling limit) {
        return tariff instanceof Tariff.PerUnit(var price) && price.fenPerUnit().compareTo(limit.perUnit().fenPerUnit()) <= 0;
    }

    /** The same under what a finding says was allowed, if that is less. */
    Basis heldTo(UUID findingId, Ceiling allowed) {
        return ceiling != null && ceiling.perUnit().fenPerUnit().compareTo(allowed.perUnit().fenPerUnit()) <= 0
                        && ceiling.perMonth().compareTo(allowed.perMonth()) <= 0
                ? this : new Basis(tariff, share, findingId, allowed);
    }

    /** What a total of {@code quantity} units costs, rounded once. */
    Money amount(long quantity) {
        return Tariff.round(exactFen(quantity));
    }

    /** What one unit of a total costs, for people; where not every unit costs the same, on average, rounded to six decimals. */
    UnitPrice unitPrice(long quantity) {
        if (tariff instanceof Tariff.PerUnit(var price) && (ceiling == null || isWithin(ceiling))) {
            return price;
        }
        if (quantity == 0) {
            return UnitPrice.ofFen("0");
        }
        BigFraction average = exactFen(quantity).divide(new BigFraction(quantity));
        return new UnitPrice(new BigDecimal(average.getNumerator())
                .divide(new BigDecimal(average.getDenominator()), 6, RoundingMode.HALF_UP));
    }
}
