package cn.jingshu.products.efficacy.matching;

import cn.jingshu.products.statistics.LogisticRegression;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.SingularMatrixException;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/**
 * The effect of a treatment on those who were given it, four ways. All take the same data: who was treated, what came of it, and
 * what was known before.
 */
public final class TreatmentEffect {
    private TreatmentEffect() {}

    /** A difference of means and its standard error, in the unit of the outcome. */
    public record Estimate(double difference, double standardError, int cases) {
        /** The lower end of the 95 % interval. */
        public double lower() {
            return difference - 1.959963984540054 * standardError;
        }

        /** The upper end of the 95 % interval. */
        public double upper() {
            return difference + 1.959963984540054 * standardError;
        }
    }

    /**
     * The probability of being treated given what was known before, by logistic regression (Rosenbaum, Rubin 1983).
     *
     * @throws IllegalArgumentException if the covariates are linearly dependent
     * @throws ArithmeticException if they separate the treated from the others
     */
    public static double[] propensity(boolean[] treated, double[][] covariates) {
        LogisticRegression.Fit fit = LogisticRegression.fit(covariates, treated);
        double[] scores = new double[treated.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = fit.probability(covariates[i]);
        }
        return scores;
    }

    /** The plain difference of means, with Welch's standard error. */
    public static Estimate unadjusted(double[] outcome, boolean[] treated) {
        double[] ones = new double[outcome.length];
        Arrays.fill(ones, 1);
        Moments with = moments(outcome, treated, true, ones);
        Moments without = moments(outcome, treated, false, ones);
        return new Estimate(with.mean - without.mean,
                Math.sqrt(with.variance / with.cases + without.variance / without.cases), outcome.length);
    }

    /** The mean difference within pairs, with the standard error of paired differences. */
    public static Estimate matched(double[] outcome, List<NearestMatching.Pair> pairs) {
        double[] differences = pairs.stream().mapToDouble(p -> outcome[p.treated()] - outcome[p.control()]).toArray();
        double mean = Arrays.stream(differences).average().orElse(Double.NaN);
        double squares = Arrays.stream(differences).map(d -> (d - mean) * (d - mean)).sum();
        double n = differences.length;
        return new Estimate(mean, Math.sqrt(squares / (n - 1) / n), 2 * differences.length);
    }

    /**
     * Weighting by the odds of treatment: the treated count one, the others p/(1-p), each group's mean by its own weights
     * (Hajek). The standard error takes the scores as given (robust, Lunceford and Davidian 2004), which overstates it.
     */
    public static Estimate weighted(double[] outcome, boolean[] treated, double[] propensity) {
        double[] weights = weights(treated, propensity);
        Moments with = moments(outcome, treated, true, weights);
        Moments without = moments(outcome, treated, false, weights);
        return new Estimate(with.mean - without.mean, Math.sqrt(with.errorSquared + without.errorSquared), outcome.length);
    }

    /** The weights of {@link #weighted}. */
    public static double[] weights(boolean[] treated, double[] propensity) {
        double[] weights = new double[treated.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = treated[i] ? 1 : propensity[i] / (1 - propensity[i]);
        }
        return weights;
    }

    /**
     * The coefficient of treatment in the least-squares regression of the outcome on treatment and covariates.
     *
     * @throws IllegalArgumentException if the covariates are linearly dependent, or there are too few cases
     */
    public static Estimate regression(double[] outcome, boolean[] treated, double[][] covariates) {
        double[][] columns = new double[outcome.length][];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new double[covariates[i].length + 1];
            columns[i][0] = treated[i] ? 1 : 0;
            System.arraycopy(covariates[i], 0, columns[i], 1, covariates[i].length);
        }
        var regression = new OLSMultipleLinearRegression(1e-10);
        try {
            regression.newSampleData(outcome, columns);
            return new Estimate(regression.estimateRegressionParameters()[1],
                    regression.estimateRegressionParametersStandardErrors()[1], outcome.length);
        } catch (SingularMatrixException dependent) {
            throw new IllegalArgumentException("the covariates are linearly dependent", dependent);
        }
    }

    /** Of one group: its weighted mean, its plain variance and the squared robust error of the mean. */
    private record Moments(double cases, double mean, double variance, double errorSquared) {}

    private static Moments moments(double[] outcome, boolean[] treated, boolean group, double[] weights) {
        double total = 0;
        double sum = 0;
        int cases = 0;
        for (int i = 0; i < outcome.length; i++) {
            if (treated[i] == group) {
                total += weights[i];
                sum += weights[i] * outcome[i];
                cases++;
            }
        }
        double mean = sum / total;
        double squares = 0;
        double robust = 0;
        for (int i = 0; i < outcome.length; i++) {
            if (treated[i] == group) {
                double distance = outcome[i] - mean;
                squares += distance * distance;
                robust += weights[i] * weights[i] * distance * distance;
            }
        }
        return new Moments(cases, mean, squares / (cases - 1), robust / (total * total));
    }
}
