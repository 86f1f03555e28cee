package cn.jingshu.products.statistics;

import org.apache.commons.math3.linear.SingularMatrixException;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/** Ordinary least squares, by the QR decomposition of Commons Math. */
public final class LinearRegression {
    private LinearRegression() {}

    /** A fitted model. The arrays are its own: copied on the way in and out. */
    public static final class Fit {
        private final double[] coefficients;
        private final double[] standardErrors;
        private final double rSquared;
        private final double adjustedRSquared;
        private final double residualDeviation;

        private Fit(OLSMultipleLinearRegression regression) {
            coefficients = regression.estimateRegressionParameters();
            standardErrors = regression.estimateRegressionParametersStandardErrors();
            rSquared = regression.calculateRSquared();
            adjustedRSquared = regression.calculateAdjustedRSquared();
            residualDeviation = regression.estimateRegressionStandardError();
        }

        /** The intercept, then one for each column. */
        public double[] coefficients() {
            return coefficients.clone();
        }

        /** Of each coefficient. */
        public double[] standardErrors() {
            return standardErrors.clone();
        }

        /** The share of the variance explained, 0 to 1. */
        public double rSquared() {
            return rSquared;
        }

        /** The same, less what so many columns explain by chance. */
        public double adjustedRSquared() {
            return adjustedRSquared;
        }

        /** The standard deviation of the residuals, in the unit of the outcome. */
        public double residualDeviation() {
            return residualDeviation;
        }

        /** The expected outcome for one row, without a leading one. */
        public double predict(double[] row) {
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

    /**
     * The least-squares fit of {@code outcomes} to {@code rows}.
     *
     * @param rows one for each case, of equal length, without a leading one; more cases than columns
     * @throws IllegalArgumentException if shapes differ or the columns are linearly dependent
     */
    public static Fit fit(double[][] rows, double[] outcomes) {
        var regression = new OLSMultipleLinearRegression(1e-10);
        try {
            regression.newSampleData(outcomes, rows);
            return new Fit(regression);
        } catch (SingularMatrixException dependent) {
            throw new IllegalArgumentException("the columns are linearly dependent", dependent);
        }
    }
}
