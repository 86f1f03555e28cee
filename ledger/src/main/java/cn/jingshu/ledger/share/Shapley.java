package cn.jingshu.ledger.share;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.fraction.BigFraction;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.apache.commons.math3.util.CombinatoricsUtils;

/**
 * The Shapley value (沙普利值): what each party adds, on average over all orders in which the parties could have come. The values
 * add up to the worth of all together, a party that adds nothing gets nothing, and two that add the same get the same.
 *
 * <p>Who copies another party's data is paid as if it were his own: copies have to be found before, by their likeness.
 *
 * @see "L. S. Shapley, A Value for n-Person Games, 1953"
 */
public final class Shapley {
    /** Up to so many parties every group can be measured and the value is exact; beyond, orders are drawn. */
    public static final int MOST_EXACT = 12;

    /** Most parties whose orders are drawn. */
    public static final int MOST_PARTIES = 60;

    private static final int CONFIDENCE_PERCENT = 95;

    private Shapley() {}

    /** φ_i = Σ |S|! (n−|S|−1)! / n! · (v(S ∪ {i}) − v(S)) over all groups S without i; by party, in their order. */
    public static Map<String, BigFraction> exact(CoalitionWorth worth) {
        int n = worth.parties().size();
        Map<String, BigFraction> values = new LinkedHashMap<>();
        for (int i = 0; i < n; i++) {
            List<BigFraction> addedBySize = new ArrayList<>();
            for (int size = 0; size < n; size++) {
                addedBySize.add(BigFraction.ZERO);
            }
            for (int group = 0; group < 1 << n; group++) {
                if ((group >> i & 1) == 0) {
                    BigFraction added = worth.of(group | 1 << i).subtract(worth.of(group));
                    addedBySize.set(Integer.bitCount(group), addedBySize.get(Integer.bitCount(group)).add(added));
                }
            }
            BigFraction value = BigFraction.ZERO;
            for (int size = 0; size < n; size++) {
                value = value.add(addedBySize.get(size).multiply(probability(size, n)));
            }
            values.put(worth.parties().get(i), value);
        }
        return values;
    }

    private static BigFraction probability(int size, int n) {
        return new BigFraction(
                BigInteger.valueOf(CombinatoricsUtils.factorial(size))
                        .multiply(BigInteger.valueOf(CombinatoricsUtils.factorial(n - size - 1))),
                BigInteger.valueOf(CombinatoricsUtils.factorial(n)));
    }

    /** What a group of parties is worth, asked for when an order needs it; always the same answer for the same group. */
    @FunctionalInterface
    public interface Measured {
        BigFraction worth(Set<String> group);
    }

    /**
     * Values from some of the orders.
     *
     * @param values by party; they add up to the worth of all exactly, whatever was drawn
     * @param halfWidths by party how far the true value may lie from it, at 95 % confidence by the normal approximation,
     *     rounded up to six decimals
     * @param orders how many were drawn
     * @param seed from which anyone draws the same ones again
     */
    public record Estimate(Map<String, BigFraction> values, Map<String, BigDecimal> halfWidths, int orders, long seed) {
        public Estimate {
            values = Map.copyOf(values);
            halfWidths = Map.copyOf(halfWidths);
        }
    }

    /**
     * The value estimated from {@code orders} orders drawn with equal chance, for more parties than can be measured in every
     * group. The orders come from {@link Random}, whose numbers are the same in every Java.
     *
     * @param parties ids in a fixed order, 2 to {@link #MOST_PARTIES}
     * @param orders at least 2
     */
    public static Estimate estimate(List<String> parties, Measured measured, int orders, long seed) {
        if (parties.size() < 2 || parties.size() > MOST_PARTIES || new HashSet<>(parties).size() != parties.size()) {
            throw new IllegalArgumentException("2 to " + MOST_PARTIES + " different parties are needed, not " + parties);
        }
        if (orders < 2) {
            throw new IllegalArgumentException(orders + " orders, at least 2");
        }
        Map<Set<String>, BigFraction> known = new HashMap<>();
        known.put(Set.of(), BigFraction.ZERO);
        Map<String, BigFraction> sums = new LinkedHashMap<>();
        Map<String, SummaryStatistics> spreads = new LinkedHashMap<>();
        for (String party : parties) {
            sums.put(party, BigFraction.ZERO);
            spreads.put(party, new SummaryStatistics());
        }
        Random random = new Random(seed);
        List<String> order = new ArrayList<>(parties);
        for (int drawn = 0; drawn < orders; drawn++) {
            shuffle(order, random);
            Set<String> group = new HashSet<>();
            BigFraction before = BigFraction.ZERO;
            for (String party : order) {
                group.add(party);
                BigFraction with = known.computeIfAbsent(Set.copyOf(group), measured::worth);
                BigFraction added = with.subtract(before);
                sums.merge(party, added, BigFraction::add);
                at(spreads, party).addValue(added.doubleValue());
                before = with;
            }
        }
        double reach = new NormalDistribution().inverseCumulativeProbability((100 + CONFIDENCE_PERCENT) / 200.0) / Math.sqrt(orders);
        Map<String, BigFraction> values = new LinkedHashMap<>();
        Map<String, BigDecimal> halfWidths = new LinkedHashMap<>();
        for (String party : parties) {
            values.put(party, at(sums, party).divide(orders));
            halfWidths.put(party, BigDecimal.valueOf(reach * at(spreads, party).getStandardDeviation())
                    .setScale(6, RoundingMode.UP));
        }
        return new Estimate(values, halfWidths, orders, seed);
    }

    /** The groups whose worth {@link #estimate} asks for: what has to be measured before. */
    public static Set<Set<String>> groupsOf(List<String> parties, int orders, long seed) {
        Set<Set<String>> asked = new HashSet<>();
        estimate(parties, group -> {
            asked.add(group);
            return BigFraction.ZERO;
        }, orders, seed);
        return asked;
    }

    /** Fisher and Yates, written out: what Collections.shuffle draws is not promised to stay. */
    private static void shuffle(List<String> order, Random random) {
        for (int last = order.size() - 1; last > 0; last--) {
            int other = random.nextInt(last + 1);
            String moved = order.get(last);
            order.set(last, order.get(other));
            order.set(other, moved);
        }
    }

    private static <V> V at(Map<String, V> values, String party) {
        V value = values.get(party);
        if (value == null) {
            throw new IllegalStateException("every party was there: " + party);
        }
        return value;
    }
}
