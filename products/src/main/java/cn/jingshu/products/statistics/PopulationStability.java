package cn.jingshu.products.statistics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How far the values a model is asked about have moved from those it was trained on: the population stability index, the
 * symmetric Kullback–Leibler divergence of the two distributions over the same bins (Siddiqi 2006, Credit Risk Scorecards).
 *
 * @param edges where one bin ends and the next begins, strictly ascending; a value at an edge belongs to the bin above it
 * @param shares of the training values in each bin, one more than edges, adding to one
 */
public record PopulationStability(List<Double> edges, List<Double> shares) {
    /** Below it nothing of note has moved. */
    public static final double MODERATE = 0.1;
    /** From it on the model should not be trusted without a new look. */
    public static final double LARGE = 0.25;

    /** A bin's share counts as at least this: an empty bin would make the index infinite. */
    private static final double LEAST_SHARE = 1e-4;

    private static final int FEWEST_DIGITS = 4;
    /** So many tell any two numbers of a double apart. */
    private static final int MOST_DIGITS = 17;

    /** @throws IllegalArgumentException if edges do not ascend, or the shares are no distribution over their bins */
    public PopulationStability {
        edges = List.copyOf(edges);
        shares = List.copyOf(shares);
        for (int i = 1; i < edges.size(); i++) {
            if (!(edges.get(i) > edges.get(i - 1))) {
                throw new IllegalArgumentException("edges " + edges + " do not ascend");
            }
        }
        double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
        if (shares.size() != edges.size() + 1 || !(Math.abs(sum - 1) < 1e-6) || shares.stream().anyMatch(s -> s < 0)) {
            throw new IllegalArgumentException("shares " + shares + " are no distribution over " + (edges.size() + 1) + " bins");
        }
    }

    /** What an index means. */
    public enum Shift {
        STABLE,
        MODERATE,
        LARGE
    }

    /**
     * The distribution of training values over at most so many bins of about equal share. Values that are often repeated make
     * fewer bins.
     *
     * @throws IllegalArgumentException if there is no value, one is no number, or fewer than two bins are asked for
     */
    public static PopulationStability of(double[] training, int bins) {
        if (training.length == 0 || bins < 2 || DoubleStream.of(training).anyMatch(Double::isNaN)) {
            throw new IllegalArgumentException(training.length + " values, " + bins + " bins, or a value that is no number");
        }
        double[] sorted = training.clone();
        Arrays.sort(sorted);
        List<Double> edges = IntStream.range(1, bins)
                .mapToObj(b -> sorted[(int) ((long) sorted.length * b / bins)])
                .filter(edge -> edge > sorted[0]) // nothing lies below the least value
                .distinct()
                .toList();
        long[] counts = new long[edges.size() + 1];
        for (double value : training) {
            counts[bin(edges, value)]++;
        }
        return new PopulationStability(edges, sharesOf(counts));
    }

    /** The bin a value belongs to, from 0. */
    public int bin(double value) {
        return bin(edges, value);
    }

    /**
     * The index for counts of values in each bin; 0: the same distribution.
     *
     * @throws IllegalArgumentException if there are not as many counts as bins, or they add to nothing
     */
    public double index(long[] counts) {
        return index(shares, counts);
    }

    /** The same for bins of any kind, of which the shares are known. @throws IllegalArgumentException as {@link #index(long[])} */
    public static double index(List<Double> shares, long[] counts) {
        if (counts.length != shares.size()) {
            throw new IllegalArgumentException(counts.length + " counts for " + shares.size() + " bins");
        }
        List<Double> now = sharesOf(counts);
        double index = 0;
        for (int i = 0; i < counts.length; i++) {
            double was = Math.max(shares.get(i), LEAST_SHARE);
            double is = Math.max(now.get(i), LEAST_SHARE);
            index += (is - was) * Math.log(is / was);
        }
        return index;
    }

    /** The index for observed values. */
    public double index(double[] observed) {
        long[] counts = new long[shares.size()];
        for (double value : observed) {
            counts[bin(value)]++;
        }
        return index(counts);
    }

    /** What an index means, by the usual limits. */
    public static Shift shift(double index) {
        if (index >= LARGE) {
            return Shift.LARGE;
        }
        return index >= MODERATE ? Shift.MODERATE : Shift.STABLE;
    }

    /** The bin between {@code edges} a value belongs to, from 0. */
    public static int bin(List<Double> edges, double value) {
        int bin = 0;
        while (bin < edges.size() && value >= edges.get(bin)) {
            bin++;
        }
        return bin;
    }

    /**
     * What each bin between {@code edges} holds, in signs every language reads: {@code <40}, {@code 40–50}, {@code ≥50}. Edges have four
     * significant digits, or as many more as tell each from the next, so that no two bins are named alike if the edges ascend.
     */
    public static List<String> labels(List<Double> edges) {
        if (edges.isEmpty()) {
            return List.of("*");
        }
        List<String> figures = figures(edges, FEWEST_DIGITS);
        for (int digits = FEWEST_DIGITS + 1; digits <= MOST_DIGITS && figures.stream().distinct().count() < figures.size(); digits++) {
            figures = figures(edges, digits);
        }
        List<String> labels = new ArrayList<>();
        labels.add("<" + figures.getFirst());
        for (int i = 1; i < figures.size(); i++) {
            labels.add(figures.get(i - 1) + "–" + figures.get(i));
        }
        labels.add("≥" + figures.getLast());
        return labels;
    }

    private static List<String> figures(List<Double> edges, int digits) {
        return edges.stream().map(edge -> new BigDecimal(edge).round(new MathContext(digits)).stripTrailingZeros().toPlainString()).toList();
    }

    private static List<Double> sharesOf(long[] counts) {
        double all = Arrays.stream(counts).sum();
        if (!(all > 0)) {
            throw new IllegalArgumentException("no value was counted");
        }
        return Arrays.stream(counts).mapToObj(c -> c / all).toList();
    }
}
