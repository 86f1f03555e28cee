package cn.jingshu.products.health.trend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.health.trend.Trend.Direction;
import cn.jingshu.products.health.trend.Trend.Point;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final LocalDate DAY = LocalDate.of(2022, 3, 1);

    private static List<Point> points(int[] days, double... values) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            points.add(new Point(DAY.plusDays(days[i]), values[i]));
        }
        return points;
    }

    private static double known(@Nullable Double value) {
        return Objects.requireNonNull(value);
    }

    /** Figures of SciPy 1.17 (kendalltau with method "exact", theilslopes) for the same readings. */
    @Test
    void shortSeriesWithoutTiesAreExact() {
        Trend trend = Trend.of(points(new int[] {0, 100, 220, 400, 530, 700, 900}, 120, 125, 123, 131, 129, 138, 136.5));
        assertThat(known(trend.pValue())).isCloseTo(0.03015873015873016, within(1e-12));
        assertThat(known(trend.tau())).isCloseTo(0.7142857142857143, within(1e-12));
        assertThat(known(trend.slopePerYear())).isCloseTo(7.251286764705882, within(1e-9));
        assertThat(known(trend.slopeLow())).isCloseTo(3.397674418604651, within(1e-9));
        assertThat(known(trend.slopeHigh())).isCloseTo(11.4140625, within(1e-9));
        assertThat(trend.direction()).isEqualTo(Direction.RISING);
    }

    /** S = 56 and variance 208 by hand from the ties; tau-b and slopes as SciPy has them. */
    @Test
    void tiesAreCorrectedFor() {
        int[] days = new int[12];
        for (int i = 0; i < 12; i++) {
            days[i] = 90 * i;
        }
        Trend trend = Trend.of(points(days, 5.1, 5.1, 5.3, 5.2, 5.6, 5.6, 5.6, 5.9, 5.8, 6.0, 6.2, 6.1));
        assertThat(known(trend.pValue())).isCloseTo(0.00013697711633860868, within(1e-12));
        assertThat(known(trend.tau())).isCloseTo(0.8754275592730113, within(1e-12));
        assertThat(known(trend.slopePerYear())).isCloseTo(0.4058333333333336, within(1e-9));
        assertThat(known(trend.slopeLow())).isCloseTo(0.33819444444444446, within(1e-9));
        assertThat(known(trend.slopeHigh())).isCloseTo(0.5072916666666666, within(1e-9));
    }

    @Test
    void fewDaysTellNoTrend() {
        assertThat(Trend.of(List.of()).direction()).isEqualTo(Direction.TOO_FEW);
        assertThat(Trend.of(points(new int[] {0}, 120)).slopePerYear()).isNull();
        Trend four = Trend.of(points(new int[] {0, 1, 2, 3}, 1, 2, 3, 4));
        assertThat(four.direction()).isEqualTo(Direction.TOO_FEW);
        assertThat(four.pValue()).isNull();
        assertThat(known(four.slopePerYear())).isCloseTo(365.25, within(1e-9));
        assertThat(Trend.of(points(new int[] {0, 1, 2, 3, 4}, 1, 2, 3, 4, 5)).direction()).isEqualTo(Direction.RISING);
    }

    @Test
    void constantValuesAreSteady() {
        Trend trend = Trend.of(points(new int[] {0, 50, 90, 200, 300, 310}, 5, 5, 5, 5, 5, 5));
        assertThat(trend.direction()).isEqualTo(Direction.STEADY);
        assertThat(known(trend.pValue())).isEqualTo(1);
        assertThat(known(trend.tau())).isZero();
        assertThat(known(trend.slopePerYear())).isZero();
    }

    @Test
    void aThirdOfWildReadingsDoesNotMoveTheSlopeFar() {
        int[] days = new int[20];
        double[] values = new double[20];
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            days[i] = 60 * i;
            values[i] = i % 5 == 2 ? 40 + random.nextInt(200) : 120 + 3 * (60 * i / 365.25) + random.nextGaussian();
        }
        assertThat(known(Trend.of(points(days, values)).slopePerYear())).isCloseTo(3, within(1.5));
    }

    /** Turned about, a series falls as much as it rose; the interval holds the slope; p is a probability. */
    @Test
    void lawsHoldForRandomSeries() {
        Random random = new Random(20261130);
        for (int round = 0; round < 400; round++) {
            int n = 5 + random.nextInt(30);
            int[] days = new int[n];
            double[] values = new double[n];
            double[] turned = new double[n];
            for (int i = 0; i < n; i++) {
                days[i] = (i == 0 ? 0 : days[i - 1]) + 1 + random.nextInt(200);
                values[i] = Math.round((5 + random.nextGaussian()) * 10) / 10.0;
                turned[i] = -values[i];
            }
            Trend trend = Trend.of(points(days, values));
            Trend other = Trend.of(points(days, turned));
            assertThat(known(trend.pValue())).as("round %d", round).isBetween(0.0, 1.0).isCloseTo(known(other.pValue()), within(1e-12));
            assertThat(known(trend.slopePerYear())).isCloseTo(-known(other.slopePerYear()), within(1e-9));
            assertThat(known(trend.slopePerYear())).isBetween(known(trend.slopeLow()), known(trend.slopeHigh()));
            assertThat(known(trend.tau())).isBetween(-1.0, 1.0);
        }
    }

    /** Of series without a trend one in twenty is called one, not more. */
    @Test
    void noiseIsRarelyATrend() {
        Random random = new Random(11);
        int called = 0;
        for (int round = 0; round < 2_000; round++) {
            int n = 5 + round % 12;
            int[] days = new int[n];
            double[] values = new double[n];
            for (int i = 0; i < n; i++) {
                days[i] = 30 * i;
                values[i] = random.nextGaussian();
            }
            called += Trend.of(points(days, values)).direction() == Direction.STEADY ? 0 : 1;
        }
        assertThat(called).isBetween(20, 110);
    }

    @Test
    void daysOutOfOrderAndNoNumbersAreRefused() {
        assertThatThrownBy(() -> Trend.of(points(new int[] {0, 0}, 1, 2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Trend.of(points(new int[] {5, 1}, 1, 2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Trend.of(points(new int[] {0, 1}, 1, Double.NaN))).isInstanceOf(IllegalArgumentException.class);
    }
}
