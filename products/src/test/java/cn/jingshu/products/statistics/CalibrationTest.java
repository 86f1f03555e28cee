package cn.jingshu.products.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    @Test
    void aTableWorkedByHand() {
        double[] p = {0.1, 0.1, 0.4, 0.4, 0.8, 0.8};
        boolean[] events = {false, false, true, false, true, true};
        Calibration c = Calibration.of(p, events, 3, true);
        assertThat(c.brier()).isCloseTo((0.01 + 0.01 + 0.36 + 0.16 + 0.04 + 0.04) / 6, within(1e-12));
        assertThat(c.groups()).containsExactly(
                new Calibration.Group(2, 0.1, 0), new Calibration.Group(2, 0.4, 1), new Calibration.Group(2, 0.8, 2));
        assertThat(c.expectedCalibrationError()).isCloseTo((0.2 + 0.2 + 0.4) / 6, within(1e-12));
        double statistic = 0.04 / (0.2 * 0.9) + 0.04 / (0.8 * 0.6) + 0.16 / (1.6 * 0.2);
        assertThat(c.hosmerLemeshow().statistic()).isCloseTo(statistic, within(1e-12));
        assertThat(c.hosmerLemeshow().degreesOfFreedom()).isEqualTo(3);
        assertThat(Calibration.of(p, events, 3, false).hosmerLemeshow().degreesOfFreedom()).isEqualTo(1);
    }

    @Test
    void probabilitiesThatComeTruePassTheTestAndOverconfidentOnesFailIt() {
        var random = new Random(20261130);
        double[] right = random.doubles(20_000, 0.02, 0.98).toArray();
        boolean[] events = new boolean[right.length];
        double[] tooSure = new double[right.length];
        for (int i = 0; i < right.length; i++) {
            events[i] = random.nextDouble() < right[i];
            double z = 2 * Math.log(right[i] / (1 - right[i]));
            tooSure[i] = 1 / (1 + Math.exp(-z));
        }
        Calibration good = Calibration.of(right, events, 10, true);
        assertThat(good.hosmerLemeshow().pValue()).isGreaterThan(0.01);
        assertThat(good.slope()).isCloseTo(1, within(0.05));
        assertThat(good.intercept()).isCloseTo(0, within(0.05));
        Calibration bad = Calibration.of(tooSure, events, 10, true);
        assertThat(bad.hosmerLemeshow().pValue()).isLessThan(1e-6);
        assertThat(bad.slope()).isCloseTo(0.5, within(0.03));
        assertThat(bad.brier()).isGreaterThan(good.brier());
        assertThat(bad.expectedCalibrationError()).isGreaterThan(0.05);
    }

    @Test
    void everyCaseIsInOneGroup() {
        double[] p = new Random(7).doubles(103).toArray();
        boolean[] events = new boolean[103];
        Arrays.fill(events, 0, 40, true);
        assertThat(Calibration.of(p, events, 10, true).groups().stream().mapToInt(Calibration.Group::cases).sum()).isEqualTo(103);
    }

    @Test
    void whatCannotBeJudgedIsRefused() {
        assertThatThrownBy(() -> Calibration.of(new double[] {0.1, 0.2, 0.3}, new boolean[3], 3, true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("one kind");
        assertThatThrownBy(() -> Calibration.of(new double[] {0.1, 1.2, 0.3}, new boolean[] {true, false, true}, 3, true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not in [0, 1]");
        assertThatThrownBy(() -> Calibration.of(new double[] {0.1, Double.NaN, 0.3}, new boolean[] {true, false, true}, 3, true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Calibration.of(new double[] {0.1, 0.2}, new boolean[] {true, false}, 3, true))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
