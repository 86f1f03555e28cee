package cn.jingshu.products.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.SharedData;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BostonAccuracyTest {
    @Test
    void thePredictorIsAtMostSeventyTwoSecondsOffOnTheStatedPairs() throws IOException {
        BostonAccuracy.Report report =
                BostonAccuracy.measure(SharedData.file("bus/mbta/stop_crossing_20240811_even_routes.csv"));

        // The pairs are the stated ones: both peers' figures come out first.
        assertThat(report.pairs()).isEqualTo(15_464);
        assertThat(report.carried().meanError()).isCloseTo(74.6, within(0.05));
        assertThat(report.carried().medianError()).isEqualTo(54);
        assertThat(report.schedule().meanError()).isCloseTo(376.4, within(0.05));

        assertThat(report.predicted().meanError()).isLessThanOrEqualTo(72.0);
        assertThat(report.predicted().within120()).isGreaterThan(report.carried().within120());
        assertThat(report.meanConfidence())
                .as("the confidence given is the share of predictions within 120 s")
                .isCloseTo(report.predicted().within120(), within(0.05));
    }
}
