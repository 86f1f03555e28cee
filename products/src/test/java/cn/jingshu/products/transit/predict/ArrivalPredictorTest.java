package cn.jingshu.products.transit.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArrivalPredictorTest {
    private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");
    private static final Leg LEG = new Leg("R", "A", "B", 300);

    private final ArrivalPredictor predictor = new ArrivalPredictor();

    @Test
    void withNothingLearnedTheDelayIsCarriedOn() {
        assertThat(predictor.arrivalDelay(LEG, 90, NOW).seconds()).isEqualTo(90);
    }

    @Test
    void aLegThatTakesLongerThanPlannedAddsToTheDelay() {
        for (int i = 0; i < 10; i++) {
            predictor.learn(LEG, 60, 160, NOW.plusSeconds(i * 300L));
        }
        Estimate learned = predictor.arrivalDelay(LEG, 60, NOW.plusSeconds(3_000));
        assertThat(learned.seconds()).isCloseTo(160, within(12.0));
        assertThat(learned.error()).isLessThan(40);
        // Early vehicles have shown nothing yet on the leg, so they lean on what late ones have shown.
        assertThat(predictor.arrivalDelay(LEG, -60, NOW.plusSeconds(3_000)).seconds()).isBetween(0.0, 40.0);
    }

    @Test
    void oneOutlierMovesALegByNoMoreThanFiveMinutes() {
        predictor.learn(LEG, 0, 100_000, NOW);
        assertThat(predictor.arrivalDelay(LEG, 0, NOW).seconds()).isLessThanOrEqualTo(300);
    }

    @Test
    void whatWasLearnedFades() {
        for (int i = 0; i < 5; i++) {
            predictor.learn(LEG, 60, 160, NOW);
        }
        double fresh = predictor.arrivalDelay(LEG, 60, NOW).seconds();
        assertThat(predictor.arrivalDelay(LEG, 60, NOW.plusSeconds(86_400)).seconds()).isLessThan(fresh - 50);
    }

    @Test
    void confidenceFallsWithTheError() {
        assertThat(new Estimate(0, 30).confidence()).isCloseTo(0.98, within(0.01));
        assertThat(new Estimate(0, 120).confidence()).isCloseTo(0.63, within(0.01));
        assertThat(new Estimate(0, 600).confidence()).isLessThan(0.2);
    }
}
