package cn.jingshu.products.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cn.jingshu.products.health.guideline.Measure;
import cn.jingshu.products.health.history.Condition;
import cn.jingshu.products.health.history.History;
import cn.jingshu.products.health.risk.Input;
import cn.jingshu.products.health.v1.Answers;
import cn.jingshu.products.health.v1.CholesterolUnit;
import cn.jingshu.products.health.v1.EuropeanRegion;
import cn.jingshu.products.health.v1.FamilyDiabetes;
import cn.jingshu.products.health.v1.Origin;
import cn.jingshu.products.health.v1.QriskAnswers;
import cn.jingshu.products.health.v1.QriskEthnicity;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonInputsTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 10, 31);
    private static final History EMPTY = history(Map.of());

    private static History history(Map<Condition, LocalDate> conditions, History.Reading... readings) {
        return new History(LocalDate.of(1980, 11, 1), false, List.of(readings), null, null, conditions, 0, null);
    }

    private static History.Reading reading(Measure measure, LocalDate day, double value) {
        return new History.Reading(measure, day, value, History.Origin.EXAMINATION);
    }

    private static List<String> fields(Answers answers) {
        return PersonInputs.of(EMPTY, answers, TODAY).violations().stream().map(violation -> violation.field()).toList();
    }

    @Test
    void sexAndAgeAreOfTheIdentityNumber() {
        var inputs = PersonInputs.of(EMPTY, Answers.getDefaultInstance(), TODAY);
        assertThat(inputs.inputs().value(Input.AGE)).as("the day before the birthday").isEqualTo(45);
        assertThat(inputs.inputs().yes(Input.MALE)).isFalse();
        assertThat(inputs.originOf(Input.AGE)).isEqualTo(Origin.IDENTITY);
    }

    @Test
    void whatTheRecordsDoNotHoldIsNotKnown() {
        var inputs = PersonInputs.of(EMPTY, Answers.getDefaultInstance(), TODAY).inputs();
        for (Input input : Input.values()) {
            assertThat(inputs.has(input)).as("%s", input).isEqualTo(input == Input.AGE || input == Input.MALE);
        }
    }

    @Test
    void oldReadingsAreNotReckonedWith() {
        var inputs = PersonInputs.of(history(Map.of(), reading(Measure.SYSTOLIC, TODAY.minusMonths(25), 150), reading(Measure.HDL, TODAY.minusMonths(24), 1.2)),
                Answers.getDefaultInstance(), TODAY).inputs();
        assertThat(inputs.has(Input.SYSTOLIC)).isFalse();
        assertThat(inputs.value(Input.HDL)).isEqualTo(1.2);
    }

    @Test
    void readingsOfADayCountAsTheirMeanAndTheirScatterIsOfFiveYears() {
        var inputs = PersonInputs.of(history(Map.of(), reading(Measure.SYSTOLIC, TODAY.minusDays(5), 130), reading(Measure.SYSTOLIC, TODAY.minusDays(5), 140),
                reading(Measure.SYSTOLIC, TODAY.minusYears(1), 125)), Answers.getDefaultInstance(), TODAY).inputs();
        assertThat(inputs.value(Input.SYSTOLIC)).isEqualTo(135);
        assertThat(inputs.value(Input.SYSTOLIC_DEVIATION)).isCloseTo(7.0711, within(1e-4));
    }

    @Test
    void anAnswerGoesBeforeARecord() {
        var inputs = PersonInputs.of(history(Map.of(Condition.MIGRAINE, TODAY), reading(Measure.SYSTOLIC, TODAY, 150)),
                Answers.newBuilder().setSystolicMmhg(128).build(), TODAY);
        assertThat(inputs.inputs().value(Input.SYSTOLIC)).isEqualTo(128);
        assertThat(inputs.originOf(Input.SYSTOLIC)).isEqualTo(Origin.ANSWER);
        assertThat(inputs.originOf(Input.MIGRAINE)).isEqualTo(Origin.VISIT);
    }

    @Test
    void cholesterolsAreReadInTheirUnit() {
        Answers milligrams = Answers.newBuilder().setTotalCholesterol(193.35).setHdlCholesterol(50).setCholesterolUnit(CholesterolUnit.MG_PER_DL).build();
        assertThat(PersonInputs.of(EMPTY, milligrams, TODAY).inputs().value(Input.TOTAL_CHOLESTEROL)).isCloseTo(5, within(1e-9));
        Answers millimoles = Answers.newBuilder().setTotalCholesterol(5).setCholesterolUnit(CholesterolUnit.MMOL_PER_L).build();
        assertThat(PersonInputs.of(EMPTY, millimoles, TODAY).inputs().value(Input.TOTAL_CHOLESTEROL)).isEqualTo(5);
    }

    @Test
    void aCholesterolWithoutAUnitOrInTheWrongOneIsRefused() {
        assertThat(fields(Answers.newBuilder().setTotalCholesterol(5).build())).containsExactly("answers.cholesterolUnit");
        assertThat(fields(Answers.newBuilder().setHdlCholesterol(1.2).setCholesterolUnitValue(9).build())).containsExactly("answers.cholesterolUnit");
        assertThat(fields(Answers.newBuilder().setTotalCholesterol(193).setCholesterolUnit(CholesterolUnit.MMOL_PER_L).build())).containsExactly("answers.totalCholesterol");
        assertThat(fields(Answers.newBuilder().setTotalCholesterol(5).setCholesterolUnit(CholesterolUnit.MG_PER_DL).build())).containsExactly("answers.totalCholesterol");
        assertThat(PersonInputs.of(EMPTY, Answers.newBuilder().setTotalCholesterol(193).setCholesterolUnit(CholesterolUnit.MMOL_PER_L).build(), TODAY)
                .violations().getFirst().en()).contains("is it mg/dL?");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 1e300})
    void hostileNumbersAreViolationsOfTheirField(double number) {
        Answers answers = Answers.newBuilder().setSystolicMmhg(number).setWaistCm(number).setHeightCm(number).setWeightKg(number).setTotalCholesterol(number)
                .setHdlCholesterol(number).setCholesterolUnit(CholesterolUnit.MMOL_PER_L)
                .setQrisk3(QriskAnswers.newBuilder().setSystolicDeviation(number)).build();
        assertThat(fields(answers)).contains("answers.systolicMmhg", "answers.waistCm", "answers.weightKg", "answers.totalCholesterol", "answers.hdlCholesterol",
                "answers.qrisk3.systolicDeviation");
    }

    @Test
    void heightNeedsWeight() {
        assertThat(fields(Answers.newBuilder().setHeightCm(170).build())).containsExactly("answers.weightKg");
        assertThat(fields(Answers.newBuilder().setWeightKg(70).build())).containsExactly("answers.heightCm");
        assertThat(PersonInputs.of(EMPTY, Answers.newBuilder().setHeightCm(170).setWeightKg(70).build(), TODAY).inputs().value(Input.BMI)).isCloseTo(24.22, within(0.01));
    }

    @Test
    void choicesCountAsScoresCountThem() {
        var inputs = PersonInputs.of(EMPTY, Answers.newBuilder().setFamilyDiabetes(FamilyDiabetes.FIRST_DEGREE).setEuropeanRegion(EuropeanRegion.LOW_RISK_REGION)
                .setQrisk3(QriskAnswers.newBuilder().setEthnicity(QriskEthnicity.CHINESE)).build(), TODAY).inputs();
        assertThat(inputs.value(Input.FAMILY_DIABETES)).isEqualTo(2);
        assertThat(inputs.value(Input.EUROPEAN_REGION)).isZero();
        assertThat(inputs.value(Input.ETHNICITY)).isEqualTo(8);
        assertThat(fields(Answers.newBuilder().setFamilyDiabetesValue(77).setEuropeanRegionValue(-3).build())).containsExactly("answers.familyDiabetes", "answers.europeanRegion");
    }

    @Test
    void noDiabetesIsNoDiabetesOfEitherType() {
        var inputs = PersonInputs.of(EMPTY, Answers.newBuilder().setDiabetes(false).build(), TODAY).inputs();
        assertThat(inputs.yes(Input.TYPE_1_DIABETES)).isFalse();
        assertThat(inputs.yes(Input.TYPE_2_DIABETES)).isFalse();
    }
}
