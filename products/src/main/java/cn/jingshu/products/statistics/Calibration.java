package cn.jingshu.products.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;

/**
 * Whether stated probabilities come true: how often the event happened where it was given a probability of so much.
 *
 * @param brier mean squared difference between probability and outcome (Brier 1950), 0 to 1, lower is better
 * @param expectedCalibrationError mean over the cases of |observed share less mean probability| of their group, 0 to 1
 * @param slope of the outcomes' log odds over the stated ones (Cox 1958); below 1: too extreme, 1: right
 * @param intercept log odds the outcomes lie above the stated ones, with the slope held at its estimate
 * @param groups the reliability table, lowest probabilities first
 * @param hosmerLemeshow the test over those groups
 */
public record Calibration(double brier, double expectedCalibrationError, double slope, double intercept,
        List<Group> groups, HosmerLemeshow hosmerLemeshow) {
    private static final double LEAST = 1e-9;
    private static final double RIDGE = 1e-6;

    public Calibration {
        groups = List.copyOf(groups);
    }

    /**
     * One row of the reliability table.
     *
     * @param cases at least one
     * @param meanProbability of the cases
     * @param events how many had the event
     */
    public record Group(int cases, double meanProbability, int events) {
        /** The share that had the event. */
        public double observedShare() {
            return (double) events / cases;
        }
    }

    /**
     * The goodness-of-fit test of Hosmer and Lemeshow (1980).
     *
     * @param statistic chi-squared
     * @param degreesOfFreedom the groups less two for the cases a model was fitted to, all groups for others
     * @param pValue probability of so large a statistic if the probabilities are right; small: they are not
     */
    public record HosmerLemeshow(double statistic, int degreesOfFreedom, double pValue) {}

    /**
     * The calibration over groups of equal size by probability. Cases of equal probability may fall into two groups.
     *
     * @param probabilities 0 to 1
     * @param groups at least 3, at most as many as there are cases; ten is usual
     * @param heldOut true: the model was not fitted to these cases
     * @throws IllegalArgumentException if lengths differ, a probability is out of range, all outcomes are of one kind, or the
     *     number of groups is wrong
     */
    public static Calibration of(double[] probabilities, boolean[] events, int groups, boolean heldOut) {
        int n = probabilities.length;
        if (n != events.length || groups < 3 || groups > n) {
            throw new IllegalArgumentException("%d probabilities, %d events, %d groups".formatted(n, events.length, groups));
        }
        double squares = 0;
        double[][] logOdds = new double[n][1];
        for (int i = 0; i < n; i++) {
            double p = probabilities[i];
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("probability " + p + " is not in [0, 1]");
            }
            squares += (p - (events[i] ? 1 : 0)) * (p - (events[i] ? 1 : 0));
            double inside = Math.clamp(p, LEAST, 1 - LEAST);
            logOdds[i][0] = Math.log(inside / (1 - inside));
        }
        RankingQuality.auc(probabilities, events); // refuses outcomes of one kind
        List<Group> table = table(probabilities, events, groups);
        double error = 0;
        double statistic = 0;
        for (Group group : table) {
            double expected = group.cases() * group.meanProbability();
            error += Math.abs(group.events() - expected);
            double variance = expected * (1 - group.meanProbability());
            statistic += (group.events() - expected) * (group.events() - expected) / Math.max(variance, LEAST);
        }
        int degrees = heldOut ? groups : groups - 2;
        double pValue = 1 - new ChiSquaredDistribution(null, degrees).cumulativeProbability(statistic);
        double[] weights = new double[n];
        Arrays.fill(weights, 1);
        // the penalty only keeps a perfect separation from running away
        double[] line = LogisticRegression.fit(logOdds, events, weights, RIDGE).coefficients();
        return new Calibration(squares / n, error / n, line[1], line[0], table, new HosmerLemeshow(statistic, degrees, pValue));
    }

    private static List<Group> table(double[] probabilities, boolean[] events, int groups) {
        int n = probabilities.length;
        Integer[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> probabilities[i])).toArray(Integer[]::new);
        List<Group> table = new ArrayList<>();
        for (int g = 0; g < groups; g++) {
            int from = (int) ((long) n * g / groups);
            int to = (int) ((long) n * (g + 1) / groups);
            double sum = 0;
            int happened = 0;
            for (int k = from; k < to; k++) {
                sum += probabilities[order[k]];
                happened += events[order[k]] ? 1 : 0;
            }
            table.add(new Group(to - from, sum / (to - from), happened));
        }
        return table;
    }
}
