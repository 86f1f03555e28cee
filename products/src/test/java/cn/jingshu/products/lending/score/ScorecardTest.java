package cn.jingshu.products.lending.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScorecardTest {
    @Test
    void storedScorecardsLoadAndHoldTheirFloorsAndNoProtectedColumn() {
        for (String id : List.of("instalment-credit-1", "card-behaviour-1")) {
            Scorecard stored = Scorecard.load(id);
            assertThat(Objects.requireNonNull(stored.metrics().get("auc"))).isGreaterThan(id.startsWith("card") ? 0.77 : 0.78);
            assertThat(stored.characteristics()).extracting(Characteristic::name).doesNotContainAnyElementsOf(stored.leftOut());
            assertThat(stored.leftOut()).isNotEmpty();
            for (Characteristic characteristic : stored.characteristics()) {
                assertThat(characteristic.shares().stream().mapToDouble(d -> d).sum()).isCloseTo(1, within(1e-9));
            }
            assertThat(stored.coefficients()).allMatch(c -> c >= 0);
        }
    }

    @Test
    void thePartsAddUpToTheScore() {
        Scorecard stored = Scorecard.load("instalment-credit-1");
        Map<String, Input> values = new HashMap<>();
        for (Characteristic c : stored.characteristics()) {
            values.put(c.name(), c.numeric() ? new Input.Amount(2) : new Input.Category(c.categories().getFirst().getFirst()));
        }
        Scorecard.Scored scored = stored.score(values);
        double odds = stored.intercept() + scored.parts().stream().mapToDouble(Scorecard.Part::logOdds).sum();
        assertThat(scored.probability()).isCloseTo(1 / (1 + Math.exp(-odds)), within(1e-12));
        assertThat(scored.parts()).isSortedAccordingTo((a, b) -> Double.compare(b.logOdds(), a.logOdds()));
        values.remove("credit.history");
        assertThatThrownBy(() -> stored.score(values)).hasMessageContaining("credit.history");
        assertThat(stored.unknown(values)).contains("credit.history");
        values.put("credit.history", new Input.Category("something else"));
        assertThat(stored.unknown(values)).contains("credit.history");
        values.put("credit.history", new Input.Amount(3));
        assertThatThrownBy(() -> stored.score(values)).hasMessageContaining("wrong kind");
    }

    @Test
    void binsMergeUntilTheirSharesOfDefaultsDiffer() {
        Random random = new Random(11);
        double[] values = random.doubles(4_000, 0, 100).toArray();
        boolean[] events = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            events[i] = random.nextDouble() < (values[i] < 40 ? 0.1 : 0.5); // one true edge
        }
        Characteristic found = Characteristic.ofNumbers("x", values, events, 0.05, 20);
        assertThat(found.edges()).hasSize(1);
        assertThat(found.edges().getFirst()).isCloseTo(40, within(4.0));
        assertThat(found.weights().get(0)).isNegative();
        assertThat(found.weights().get(1)).isPositive();
        double share = Arrays.stream(values).filter(v -> v < found.edges().getFirst()).count() / 4_000.0;
        assertThat(found.shares().getFirst()).isCloseTo(share, within(1e-12));
    }

    @Test
    void rareCategoriesStandTogetherAndUnseenOnesSayNothing() {
        String[] values = new String[200];
        boolean[] events = new boolean[200];
        for (int i = 0; i < 200; i++) {
            values[i] = i < 3 ? "rare" : i % 2 == 0 ? "a" : "b";
            events[i] = i % 2 == 0 || i < 3;
        }
        Characteristic found = Characteristic.ofCategories("c", values, events, 0.05);
        assertThat(found.bin("a")).isZero();
        assertThat(found.bin("rare")).isEqualTo(2);
        assertThat(found.knows(new Input.Category("rare"))).isTrue();
        assertThat(found.knows(new Input.Category("new"))).isFalse();
        assertThat(found.weights().get(0)).isGreaterThan(found.weights().get(1));
    }
}
