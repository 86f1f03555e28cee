package cn.jingshu.products.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PopulationStabilityTest {
    @Test
    void anIndexWorkedByHand() {
        var reference = new PopulationStability(List.of(10.0), List.of(0.5, 0.5));
        double expected = (0.8 - 0.5) * Math.log(0.8 / 0.5) + (0.2 - 0.5) * Math.log(0.2 / 0.5);
        assertThat(reference.index(new long[] {80, 20})).isCloseTo(expected, within(1e-12));
        assertThat(PopulationStability.shift(expected)).isEqualTo(PopulationStability.Shift.LARGE);
        assertThat(reference.index(new long[] {50, 50})).isCloseTo(0, within(1e-12));
        assertThat(reference.bin(9.999)).isZero();
        assertThat(reference.bin(10)).isEqualTo(1);
    }

    @Test
    void theSamePopulationIsStableAndAMovedOneIsNot() {
        var random = new Random(11);
        double[] training = random.doubles(5_000).map(u -> u * u).toArray();
        double[] same = random.doubles(5_000).map(u -> u * u).toArray();
        double[] moved = Arrays.stream(same).map(v -> v + 0.3).toArray();
        PopulationStability reference = PopulationStability.of(training, 10);
        assertThat(reference.shares()).hasSize(10);
        assertThat(PopulationStability.shift(reference.index(same))).isEqualTo(PopulationStability.Shift.STABLE);
        assertThat(PopulationStability.shift(reference.index(moved))).isEqualTo(PopulationStability.Shift.LARGE);
    }

    @Test
    void repeatedValuesMakeFewerBinsAndAnEmptyBinStaysFinite() {
        PopulationStability flag = PopulationStability.of(new double[] {0, 0, 0, 0, 0, 0, 1, 1, 1, 1}, 10);
        assertThat(flag.edges()).containsExactly(1.0);
        assertThat(flag.shares()).containsExactly(0.6, 0.4);
        assertThat(flag.index(new long[] {10, 0})).isFinite().isGreaterThan(PopulationStability.LARGE);
    }

    @Test
    void aConstantHasOneBinAndNothingMoves() {
        PopulationStability constant = PopulationStability.of(new double[] {3, 3, 3}, 4);
        assertThat(constant.edges()).isEmpty();
        assertThat(constant.index(new double[] {1, 5})).isZero();
    }

    @Test
    void closeEdgesAreNamedWithAsManyDigitsAsTellThemApart() {
        assertThat(PopulationStability.labels(List.of(39.99949, 50.0))).containsExactly("<40", "40–50", "≥50");
        assertThat(PopulationStability.labels(List.of(100_012.0, 100_034.0, 100_041.0)))
                .containsExactly("<100010", "100010–100030", "100030–100040", "≥100040");
        assertThat(PopulationStability.labels(List.of(112.13, 112.16, 112.19))).containsExactly("<112.13", "112.13–112.16", "112.16–112.19", "≥112.19");
        assertThat(PopulationStability.labels(List.of(1.0, Math.nextUp(1.0), 2.0))).doesNotHaveDuplicates().hasSize(4);
    }

    @Test
    void whatIsNoDistributionIsRefused() {
        assertThatThrownBy(() -> new PopulationStability(List.of(2.0, 1.0), List.of(0.3, 0.3, 0.4))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PopulationStability(List.of(2.0), List.of(0.3, 0.3))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PopulationStability.of(new double[] {1, Double.NaN}, 2)).isInstanceOf(IllegalArgumentException.class);
        var reference = new PopulationStability(List.of(10.0), List.of(0.5, 0.5));
        assertThatThrownBy(() -> reference.index(new long[] {0, 0})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reference.index(new long[] {1})).isInstanceOf(IllegalArgumentException.class);
    }
}
