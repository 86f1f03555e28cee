package cn.jingshu.ledger.money;

import java.math.BigInteger;
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

    private static BigInteger commonDenominator(List<Portion> portions) {
        BigInteger common = BigInteger.ONE;
        for (Portion portion : portions) {
            common = common.multiply(portion.denominator()).divide(common.gcd(portion.denominator()));
        }
        return common;
    }
}
