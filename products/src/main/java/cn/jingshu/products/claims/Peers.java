package cn.jingshu.products.claims;

import java.util.Arrays;
import java.util.Optional;

/**
 * What is usual among peers, on the scale of logarithms, by median and quartiles, which a few extreme ones do not move (Iglewicz
 * and Hoaglin 1993: a robust score above 3.5 is an outlier).
 *
 * @param logMedian of the peers
 * @param logDeviation the distance of the quartiles over 1.349, which is the standard deviation of a normal distribution; above zero
 */
public record Peers(double logMedian, double logDeviation) {
    /** Fewer peers say nothing. */
    public static final int FEWEST = 10;

    private static final double OUTLIER = 3.5;
    private static final double QUARTILES = 1.349;
    /** Peers that are all alike would make every fen an outlier. */
    private static final double LEAST_DEVIATION = 0.1;

    /** Of positive values; empty: there are fewer than {@link #FEWEST}. */
    public static Optional<Peers> of(double[] values) {
        double[] logs = Arrays.stream(values).filter(v -> v > 0).map(Math::log).sorted().toArray();
        return logs.length < FEWEST ? Optional.empty()
                : Optional.of(ofQuartiles(quantile(logs, 0.25), quantile(logs, 0.5), quantile(logs, 0.75)));
    }

    /** Of the quartiles of logarithms. */
    public static Peers ofQuartiles(double lower, double median, double upper) {
        return new Peers(median, Math.max(LEAST_DEVIATION, (upper - lower) / QUARTILES));
    }

    /** How many robust deviations a value lies above the median; 0 for a value that is not positive. */
    public double score(double value) {
        return value > 0 ? (Math.log(value) - logMedian) / logDeviation : 0;
    }

    /** True: an outlier upwards. */
    public boolean farAbove(double value) {
        return score(value) > OUTLIER;
    }

    /** Linear between the two nearest, as PostgreSQL's {@code percentile_cont}. */
    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        return below + 1 < sorted.length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
