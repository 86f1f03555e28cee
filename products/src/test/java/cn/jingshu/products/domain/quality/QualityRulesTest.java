package cn.jingshu.products.domain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QualityRulesTest {
    private static final QualityRule.Accepted ACCEPTED = new QualityRule.Accepted();
    private static final QualityRule.Filled FILLED = new QualityRule.Filled("a", 0.8);

    @Test
    void rulesAreWrittenAsJsonAndReadAgain() {
        QualityRules rules = new QualityRules(List.of(ACCEPTED, FILLED, new QualityRule.Matches("b", "[0-9]{6}"),
                new QualityRule.Between("c", null, new BigDecimal("1.50")), new QualityRule.Identifies("d", QualityRule.Kind.ENTERPRISE),
                new QualityRule.Unique(List.of("a", "b")), new QualityRule.Refers("a", "other", "b"),
                new QualityRule.Agrees("a", "other", "b", List.of("k")), new QualityRule.InOrder("a", "b"),
                new QualityRule.Recent("t", Duration.ofDays(3)), new QualityRule.OnSchedule(Duration.ofHours(6)), new QualityRule.LoadsSucceed(5)),
                Map.of(Dimension.ACCURACY, 3.0), 75, Duration.ofDays(1));
        assertThat(QualityRules.fromJson(rules.toJson())).isEqualTo(rules);
        QualityRules plain = new QualityRules(List.of(ACCEPTED), Map.of(), 80, null);
        assertThat(QualityRules.fromJson(plain.toJson())).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "{\"rules\":[],\"weights\":{},\"threshold\":80,\"freshFor\":null}",
        "{\"rules\":null,\"weights\":{},\"threshold\":80,\"freshFor\":null}",
        "{\"rules\":[{\"rule\":\"exec\"}],\"weights\":{},\"threshold\":80,\"freshFor\":null}",
        "{\"rules\":[{\"rule\":\"matches\",\"column\":\"a\",\"pattern\":\"(\"}],\"weights\":{},\"threshold\":80,\"freshFor\":null}",
        "{\"rules\":[{\"rule\":\"accepted\"},{\"rule\":\"accepted\"}],\"weights\":{},\"threshold\":80,\"freshFor\":null}",
        "{\"rules\":[{\"rule\":\"accepted\"}],\"weights\":{\"LUCK\":1},\"threshold\":80,\"freshFor\":null}",
        "{\"rules\":[{\"rule\":\"accepted\"}],\"weights\":{},\"threshold\":101,\"freshFor\":null}",
        "{\"rules\":[{\"rule\":\"recent\",\"column\":\"a\",\"atMost\":\"soon\"}],\"weights\":{},\"threshold\":80,\"freshFor\":null}"})
    void whatIsNoSetOfRulesIsSaidSo(String json) {
        assertThatThrownBy(() -> QualityRules.fromJson(json)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rules cannot be read");
    }

    @Test
    void aDimensionIsTheMeanOfItsRulesAndTheWholeTheirWeightedMean() {
        QualityRules rules = new QualityRules(List.of(ACCEPTED, FILLED, new QualityRule.Matches("b", "x")), Map.of(Dimension.COMPLETENESS, 3.0), 80, null);
        QualityScore score = QualityScore.of(rules, List.of(QualityScore.Result.of(ACCEPTED, 100, 10), QualityScore.Result.of(FILLED, 10, 6),
                QualityScore.Result.of(new QualityRule.Matches("b", "x"), 10, 3)));
        assertThat(score.dimensions()).containsEntry(Dimension.NORMATIVITY, 80.0);
        assertThat(score.dimensions().get(Dimension.COMPLETENESS)).isEqualTo(50, Offset.offset(1e-9)); // 40 % of the 80 % that are enough
        assertThat(score.total()).isEqualTo((80 + 3 * 50) / 4.0, Offset.offset(1e-9));
        assertThat(score.isDegraded(rules)).isTrue();
    }

    @Test
    void whatCannotBeMeasuredCountsNeitherWay() {
        QualityRules rules = new QualityRules(List.of(ACCEPTED), Map.of(), 80, null);
        QualityScore nothing = QualityScore.of(rules, List.of(QualityScore.Result.of(ACCEPTED, 0, 0)));
        assertThat(nothing.total()).isNull();
        assertThat(nothing.isDegraded(rules)).isFalse();
    }
}
