package cn.jingshu.products.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinearRegressionTest {
    @Test
    void aLineWorkedByHand() {
        // y over x = 1, 2, 3, 4: slope 0.8, intercept 1.5, residual sum of squares 1.8 of 5
        LinearRegression.Fit fit = LinearRegression.fit(new double[][] {{1}, {2}, {3}, {4}}, new double[] {2, 4, 3, 5});
        assertThat(fit.coefficients()).containsExactly(new double[] {1.5, 0.8}, within(1e-12));
        assertThat(fit.rSquared()).isCloseTo(1 - 1.8 / 5, within(1e-12));
        assertThat(fit.adjustedRSquared()).isCloseTo(1 - 0.9 / (5.0 / 3), within(1e-12));
        assertThat(fit.residualDeviation()).isCloseTo(Math.sqrt(0.9), within(1e-12));
        assertThat(fit.standardErrors()[1]).isCloseTo(Math.sqrt(0.9 / 5), within(1e-12));
        assertThat(fit.predict(new double[] {10})).isCloseTo(9.5, within(1e-12));
    }

    @Test
    void dependentColumnsAndWrongShapesAreRefused() {
        assertThatThrownBy(() -> LinearRegression.fit(new double[][] {{1, 2}, {2, 4}, {3, 6}, {4, 8}}, new double[] {1, 2, 3, 5}))
                .isInstanceOf(IllegalArgumentException.class);
        LinearRegression.Fit fit = LinearRegression.fit(new double[][] {{1}, {2}, {3}}, new double[] {1, 2, 4});
        assertThatThrownBy(() -> fit.predict(new double[] {1, 2})).isInstanceOf(IllegalArgumentException.class);
    }
}
