package cn.jingshu.products.domain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import cn.jingshu.products.domain.ResourceTable.Identifier;
import cn.jingshu.products.domain.ResourceTable.Type;
import cn.jingshu.products.lending.LendingTables;
import cn.jingshu.products.records.HealthTables;
import cn.jingshu.products.records.HousingTables;
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
                new QualityRule.Between("c", null, new BigDecimal("1.50")), new QualityRule.Identifies("d", Identifier.ENTERPRISE),
                new QualityRule.Unique(List.of("a", "b")), new QualityRule.Refers("a", "other", "b"),
                new QualityRule.Agrees("a", "other", "b", List.of("k")), new QualityRule.InOrder("a", "b"),
                new QualityRule.Recent("t", Duration.ofDays(3)), new QualityRule.OnSchedule(Duration.ofHours(6)), new QualityRule.LoadsSucceed(5)),
                Map.of(Dimension.ACCURACY, 3.0), 75, Duration.ofDays(1));
        assertThat(QualityRules.fromJson(rules.toJson())).isEqualTo(rules);
        QualityRules plain = new QualityRules(List.of(ACCEPTED, new QualityRule.OnSchedule(null)), Map.of(), 80, null);
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

    @Test
    void whatATableAsksForByItselfLooksAtItsIdentifiersAndAtTheTimeBetweenLoads() {
        QualityRules rules = QualityRules.derived(HousingTables.HOUSE_CONTRACT);
        assertThat(rules.rules()).contains(new QualityRule.Identifies("unit_code", Identifier.REAL_ESTATE_UNIT),
                new QualityRule.Identifies("giver", Identifier.RESIDENT_OR_ENTERPRISE), new QualityRule.OnSchedule(null));
        assertThat(rules.rules()).extracting(QualityRule::dimension).contains(Dimension.values());
        assertThat(QualityRules.derived(LendingTables.PERSONAL_LITIGATION).rules()).contains(new QualityRule.Identifies("person", Identifier.RESIDENT));
        assertThat(QualityRules.derived(LendingTables.ENTERPRISE_LITIGATION).rules()).contains(new QualityRule.Identifies("enterprise", Identifier.ENTERPRISE));
        assertThat(QualityRules.derived(HealthTables.INSURED_PERSON).rules()).contains(new QualityRule.Identifies("person", Identifier.RESIDENT));
        assertThat(QualityRules.derived(HousingTables.STANDARD_ADDRESS).rules()).as("one that may be empty").contains(
                new QualityRule.Identifies("unit_code", Identifier.REAL_ESTATE_UNIT), new QualityRule.Filled("unit_code", 0.5));
        assertThat(rules.soonEnough(new QualityRule.OnSchedule(null))).as("nobody has said").isNull();
        assertThat(rules.withFreshFor(Duration.ofDays(46)).soonEnough(new QualityRule.OnSchedule(null))).isEqualTo(Duration.ofDays(46));
        assertThat(rules.withFreshFor(Duration.ofDays(46)).soonEnough(new QualityRule.OnSchedule(Duration.ofDays(7)))).isEqualTo(Duration.ofDays(7));
        assertThatThrownBy(() -> Column.of("n", Type.INTEGER, "数", "number").identifying(Identifier.RESIDENT)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A late delivery is whole and right all the same, and what it holds is fresh. */
    @Test
    void aLateLoadOfATableIsNotDegradedByThatAlone() {
        ResourceTable table = HealthTables.INSTITUTION_DRUG;
        QualityRules rules = QualityRules.derived(table).withFreshFor(Duration.ofDays(46));
        List<QualityScore.Result> results = rules.rules().stream().map(rule -> QualityScore.Result.of(rule, 10, rule instanceof QualityRule.OnSchedule ? 10 : 0)).toList();
        QualityScore late = QualityScore.of(rules, results);
        assertThat(late.dimensions()).containsEntry(Dimension.TIMELINESS, 0.0).doesNotContainKey(Dimension.ACCURACY);
        assertThat(late.total()).isEqualTo(400 / 4.5, Offset.offset(1e-9));
        assertThat(late.isDegraded(rules)).isFalse();
    }
}
