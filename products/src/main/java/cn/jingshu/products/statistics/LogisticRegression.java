package cn.jingshu.products.statistics;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Logistic regression by iteratively reweighted least squares (Newton's method), with case weights and an optional ridge
 * penalty on all coefficients but the intercept. Without a penalty the estimates are the maximum-likelihood ones that R's
 * {@code glm(family = binomial)} gives.
 */
public final class LogisticRegression {
    private static final int MOST_ROUNDS = 50;
    private static final double ENOUGH = 1e-10;
    private static final double LEAST_WEIGHT = 1e-12;

    private LogisticRegression() {}

    /** A fitted model. The arrays are its own: copied on the way in and out. */
    public static final class Fit {
        private final double[] coefficients;
        private final double[] standardErrors;
        private final double[][] covariance;
        private final double logLikelihood;
        private final int rounds;

        private Fit(double[] coefficients, double[] standardErrors, double[][] covariance, double logLikelihood, int rounds) {
            this.coefficients = coefficients;
            this.covariance = covariance;
            this.standardErrors = standardErrors;
            this.logLikelihood = logLikelihood;
            this.rounds = rounds;
        }

        /** The intercept, then one for each column. */
        public double[] coefficients() {
            return coefficients.clone();
        }

        /** Of each coefficient; with a penalty those of the penalised problem. */
        public double[] standardErrors() {
            return standardErrors.clone();
        }

        /** Of each pair of coefficients, the intercept first; with a penalty that of the penalised problem. */
        public double[][] covariance() {
            return Arrays.stream(covariance).map(double[]::clone).toArray(double[][]::new);
        }

        /** Without the penalty. */
        public double logLikelihood() {
            return logLikelihood;
        }

        /** Newton steps taken. */
        public int rounds() {
            return rounds;
        }

        /** The probability of the event for one row, without a leading one. */
        public double probability(double[] row) {
            return sigmoid(linear(row));
        }

        /** The log odds of the event for one row. */
        public double linear(double[] row) {
            if (row.length != coefficients.length - 1) {
                throw new IllegalArgumentException("row of " + row.length + " columns, not " + (coefficients.length - 1));
            }
            double sum = coefficients[0];
            for (int j = 0; j < row.length; j++) {
                sum += coefficients[j + 1] * row[j];
            }
            return sum;
        }
    }

    /** The maximum-likelihood fit of {@code events} to {@code rows}. */
    public static Fit fit(double[][] rows, boolean[] events) {
        double[] weights = new double[events.length];
        Arrays.fill(weights, 1);
        return fit(rows, events, weights, 0);
    }

    /**
     * The fit that maximises the weighted log likelihood less {@code ridge/2} times the sum of squared coefficients without the
     * intercept.
     *
     * @param rows one for each case, of equal length, without a leading one
     * @param weights of the cases, at least zero
     * @param ridge at least zero; scale the columns first, for it weighs them all alike
     * @throws IllegalArgumentException if shapes differ, or the columns are linearly dependent and nothing is penalised
     * @throws ArithmeticException if it does not converge in 50 steps, as when a column separates the cases and nothing is penalised
     */
    public static Fit fit(double[][] rows, boolean[] events, double[] weights, double ridge) {
        if (rows.length == 0 || rows.length != events.length || rows.length != weights.length) {
            throw new IllegalArgumentException("%d rows, %d events, %d weights".formatted(rows.length, events.length, weights.length));
        }
        int columns = rows[0].length + 1;
        double[] beta = new double[columns];
        double before = Double.NEGATIVE_INFINITY;
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            double[][] information = new double[columns][columns];
            double[] gradient = new double[columns];
            accumulate(rows, events, weights, beta, information, gradient);
            for (int j = 1; j < columns; j++) {
                information[j][j] += ridge;
                gradient[j] -= ridge * beta[j];
            }
            CholeskyDecomposition cholesky = decompose(information);
            double[] step = cholesky.getSolver().solve(new ArrayRealVector(gradient, false)).toArray();
            double length = 1;
            double after = Double.NEGATIVE_INFINITY;
            double[] next = beta;
            for (int halvings = 0; halvings < 30; halvings++) { // a full step may overshoot
                next = stepped(beta, step, length);
                after = objective(rows, events, weights, next, ridge);
                if (after >= before - Math.abs(before) * ENOUGH || before == Double.NEGATIVE_INFINITY) {
                    break;
                }
                length /= 2;
            }
            beta = next;
            if (Math.abs(after - before) <= ENOUGH * (Math.abs(after) + ENOUGH)) {
                return fitted(rows, events, weights, beta, ridge, round);
            }
            before = after;
        }
        throw new ArithmeticException("logistic regression did not converge in " + MOST_ROUNDS + " steps");
    }

    private static Fit fitted(double[][] rows, boolean[] events, double[] weights, double[] beta, double ridge, int round) {
        int columns = beta.length;
        double[][] information = new double[columns][columns];
        accumulate(rows, events, weights, beta, information, new double[columns]);
        for (int j = 1; j < columns; j++) {
            information[j][j] += ridge;
        }
        RealMatrix covariance = decompose(information).getSolver().getInverse();
        double[] errors = new double[columns];
        for (int j = 0; j < columns; j++) {
            errors[j] = Math.sqrt(covariance.getEntry(j, j));
        }
        return new Fit(beta, errors, covariance.getData(), objective(rows, events, weights, beta, 0), round);
    }

    private static CholeskyDecomposition decompose(double[][] information) {
        try {
            return new CholeskyDecomposition(new Array2DRowRealMatrix(information, false), 1e-8, 1e-14);
        } catch (NonPositiveDefiniteMatrixException dependent) {
            throw new IllegalArgumentException("the columns are linearly dependent", dependent);
        }
    }

    private static void accumulate(double[][] rows, boolean[] events, double[] weights, double[] beta,
            double[][] information, double[] gradient) {
        int columns = beta.length;
        double[] x = new double[columns];
        x[0] = 1;
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != columns - 1) {
                throw new IllegalArgumentException("row " + i + " has " + rows[i].length + " columns, not " + (columns - 1));
            }
            System.arraycopy(rows[i], 0, x, 1, columns - 1);
            double p = sigmoid(dot(x, beta));
            double residual = weights[i] * ((events[i] ? 1 : 0) - p);
            double w = Math.max(weights[i] * p * (1 - p), LEAST_WEIGHT * weights[i]);
            for (int j = 0; j < columns; j++) {
                gradient[j] += residual * x[j];
                double wx = w * x[j];
                for (int k = 0; k <= j; k++) {
                    information[j][k] += wx * x[k];
                }
            }
        }
        for (int j = 0; j < columns; j++) {
            for (int k = 0; k < j; k++) {
                information[k][j] = information[j][k];
            }
        }
    }

    private static double objective(double[][] rows, boolean[] events, double[] weights, double[] beta, double ridge) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            double z = beta[0];
            for (int j = 1; j < beta.length; j++) {
                z += beta[j] * rows[i][j - 1];
            }
            double signed = events[i] ? z : -z;
            // log of the sigmoid, without overflow
            sum += weights[i] * (signed >= 0 ? -Math.log1p(Math.exp(-signed)) : signed - Math.log1p(Math.exp(signed)));
        }
        double penalty = 0;
        for (int j = 1; j < beta.length; j++) {
            penalty += beta[j] * beta[j];
        }
        return sum - ridge / 2 * penalty;
    }

    private static double[] stepped(double[] beta, double[] step, double length) {
        double[] next = beta.clone();
        for (int j = 0; j < next.length; j++) {
            next[j] += length * step[j];
        }
        return next;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static double sigmoid(double z) {
        return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
    }
}
