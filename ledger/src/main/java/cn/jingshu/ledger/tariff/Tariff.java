package cn.jingshu.ledger.tariff;

import static cn.jingshu.ledger.tariff.Fractions.fraction;
import static cn.jingshu.ledger.tariff.Fractions.max;
import static cn.jingshu.ledger.tariff.Fractions.min;
import static cn.jingshu.ledger.tariff.Fractions.wholeUp;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * How the usage total of one billing month becomes an amount due (具体收费标准), tax included. A new kind stops compiling
 * until every switch rates it.
 *
 * <p>Amounts stay exact fractions of a fen until {@link #amount} rounds them once. A total is what was used in the month
 * so far; an amount after more usage minus the one before is what the new usage costs (cumulative rounding).
 *
 * @see "发改价格〔2025〕65号: 可按产品数量、服务次数、服务时间、数据调用量等形式收费"
 */
public sealed interface Tariff {

    /** Nothing is due (免费). */
    record Free() implements Tariff {}

    /** A fixed amount a month, whatever is used (包月). */
    record Flat(Money perMonth) implements Tariff {
        public Flat {
            notNegative(perMonth);
        }

        /**
         * A fixed amount a year, borne evenly by its months.
         *
         * @throws IllegalArgumentException if the year's fen are not divisible by twelve, so that months would differ
         */
        public static Flat ofYear(Money perYear) {
            if (perYear.fen() % 12 != 0) {
                throw new IllegalArgumentException(perYear + " a year are not a whole number of fen a month");
            }
            return new Flat(new Money(perYear.fen() / 12));
        }
    }

    /** Every unit costs the same (按量). */
    record PerUnit(UnitPrice price) implements Tariff {}

    /** Each unit at the price of its own band (累进阶梯); a band's fixed amount is due once usage has entered it, the first one's always. */
    record Graduated(List<Tier> tiers) implements Tariff {
        public Graduated {
            tiers = ascending(tiers);
        }
    }

    /** All units at the price of the band the total falls in (全量阶梯), and that band's fixed amount. */
    record Volume(List<Tier> tiers) implements Tariff {
        public Volume {
            tiers = ascending(tiers);
        }
    }

    /** Whole packages of {@code units} units (资源包); one that was begun is due in full. */
    record Packages(Money perPackage, long units) implements Tariff {
        public Packages {
            notNegative(perPackage);
            if (units <= 0) {
                throw new IllegalArgumentException("a package of " + units + " units");
            }
        }
    }

    /** A fixed amount a month and the usage besides (基本费加使用费). */
    record BasePlusUsage(Money base, Tariff usage) implements Tariff {
        public BasePlusUsage {
            notNegative(base);
        }
    }

    /** At least {@code least} a month (保底). */
    record Minimum(Money least, Tariff usage) implements Tariff {
        public Minimum {
            notNegative(least);
        }
    }

    /** The first {@code units} of a month are included; what is used beyond them is rated by {@code beyond} (含免费额度). */
    record Included(long units, Tariff beyond) implements Tariff {
        public Included {
            if (units <= 0) {
                throw new IllegalArgumentException(units + " included units");
            }
        }
    }

    /** A published reduction of another tariff (优惠): {@code off} of it is not due. */
    record Discounted(Portion off, Tariff list) implements Tariff {}

    /**
     * What {@code quantity} units of a whole month cost, in fen, exactly.
     *
     * @param quantity at least zero
     */
    default BigFraction exactFen(BigFraction quantity) {
        if (quantity.compareTo(BigFraction.ZERO) < 0) {
            throw new IllegalArgumentException("a total below zero: " + quantity);
        }
        return switch (this) {
            case Free() -> BigFraction.ZERO;
            case Flat(Money perMonth) -> fraction(perMonth);
            case PerUnit(UnitPrice price) -> fraction(price).multiply(quantity);
            case Graduated(List<Tier> tiers) -> graduated(tiers, quantity);
            case Volume(List<Tier> tiers) -> volume(tiers, quantity);
            case Packages(Money perPackage, long units) ->
                fraction(perPackage).multiply(wholeUp(quantity.divide(BigInteger.valueOf(units))));
            case BasePlusUsage(Money base, Tariff usage) -> fraction(base).add(usage.exactFen(quantity));
            case Minimum(Money least, Tariff usage) -> max(fraction(least), usage.exactFen(quantity));
            case Included(long units, Tariff beyond) ->
                beyond.exactFen(max(BigFraction.ZERO, quantity.subtract(BigInteger.valueOf(units))));
            case Discounted(Portion off, Tariff list) -> list.exactFen(quantity).multiply(fraction(off.rest()));
        };
    }

    /**
     * What {@code quantity} units cost when the tariff applied to a part of the month only, exactly. All that belongs to a
     * month shrinks with it: fixed amounts, included units, bands and packages; the price of a unit does not.
     *
     * @param share of the month, from 0 to 1; of a month the tariff never applied in nothing is due
     */
    default BigFraction exactFen(BigFraction quantity, BigFraction share) {
        if (share.compareTo(BigFraction.ZERO) < 0 || share.compareTo(BigFraction.ONE) > 0) {
            throw new IllegalArgumentException("share of a month: " + share);
        }
        if (share.equals(BigFraction.ZERO)) {
            if (!quantity.equals(BigFraction.ZERO)) {
                throw new IllegalArgumentException(quantity + " units under a tariff that never applied");
            }
            return BigFraction.ZERO;
        }
        return share.multiply(exactFen(quantity.divide(share)));
    }

    /** What {@code quantity} units of a whole month cost, rounded once, half up, to whole fen. */
    default Money amount(long quantity) {
        return round(exactFen(new BigFraction(quantity)));
    }

    /** What {@code quantity} units cost in a part of a month, rounded once, half up, to whole fen. */
    default Money amount(long quantity, BigFraction share) {
        return round(exactFen(new BigFraction(quantity), share));
    }

    /** Rounds an exact number of fen, half away from zero. */
    static Money round(BigFraction exactFen) {
        return new Money(Fractions.decimal(exactFen, 0, RoundingMode.HALF_UP).longValueExact());
    }

    /** An exact number of fen in thousandths of a fen, rounded up. */
    static long milliFenUp(BigFraction exactFen) {
        return Fractions.decimal(exactFen.multiply(1_000), 0, RoundingMode.CEILING).longValueExact();
    }

    /**
     * The dearest effective unit price: the most that one of any number of whole units, from one on, can cost on average,
     * fixed amounts and begun packages included. Rounded up to six decimals, so it is never understated.
     */
    default UnitPrice dearestUnit() {
        BigFraction dearest = BigFraction.ZERO;
        for (Piece piece : Piece.of(this)) {
            dearest = max(dearest, average(piece.from().add(BigInteger.ONE)));
            BigInteger to = piece.to();
            dearest = max(dearest, to == null ? piece.slope() : average(to.max(BigInteger.ONE)));
        }
        return new UnitPrice(Fractions.decimal(dearest, 6, RoundingMode.CEILING));
    }

    /**
     * The most a unit can cost besides what leaps ({@link #breaks}): the steepest of all lines the cost of a total lies on, in fen,
     * exactly. Of packages it is a unit's part of one.
     */
    default BigFraction steepest() {
        return Piece.of(this).stream().map(Piece::slope).reduce(BigFraction.ZERO, Fractions::max);
    }

    /**
     * Totals, {@code from} or above, just behind which the cost may leap beyond what {@link #steepest} says: the ends of bands, and of
     * packages the next that is used up, since what a later one leaps the units of one more have paid.
     */
    default List<BigFraction> breaks(BigFraction from) {
        return switch (this) {
            case Free _, Flat _, PerUnit _ -> List.of();
            case Graduated(List<Tier> tiers) -> ends(tiers, from);
            case Volume(List<Tier> tiers) -> ends(tiers, from);
            case Packages(var _, long units) ->
                List.of(new BigFraction(wholeUp(from.divide(BigInteger.valueOf(units))).multiply(BigInteger.valueOf(units))));
            case BasePlusUsage(var _, Tariff usage) -> usage.breaks(from);
            case Minimum(var _, Tariff usage) -> usage.breaks(from);
            case Included(long units, Tariff beyond) ->
                beyond.breaks(max(BigFraction.ZERO, from.subtract(BigInteger.valueOf(units)))).stream()
                        .map(each -> each.add(BigInteger.valueOf(units)))
                        .toList();
            case Discounted(var _, Tariff list) -> list.breaks(from);
        };
    }

    private static List<BigFraction> ends(List<Tier> tiers, BigFraction from) {
        return tiers.stream()
                .flatMap(tier -> tier.upTo() == null ? Stream.of() : Stream.of(new BigFraction(tier.upTo())))
                .filter(end -> end.compareTo(from) >= 0)
                .toList();
    }

    /** Whether every total of whole units costs whole fen in a whole month, so that no amount is ever rounded. */
    default boolean isWholeFen() {
        return switch (this) {
            case Free _, Flat _, Packages _ -> true;
            case PerUnit(UnitPrice price) -> isWhole(price);
            case Graduated(List<Tier> tiers) -> tiers.stream().allMatch(tier -> isWhole(tier.price()));
            case Volume(List<Tier> tiers) -> tiers.stream().allMatch(tier -> isWhole(tier.price()));
            case BasePlusUsage(var _, Tariff usage) -> usage.isWholeFen();
            case Minimum(var _, Tariff usage) -> usage.isWholeFen();
            case Included(var _, Tariff beyond) -> beyond.isWholeFen();
            case Discounted _ -> costsNothing();
        };
    }

    private static boolean isWhole(UnitPrice price) {
        return price.fenPerUnit().stripTrailingZeros().scale() <= 0;
    }

    /** Whether nothing is ever due, however much is used. */
    default boolean costsNothing() {
        return Piece.of(this).stream().allMatch(Piece::isZero);
    }

    /** Whether each unit costs the same whatever else is used and however long the subscription was there: nothing of it belongs to the month. */
    default boolean isByUnitAlone() {
        return switch (this) {
            case Free() -> true;
            case PerUnit _ -> true;
            case Discounted(var _, var list) -> list.isByUnitAlone();
            case Flat _, Graduated _, Volume _, Packages _, BasePlusUsage _, Minimum _, Included _ -> false;
        };
    }

    /** Whether a reduction is anywhere in it, however deep: a base amount, a minimum or included units hide none. */
    default boolean hasDiscount() {
        return switch (this) {
            case Discounted _ -> true;
            case BasePlusUsage(var _, var usage) -> usage.hasDiscount();
            case Minimum(var _, var usage) -> usage.hasDiscount();
            case Included(var _, var beyond) -> beyond.hasDiscount();
            case Free _, Flat _, PerUnit _, Graduated _, Volume _, Packages _ -> false;
        };
    }

    /**
     * The same tariff before every reduction in it (优惠前的标价). No total costs less under it.
     *
     * @see "发改价格〔2025〕65号: 具体收费标准不得高于上限收费标准"
     */
    default Tariff listed() {
        return switch (this) {
            case Discounted(var _, var list) -> list.listed();
            case BasePlusUsage(var base, var usage) -> new BasePlusUsage(base, usage.listed());
            case Minimum(var least, var usage) -> new Minimum(least, usage.listed());
            case Included(var units, var beyond) -> new Included(units, beyond.listed());
            case Free _, Flat _, PerUnit _, Graduated _, Volume _, Packages _ -> this;
        };
    }

    private BigFraction average(BigInteger quantity) {
        return exactFen(new BigFraction(quantity)).divide(quantity);
    }

    private static BigFraction graduated(List<Tier> tiers, BigFraction quantity) {
        BigFraction cost = BigFraction.ZERO;
        BigFraction from = BigFraction.ZERO;
        for (Tier tier : tiers) {
            BigFraction to = tier.upTo() == null ? quantity : min(new BigFraction(tier.upTo()), quantity);
            cost = cost.add(fraction(tier.flat())).add(fraction(tier.price()).multiply(to.subtract(from)));
            from = to;
            if (tier.upTo() != null && quantity.compareTo(new BigFraction(tier.upTo())) <= 0) {
                break;
            }
        }
        return cost;
    }

    private static BigFraction volume(List<Tier> tiers, BigFraction quantity) {
        for (Tier tier : tiers) {
            if (tier.upTo() == null || quantity.compareTo(new BigFraction(tier.upTo())) <= 0) {
                return fraction(tier.flat()).add(fraction(tier.price()).multiply(quantity));
            }
        }
        throw new IllegalStateException("the last band has an end: " + tiers);
    }

    private static List<Tier> ascending(List<Tier> tiers) {
        List<Tier> kept = List.copyOf(tiers);
        long end = 0;
        for (int i = 0; i < kept.size(); i++) {
            Long upTo = kept.get(i).upTo();
            if ((upTo == null) != (i == kept.size() - 1) || (upTo != null && upTo <= end)) {
                throw new IllegalArgumentException("bands end one above the other and the last one has no end: " + tiers);
            }
            end = upTo == null ? end : upTo;
        }
        if (kept.isEmpty()) {
            throw new IllegalArgumentException("a tariff by bands has at least one band");
        }
        return kept;
    }

    private static void notNegative(Money amount) {
        if (amount.isNegative()) {
            throw new IllegalArgumentException("an amount below zero: " + amount);
        }
    }
}
