package cn.jingshu.products.health.trend;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.special.Erf;
import org.jspecify.annotations.Nullable;

/**
 * Where a short series goes: the Theil–Sen slope (median of the slopes of all pairs, so that a third of the readings may be wild)
 * with Sen's 95 % interval, and the Mann–Kendall test, exact for up to ten days without ties, else by the normal distribution
 * corrected for ties and continuity.
 *
 * @param slopePerYear null: fewer than two days
 * @param slopeLow null: fewer than {@link #LEAST_DAYS} days
 * @param slopeHigh null with {@code slopeLow}
 * @param pValue two-sided; null with {@code slopeLow}
 * @param tau Kendall's; null with {@code slopeLow}
 * @see "Sen PK. J Am Stat Assoc 1968;63:1379-1389; Mann HB. Econometrica 1945;13:245-259; Kendall MG. Rank Correlation Methods, 4th ed. 1970"
 */
public record Trend(Direction direction, @Nullable Double slopePerYear, @Nullable Double slopeLow, @Nullable Double slopeHigh,
        @Nullable Double pValue, @Nullable Double tau) {
    /** Fewer days cannot be significant at the 5 % level, whatever they say. */
    public static final int LEAST_DAYS = 5;

    /** How it is reckoned, for answers. */
    public static final String METHOD = "Theil–Sen slope, Mann–Kendall test, version 1.0";

    private static final double SIGNIFICANT = 0.05;
    private static final double Z_95 = 1.959963984540054;
    private static final int EXACT_DAYS = 10;
    private static final double DAYS_PER_YEAR = 365.25;

    /** Where it goes. */
    public enum Direction { TOO_FEW, STEADY, RISING, FALLING }

    /** One day of a series: the mean of its readings. */
    public record Point(LocalDate day, double value) {}

    /** The trend of a series, days in order and each once. @throws IllegalArgumentException if they are not, or a value is no number */
    public static Trend of(List<Point> points) {
        int n = points.size();
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(points.get(i).value()) || (i > 0 && !points.get(i).day().isAfter(points.get(i - 1).day()))) {
                throw new IllegalArgumentException("a series needs its days in order and numbers on them");
            }
        }
        if (n < 2) {
            return new Trend(Direction.TOO_FEW, null, null, null, null, null);
        }
        double[] slopes = new double[n * (n - 1) / 2];
        long score = 0;
        int k = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                double rise = points.get(j).value() - points.get(i).value();
                slopes[k++] = rise / ChronoUnit.DAYS.between(points.get(i).day(), points.get(j).day()) * DAYS_PER_YEAR;
                score += (long) Math.signum(rise);
            }
        }
        Arrays.sort(slopes);
        double slope = median(slopes);
        if (n < LEAST_DAYS) {
            return new Trend(Direction.TOO_FEW, slope, null, null, null, null);
        }
        List<Integer> ties = ties(points);
        double deviation = Math.sqrt(variance(n, ties));
        double p = n <= EXACT_DAYS && ties.isEmpty() ? exact(n, score) : normal(score, deviation);
        double reach = Z_95 * deviation;
        int low = (int) Math.max(0, Math.round((slopes.length - reach) / 2) - 1);
        int high = (int) Math.min(slopes.length - 1, Math.round((slopes.length + reach) / 2));
        Direction direction = p >= SIGNIFICANT ? Direction.STEADY : score > 0 ? Direction.RISING : Direction.FALLING;
        return new Trend(direction, slope, slopes[low], slopes[high], p, tau(n, score, ties));
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** Sizes of the groups of equal values, those of one left out. */
    private static List<Integer> ties(List<Point> points) {
        double[] values = points.stream().mapToDouble(Point::value).sorted().toArray();
        List<Integer> ties = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= values.length; i++) {
            if (i == values.length || Double.compare(values[i], values[from]) != 0) {
                if (i - from > 1) {
                    ties.add(i - from);
                }
                from = i;
            }
        }
        return ties;
    }

    private static double variance(int n, List<Integer> ties) {
        double sum = (double) n * (n - 1) * (2 * n + 5);
        for (int t : ties) {
            sum -= (double) t * (t - 1) * (2 * t + 5);
        }
        return sum / 18;
    }

    private static double tau(int n, long score, List<Integer> ties) {
        double pairs = n * (n - 1) / 2.0;
        double tied = ties.stream().mapToDouble(t -> t * (t - 1) / 2.0).sum();
        return pairs - tied <= 0 ? 0 : score / Math.sqrt(pairs * (pairs - tied));
    }

    /** Probability of a score as far from zero among all orders of {@code n} different values: counted by their inversions. */
    private static double exact(int n, long score) {
        double[] orders = {1};
        for (int size = 2; size <= n; size++) {
            double[] next = new double[orders.length + size - 1];
            for (int inversions = 0; inversions < orders.length; inversions++) {
                for (int added = 0; added < size; added++) {
                    next[inversions + added] += orders[inversions] / size;
                }
            }
            orders = next;
        }
        int pairs = n * (n - 1) / 2;
        double p = 0;
        for (int inversions = 0; inversions < orders.length; inversions++) {
            if (Math.abs(pairs - 2L * inversions) >= Math.abs(score)) {
                p += orders[inversions];
            }
        }
        return Math.min(1, p);
    }

    private static double normal(long score, double deviation) {
        if (score == 0 || deviation <= 0) {
            return 1;
        }
        double z = (Math.abs(score) - 1) / deviation;
        return Erf.erfc(z / Math.sqrt(2));
    }
}
