package cn.jingshu.ledger.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.ledger.money.Portion;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;

class AhpWeightsTest {

    /** Lines of fractions such as {@code 1 3 5}, {@code 1/3 1 3}. */
    private static List<List<BigFraction>> matrix(String... lines) {
        return Arrays.stream(lines)
                .map(line -> Arrays.stream(line.split(" ", -1)).map(AhpWeightsTest::fraction).toList())
                .toList();
    }

    private static BigFraction fraction(String text) {
        String[] parts = text.split("/", -1);
        return new BigFraction(Integer.parseInt(parts[0]), parts.length == 1 ? 1 : Integer.parseInt(parts[1]));
    }

    private static BigDecimal decimal(Portion portion) {
        return new BigDecimal(portion.numerator()).divide(new BigDecimal(portion.denominator()), 9, java.math.RoundingMode.HALF_UP);
    }

    /** For three criteria both are known in closed form: with k = a13 / (a12 · a23), λ = 1 + k^(1/3) + k^(-1/3). */
    @Test
    void threeCriteriaByTheMainEigenvector() {
        AhpWeights weights = AhpWeights.of(matrix("1 3 5", "1/3 1 3", "1/5 1/3 1"));
        double eigenvalue = 1 + Math.cbrt(5 / 9.0) + Math.cbrt(9 / 5.0); // 3.0385…
        assertThat(weights.largestEigenvalue()).isCloseTo(BigDecimal.valueOf(eigenvalue), within(new BigDecimal("0.000001")));
        assertThat(weights.consistencyRatio())
                .isCloseTo(BigDecimal.valueOf((eigenvalue - 3) / 2 / 0.58), within(new BigDecimal("0.000001")));
        assertThat(weights.isConsistent()).isTrue();
        // Of three criteria the eigenvector is the geometric mean of the lines: 15^(1/3) : 1 : 15^(-1/3).
        double[] means = {Math.cbrt(15), 1, 1 / Math.cbrt(15)};
        double whole = means[0] + means[1] + means[2];
        for (int i = 0; i < 3; i++) {
            assertThat(decimal(weights.weights().get(i)).doubleValue()).isCloseTo(means[i] / whole, within(2e-6));
        }
    }

    @Test
    void comparisonsThatAgreeHaveNoError() {
        AhpWeights weights = AhpWeights.of(matrix("1 2 4", "1/2 1 2", "1/4 1/2 1"));
        assertThat(weights.largestEigenvalue()).isEqualByComparingTo("3");
        assertThat(weights.consistencyRatio()).isEqualByComparingTo("0");
        assertThat(weights.weights().stream().map(AhpWeightsTest::decimal).toList())
                .usingComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                .containsExactly(new BigDecimal("0.571429"), new BigDecimal("0.285714"), new BigDecimal("0.142857"));
    }

    @Test
    void comparisonsInACircleAreNotToBeUsed() {
        AhpWeights circle = AhpWeights.of(matrix("1 9 1/9", "1/9 1 9", "9 1/9 1"));
        assertThat(circle.isConsistent()).isFalse();
        assertThat(circle.consistencyRatio()).isGreaterThan(BigDecimal.ONE);
        assertThatIllegalArgumentException().isThrownBy(() -> ShareScore.by(circle));
    }

    @Test
    void oneAndTwoCriteriaCannotContradict() {
        assertThat(AhpWeights.of(matrix("1")).weights()).containsExactly(Portion.WHOLE);
        AhpWeights two = AhpWeights.of(matrix("1 3", "1/3 1"));
        assertThat(two.weights()).containsExactly(Portion.of(3, 4), Portion.of(1, 4));
        assertThat(two.consistencyRatio()).isEqualByComparingTo("0");
    }

    @Test
    void matricesThatCompareNothingAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> AhpWeights.of(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> AhpWeights.of(matrix("1 2", "1/2")))
                .withMessage("line 2 has 1 comparisons, not 2");
        assertThatIllegalArgumentException().isThrownBy(() -> AhpWeights.of(matrix("1 2", "2 1")))
                .withMessage("line 1, column 2 is 2, and its reverse 2");
        assertThatIllegalArgumentException().isThrownBy(() -> AhpWeights.of(matrix("2 1", "1 1")));
        assertThatIllegalArgumentException().isThrownBy(() -> AhpWeights.of(matrix("1 10", "1/10 1")));
        assertThatIllegalArgumentException().isThrownBy(() -> AhpWeights.of(matrix("1 0", "0 1")));
    }
}
