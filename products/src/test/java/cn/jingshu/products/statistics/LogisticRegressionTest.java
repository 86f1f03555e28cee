package cn.jingshu.products.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
    /** With one binary column the estimates are known exactly: the log odds of each group. */
    @Test
    void aTableOfTwoByTwoGivesItsLogOdds() {
        double[][] rows = new double[100][1];
        boolean[] events = new boolean[100];
        for (int i = 0; i < 100; i++) {
            rows[i][0] = i < 40 ? 0 : 1;
            events[i] = i < 10 || i >= 55; // 10 of 40, 45 of 60
        }
        LogisticRegression.Fit fit = LogisticRegression.fit(rows, events);
        assertThat(fit.coefficients()[0]).isCloseTo(Math.log(10.0 / 30), within(1e-9));
        assertThat(fit.coefficients()[1]).isCloseTo(Math.log(45.0 / 15) - Math.log(10.0 / 30), within(1e-9));
        assertThat(fit.standardErrors()[1]).isCloseTo(Math.sqrt(1.0 / 10 + 1.0 / 30 + 1.0 / 45 + 1.0 / 15), within(1e-7));
    }

    @Test
    void aWeightOfTwoIsTheSameRowTwice() {
        double[][] rows = {{1}, {2}, {3}, {4}, {5}, {6}};
        boolean[] events = {false, true, false, true, false, true};
        double[][] doubled = {{1}, {2}, {3}, {4}, {5}, {6}, {2}, {5}};
        boolean[] doubledEvents = {false, true, false, true, false, true, true, false};
        double[] once = LogisticRegression.fit(rows, events, new double[] {1, 2, 1, 1, 2, 1}, 0).coefficients();
        double[] twice = LogisticRegression.fit(doubled, doubledEvents).coefficients();
        assertThat(once).containsExactly(twice, within(1e-9));
    }

    @Test
    void theScoreEquationsHoldAtTheFit() {
        Random random = new Random(7);
        double[][] rows = new double[500][3];
        boolean[] events = new boolean[500];
        for (int i = 0; i < 500; i++) {
            for (int j = 0; j < 3; j++) {
                rows[i][j] = random.nextGaussian();
            }
            events[i] = random.nextDouble() < 1 / (1 + Math.exp(-(0.3 + rows[i][0] - 2 * rows[i][2])));
        }
        LogisticRegression.Fit fit = LogisticRegression.fit(rows, events);
        for (int j = 0; j < 3; j++) {
            double gradient = 0;
            for (int i = 0; i < 500; i++) {
                gradient += ((events[i] ? 1 : 0) - fit.probability(rows[i])) * rows[i][j];
            }
            assertThat(gradient).isCloseTo(0, within(1e-4));
        }
    }

    @Test
    void separatedCasesNeedAPenalty() {
        double[][] rows = {{1}, {2}, {3}, {4}};
        boolean[] events = {false, false, true, true};
        double[] ones = {1, 1, 1, 1};
        assertThat(LogisticRegression.fit(rows, events, ones, 1).coefficients()[1]).isBetween(0.1, 5.0);
    }

    @Test
    void dependentColumnsAreNamed() {
        double[][] rows = {{1, 2}, {2, 4}, {3, 6}, {4, 8}};
        assertThatThrownBy(() -> LogisticRegression.fit(rows, new boolean[] {true, false, true, false}))
                .hasMessageContaining("linearly dependent");
    }
}
