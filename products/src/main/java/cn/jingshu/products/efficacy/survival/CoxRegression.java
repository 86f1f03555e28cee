package cn.jingshu.products.efficacy.survival;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Proportional hazards (Cox 1972, J R Stat Soc B 34:187) by Newton's method on the partial likelihood; ties after Efron 1977 or
 * Breslow 1974. Columns are centred and scaled while fitting, and risks are taken relative to the highest, so neither units
 * nor outliers overflow.
 */
public final class CoxRegression {
    private static final int MOST_ROUNDS = 40;
    private static final double ENOUGH = 1e-10;
    /** A log hazard ratio per standard deviation beyond this is the likelihood running away, not an effect. */
    private static final double RUNAWAY = 15;

    private final double[][] rows; // by time, ascending; scaled
    private final double[] times;
    private final boolean[] events;
    private final Ties ties;

    /** How events at one time are taken. */
    public enum Ties {
        EFRON,
        BRESLOW
    }

    private CoxRegression(double[][] rows, double[] times, boolean[] events, Ties ties) {
        this.rows = rows;
        this.times = times;
        this.events = events;
        this.ties = ties;
    }

    /**
     * Fits {@code followUps} to {@code covariates}, of which each has one row of equal length.
     *
     * @throws IllegalArgumentException if the shapes differ or a covariate is not finite
     */
    public static CoxResult fit(List<FollowUp> followUps, double[][] covariates, Ties ties) {
        requireShape(followUps, covariates);
        int events = (int) followUps.stream().filter(FollowUp::event).count();
        if (events == 0) {
            return new CoxResult.NotEstimable("nobody had the event");
        }
        int n = followUps.size();
        int p = covariates[0].length;
        double[] mean = new double[p];
        double[] scale = new double[p];
        for (int j = 0; j < p; j++) {
            int column = j;
            mean[j] = Arrays.stream(covariates).mapToDouble(row -> row[column]).average().orElse(0);
            double centre = mean[j];
            double squares = Arrays.stream(covariates).mapToDouble(row -> (row[column] - centre) * (row[column] - centre)).sum();
            scale[j] = Math.sqrt(squares / n);
            if (!(scale[j] > 0)) {
                return new CoxResult.NotEstimable("column " + (j + 1) + " is the same for all");
            }
        }
        int[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> followUps.get(i).time()))
                .mapToInt(i -> i).toArray();
        double[][] rows = new double[n][p];
        double[] times = new double[n];
        boolean[] ended = new boolean[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < p; j++) {
                rows[i][j] = (covariates[order[i]][j] - mean[j]) / scale[j];
            }
            times[i] = followUps.get(order[i]).time();
            ended[i] = followUps.get(order[i]).event();
        }
        return new CoxRegression(rows, times, ended, ties).climb(scale, events);
    }

    private static void requireShape(List<FollowUp> followUps, double[][] covariates) {
        if (followUps.isEmpty() || followUps.size() != covariates.length || covariates[0].length == 0) {
            throw new IllegalArgumentException(followUps.size() + " cases, " + covariates.length + " rows of covariates");
        }
        for (double[] row : covariates) {
            if (row.length != covariates[0].length || !Arrays.stream(row).allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("a row of covariates is of another length or not finite");
            }
        }
    }

    private CoxResult climb(double[] scale, int eventCount) {
        int p = scale.length;
        double[] beta = new double[p];
        Likelihood now = likelihood(beta);
        double atZero = now.value;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double[] step;
            try {
                step = decompose(now.information).getSolver().solve(new ArrayRealVector(now.gradient, false)).toArray();
            } catch (NonPositiveDefiniteMatrixException dependent) {
                return new CoxResult.NotEstimable("the columns are linearly dependent, or one separates the events");
            }
            double length = 1;
            double[] next = stepped(beta, step, length);
            Likelihood then = likelihood(next);
            while (!(then.value >= now.value - ENOUGH * Math.abs(now.value)) && length > 1e-6) { // overshot
                length /= 2;
                next = stepped(beta, step, length);
                then = likelihood(next);
            }
            double gain = then.value - now.value;
            beta = next;
            now = then;
            if (Arrays.stream(beta).anyMatch(b -> Math.abs(b) > RUNAWAY)) {
                return new CoxResult.NotEstimable("a column separates those with the event from the others");
            }
            if (Math.abs(gain) <= ENOUGH * (Math.abs(now.value) + ENOUGH) && largest(step) * length < 1e-6) {
                return fitted(beta, now, atZero, scale, eventCount);
            }
        }
        return new CoxResult.NotEstimable("no convergence in " + MOST_ROUNDS + " rounds");
    }

    private CoxResult fitted(double[] beta, Likelihood at, double atZero, double[] scale, int eventCount) {
        RealMatrix covariance;
        try {
            covariance = decompose(at.information).getSolver().getInverse();
        } catch (NonPositiveDefiniteMatrixException dependent) {
            return new CoxResult.NotEstimable("the columns are linearly dependent, or one separates the events");
        }
        List<Double> coefficients = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        for (int j = 0; j < beta.length; j++) {
            coefficients.add(beta[j] / scale[j]);
            errors.add(Math.sqrt(covariance.getEntry(j, j)) / scale[j]);
        }
        double[] risk = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            risk[i] = dot(rows[i], beta);
        }
        return new CoxResult.Fitted(coefficients, errors, atZero, at.value, Concordance.of(times, events, risk), rows.length, eventCount);
    }

    /** The partial log likelihood, its gradient and its information at one point. */
    private static final class Likelihood {
        private double value;
        private final double[] gradient;
        private final double[][] information;

        private Likelihood(int p) {
            gradient = new double[p];
            information = new double[p][p];
        }
    }

    private Likelihood likelihood(double[] beta) {
        int p = beta.length;
        Likelihood sum = new Likelihood(p);
        double[] risk = new double[rows.length];
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < rows.length; i++) {
            risk[i] = dot(rows[i], beta);
            highest = Math.max(highest, risk[i]);
        }
        Moments atRisk = new Moments(p);
        Moments tied = new Moments(p);
        int i = rows.length - 1;
        while (i >= 0) {
            double time = times[i];
            tied.clear();
            int d = 0;
            for (; i >= 0 && Double.compare(times[i], time) == 0; i--) {
                double weight = Math.exp(risk[i] - highest);
                atRisk.add(rows[i], weight);
                if (events[i]) {
                    tied.add(rows[i], weight);
                    sum.value += risk[i] - highest;
                    for (int j = 0; j < p; j++) {
                        sum.gradient[j] += rows[i][j];
                    }
                    d++;
                }
            }
            for (int k = 0; k < d; k++) {
                subtract(sum, atRisk, tied, ties == Ties.EFRON ? (double) k / d : 0);
            }
        }
        return sum;
    }

    /** Takes one event's denominator off: all at risk, less a share of those who had the event at that time. */
    private static void subtract(Likelihood sum, Moments atRisk, Moments tied, double share) {
        int p = sum.gradient.length;
        double zero = atRisk.zero - share * tied.zero;
        sum.value -= Math.log(zero);
        double[] mean = new double[p];
        for (int j = 0; j < p; j++) {
            mean[j] = (atRisk.first[j] - share * tied.first[j]) / zero;
            sum.gradient[j] -= mean[j];
        }
        for (int j = 0; j < p; j++) {
            for (int k = 0; k <= j; k++) {
                double value = (atRisk.second[j][k] - share * tied.second[j][k]) / zero - mean[j] * mean[k];
                sum.information[j][k] += value;
                if (k < j) {
                    sum.information[k][j] += value;
                }
            }
        }
    }

    /** Sums of weights, of weighted rows and of their products. */
    private static final class Moments {
        private double zero;
        private final double[] first;
        private final double[][] second;

        private Moments(int p) {
            first = new double[p];
            second = new double[p][p];
        }

        private void add(double[] row, double weight) {
            zero += weight;
            for (int j = 0; j < row.length; j++) {
                double weighted = weight * row[j];
                first[j] += weighted;
                for (int k = 0; k <= j; k++) {
                    second[j][k] += weighted * row[k];
                }
            }
        }

        private void clear() {
            zero = 0;
            Arrays.fill(first, 0);
            for (double[] row : second) {
                Arrays.fill(row, 0);
            }
        }
    }

    private static CholeskyDecomposition decompose(double[][] information) {
        return new CholeskyDecomposition(new Array2DRowRealMatrix(information), 1e-8, 1e-9);
    }

    private static double[] stepped(double[] beta, double[] step, double length) {
        double[] next = beta.clone();
        for (int j = 0; j < next.length; j++) {
            next[j] += length * step[j];
        }
        return next;
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
