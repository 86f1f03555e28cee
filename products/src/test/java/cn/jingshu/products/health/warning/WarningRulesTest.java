package cn.jingshu.products.health.warning;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.health.guideline.Concern;
import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.health.history.Condition;
import cn.jingshu.products.health.history.History;
import cn.jingshu.products.health.history.History.Origin;
import cn.jingshu.products.health.history.History.Reading;
import cn.jingshu.products.health.risk.Given;
import cn.jingshu.products.health.risk.Input;
import cn.jingshu.products.health.risk.Inputs;
import cn.jingshu.products.health.risk.People;
import cn.jingshu.products.health.risk.RiskScores;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarningRulesTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 10, 31);
    private static final Inputs NOBODY = Inputs.of(Map.of());
    private final WarningRules rules = new WarningRules(new RiskScores(true));

    private static History history(Map<Condition, LocalDate> conditions, Reading... readings) {
        return new History(LocalDate.of(1980, 1, 1), true, List.of(readings), null, null, conditions, 0, TODAY.minusMonths(1));
    }

    private static Reading reading(Measure measure, int monthsAgo, double value) {
        return new Reading(measure, TODAY.minusMonths(monthsAgo), value, Origin.EXAMINATION);
    }

    private List<String> found(History history, Inputs inputs) {
        return rules.find(history, inputs, TODAY).stream().map(Warning::rule).toList();
    }

    @Test
    void nobodyIsWarnedOfWhatIsNotKnown() {
        assertThat(found(history(Map.of()), NOBODY)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"118,76,''", "128,82,BP_HIGH_NORMAL", "145,85,BP_GRADE_1", "130,104,BP_GRADE_2", "185,95,BP_GRADE_3"})
    void aPairOfPressuresWarnsByTheWorse(double systolic, double diastolic, String rule) {
        List<String> found = found(history(Map.of(), reading(Measure.SYSTOLIC, 1, systolic), reading(Measure.DIASTOLIC, 1, diastolic)), NOBODY);
        assertThat(found).isEqualTo(rule.isEmpty() ? List.of() : List.of(rule));
    }

    @Test
    void whatIsOldWarnsNoLongerButTheNextCheckUpIsDue() {
        var old = new History(LocalDate.of(1980, 1, 1), true, List.of(reading(Measure.FASTING_GLUCOSE, 30, 9)), null, null, Map.of(), 0, TODAY.minusMonths(30));
        assertThat(found(old, NOBODY)).containsExactly("CHECK_UP_DUE");
    }

    @Test
    void theFartherBeyondTheBoundTheSurer() {
        double last = 0;
        for (double glucose : new double[] {7.0, 7.2, 7.5, 8.5}) {
            double confidence = rules.find(history(Map.of(), reading(Measure.FASTING_GLUCOSE, 1, glucose)), NOBODY, TODAY).getFirst().confidence();
            assertThat(confidence).isBetween(0.0, 1.0).isGreaterThan(last);
            last = confidence;
        }
        double once = rules.find(history(Map.of(), reading(Measure.LDL, 1, 4.3)), NOBODY, TODAY).getFirst().confidence();
        double thrice = rules.find(history(Map.of(), reading(Measure.LDL, 1, 4.3), reading(Measure.LDL, 4, 4.3), reading(Measure.LDL, 8, 4.3)), NOBODY, TODAY).getFirst().confidence();
        assertThat(thrice).isGreaterThan(once);
    }

    @Test
    void lowValuesWarnBelowTheirBound() {
        var warning = rules.find(history(Map.of(), reading(Measure.HDL, 1, 0.8)), NOBODY, TODAY).getFirst();
        assertThat(warning.rule()).isEqualTo("HDL_LOW");
        assertThat(warning.confidence()).isGreaterThan(0.9);
        assertThat(found(history(Map.of(), reading(Measure.FASTING_GLUCOSE, 1, 3.1)), NOBODY)).containsExactly("FASTING_GLUCOSE_LOW");
    }

    @Test
    void aRiseWarnsBeforeADoctorsRangeIsReached() {
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            readings.add(reading(Measure.SYSTOLIC, 48 - 6 * i, 121 + 2 * i));
            readings.add(reading(Measure.DIASTOLIC, 48 - 6 * i, 75));
        }
        assertThat(found(history(Map.of(), readings.toArray(Reading[]::new)), NOBODY)).containsExactlyInAnyOrder("BP_HIGH_NORMAL", "BP_RISING");
        readings.add(reading(Measure.SYSTOLIC, 0, 150));
        readings.add(reading(Measure.DIASTOLIC, 0, 80));
        assertThat(found(history(Map.of(), readings.toArray(Reading[]::new)), NOBODY)).containsExactly("BP_GRADE_1");
    }

    @Test
    void risingGlucoseOfAKnownDiabeticIsNotNews() {
        Reading[] readings = new Reading[8];
        for (int i = 0; i < 8; i++) {
            readings[i] = reading(Measure.FASTING_GLUCOSE, 48 - 6 * i, 5.2 + 0.2 * i);
        }
        assertThat(found(history(Map.of(), readings), NOBODY)).contains("GLUCOSE_RISING");
        assertThat(found(history(Map.of(Condition.TYPE_2_DIABETES, TODAY.minusYears(1)), readings), NOBODY)).doesNotContain("GLUCOSE_RISING");
    }

    @Test
    void scoresWarnFromTheirBoundOnAndSayHowSureTheyAre() {
        Inputs high = People.known(true, 65).with(Input.SYSTOLIC, Given.answer(170)).with(Input.SMOKER, Given.answer(1));
        var warnings = rules.find(history(Map.of()), high, TODAY);
        assertThat(warnings).extracting(Warning::rule).contains("CVD_HIGH", "DIABETES_SCORE");
        assertThat(warnings).allSatisfy(warning -> assertThat(warning.confidence()).isBetween(0.0, 1.0));
        assertThat(found(history(Map.of()), People.known(false, 40))).isEmpty();
        assertThat(found(history(Map.of()), high.with(Input.ESTABLISHED_ASCVD, Given.answer(1)))).doesNotContain("CVD_HIGH");
    }

    @Test
    void theMostUrgentComesFirstAndEveryWarningSaysAll() {
        var warnings = rules.find(history(Map.of(), reading(Measure.BMI, 1, 25), reading(Measure.TRIGLYCERIDES, 1, 7), reading(Measure.FASTING_GLUCOSE, 1, 7.4)), NOBODY, TODAY);
        assertThat(warnings).extracting(Warning::concern).containsExactly(Concern.URGENT, Concern.SEE_DOCTOR, Concern.WATCH);
        assertThat(warnings).allSatisfy(warning -> {
            for (Warning.Words words : List.of(warning.title(), warning.evidence(), warning.advice())) {
                assertThat(words.zh()).isNotBlank();
                assertThat(words.en()).isNotBlank();
            }
            assertThat(warning.citation()).isNotBlank();
        });
    }
}
