package cn.jingshu.ledger.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Divides money so that the parts always add up to the whole: every part is cut down to whole fen, and the fen
 * left over go one each to the largest remainders (最大余数法). Equal remainders: the earlier party first.
 */
public final class Allotment {

    private Allotment() {}

    /**
     * Splits {@code whole} by {@code portions}, in their order.
     *
     * <p>An amount below zero (a correction) is split as the mirror of the amount above zero, so that a correction
     * takes from each party exactly what the booking gave it. A portion of zero never gets a fen.
     *
     * @param portions at least one, adding up to exactly one
     * @throws IllegalArgumentException if the portions do not add up to one
     */
    public static List<Money> split(Money whole, List<Portion> portions) {
        BigInteger common = commonDenominator(portions);
        List<BigInteger> shares = portions.stream()
                .map(p -> p.numerator().multiply(common.divide(p.denominator())))
                .toList();
        if (!shares.stream().reduce(BigInteger.ZERO, BigInteger::add).equals(common)) {
            throw new IllegalArgumentException("portions do not add up to one: " + portions);
        }
        boolean mirrored = whole.isNegative();
        BigInteger amount = BigInteger.valueOf(whole.fen()).abs();

        List<BigInteger> parts = new ArrayList<>();
        List<BigInteger> remainders = new ArrayList<>();
        BigInteger left = amount;
        for (BigInteger share : shares) {
            BigInteger[] divided = amount.multiply(share).divideAndRemainder(common);
            parts.add(divided[0]);
            remainders.add(divided[1]);
            left = left.subtract(divided[0]);
        }
        // The sort is stable, so among equal remainders the earlier party stays first.
        List<Integer> byRemainder = IntStream.range(0, parts.size()).boxed()
                .sorted(Comparator.comparing((Integer i) -> remainders.get(i)).reversed())
                .toList();
        for (int i : byRemainder.subList(0, left.intValueExact())) {
            parts.set(i, parts.get(i).add(BigInteger.ONE));
        }
        return parts.stream()
                .map(part -> new Money((mirrored ? part.negate() : part).longValueExact()))
                .toList();
    }

    /**
     * What {@link #splitCarrying} gives.
     *
     * @param parts whole fen, in the order of the portions, adding up to the whole
     * @param carried by party, in fen to six decimals, how much it has been given too little since the first split; below
     *     zero: too much. For the next split.
     */
    public record Carrying(List<Money> parts, List<BigDecimal> carried) {
        public Carrying {
            parts = List.copyOf(parts);
            carried = List.copyOf(carried);
        }
    }

    /** Decimals of what is carried; it only decides who comes first, so nothing is lost by rounding it. */
    private static final int CARRIED_SCALE = 6;

    /**
     * As {@link #split}, but over many periods: the fen left over go to whoever is owed most by this remainder and those
     * of the periods before. So no party gains by its place in the list, however often the same amounts come again.
     *
     * @param whole at least zero
     * @param carried of the split before, in the order of {@code portions}; zeros at first
     */
    public static Carrying splitCarrying(Money whole, List<Portion> portions, List<BigDecimal> carried) {
        if (whole.isNegative() || carried.size() != portions.size()) {
            throw new IllegalArgumentException(whole + " split among " + portions.size() + ", carried: " + carried);
        }
        BigInteger amount = BigInteger.valueOf(whole.fen());
        List<Money> parts = new ArrayList<>();
        List<BigDecimal> owed = new ArrayList<>();
        List<Integer> rounded = new ArrayList<>();
        Money left = whole;
        split(whole, portions); // refuses portions that do not add up to one
        for (int i = 0; i < portions.size(); i++) {
            BigInteger[] divided = amount.multiply(portions.get(i).numerator()).divideAndRemainder(portions.get(i).denominator());
            Money floor = new Money(divided[0].longValueExact());
            parts.add(floor);
            left = left.minus(floor);
            owed.add(carried.get(i).add(new BigDecimal(divided[1])
                    .divide(new BigDecimal(portions.get(i).denominator()), CARRIED_SCALE, RoundingMode.HALF_EVEN)));
            if (divided[1].signum() > 0) {
                rounded.add(i); // a party whose part is whole is given no fen of another's
            }
        }
        rounded.sort(Comparator.comparing((Integer i) -> owed.get(i)).reversed()); // stable: equal ones stay in their order
        for (int i : rounded.subList(0, Math.toIntExact(left.fen()))) {
            parts.set(i, parts.get(i).plus(new Money(1)));
            owed.set(i, owed.get(i).subtract(BigDecimal.ONE));
        }
        return new Carrying(parts, owed.stream().map(each -> each.setScale(CARRIED_SCALE, RoundingMode.UNNECESSARY)).toList());
    }

    private static BigInteger commonDenominator(List<Portion> portions) {
        BigInteger common = BigInteger.ONE;
        for (Portion portion : portions) {
            common = common.multiply(portion.denominator()).divide(common.gcd(portion.denominator()));
        }
        return common;
    }
}
