package cn.jingshu.products.health.guideline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuidelinesTest {
    /** 中国高血压防治指南: the worse of the two decides. */
    @ParameterizedTest
    @CsvSource({"119,79,NORMAL", "120,79,HIGH_NORMAL", "119,80,HIGH_NORMAL", "139,89,HIGH_NORMAL", "140,70,GRADE_1", "118,90,GRADE_1",
        "160,95,GRADE_2", "150,100,GRADE_2", "180,80,GRADE_3", "130,110,GRADE_3", "159,110,GRADE_3"})
    void pressures(double systolic, double diastolic, String code) {
        assertThat(Guidelines.pressure(systolic, diastolic).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"FASTING_GLUCOSE,3.84,LOW", "FASTING_GLUCOSE,3.9,NORMAL", "FASTING_GLUCOSE,6.04,NORMAL", "FASTING_GLUCOSE,6.1,IMPAIRED", "FASTING_GLUCOSE,6.94,IMPAIRED",
        "FASTING_GLUCOSE,7.0,DIABETES_RANGE", "HBA1C,5.6,NORMAL", "HBA1C,5.7,RAISED", "HBA1C,6.5,DIABETES_RANGE", "TOTAL_CHOLESTEROL,5.19,SUITABLE",
        "TOTAL_CHOLESTEROL,5.2,BORDERLINE", "TOTAL_CHOLESTEROL,6.2,HIGH", "LDL,2.59,IDEAL", "LDL,2.6,SUITABLE", "LDL,3.4,BORDERLINE", "LDL,4.1,HIGH", "HDL,0.99,LOW",
        "HDL,1.0,SUITABLE", "TRIGLYCERIDES,1.69,SUITABLE", "TRIGLYCERIDES,1.7,BORDERLINE", "TRIGLYCERIDES,2.3,HIGH", "TRIGLYCERIDES,5.6,VERY_HIGH", "BMI,18.4,UNDERWEIGHT",
        "BMI,18.5,NORMAL", "BMI,23.94,NORMAL", "BMI,24,OVERWEIGHT", "BMI,28,OBESE", "WAIST,89,BEFORE_CENTRAL_OBESITY", "WAIST,90,CENTRAL_OBESITY"})
    void boundsBelongToTheCategoryAboveThem(Measure measure, double value, String code) {
        assertThat(Guidelines.categoryOf(measure, value, true).code()).isEqualTo(code);
    }

    @Test
    void waistsOfWomenHaveBoundsOfTheirOwn() {
        assertThat(Guidelines.categoryOf(Measure.WAIST, 85, false).code()).isEqualTo("CENTRAL_OBESITY");
        assertThat(Guidelines.categoryOf(Measure.WAIST, 85, true).code()).isEqualTo("BEFORE_CENTRAL_OBESITY");
    }

    @ParameterizedTest
    @EnumSource(Measure.class)
    void everyValueHasACategoryWithItsSource(Measure measure) {
        for (double value = 0; value < 400; value += 0.7) {
            Category category = Guidelines.categoryOf(measure, value, value % 2 < 1);
            assertThat(category.citation()).isNotBlank();
            assertThat(category.zh()).isNotBlank();
            assertThat(category.en()).isNotBlank();
        }
        assertThat(Guidelines.lines(measure, true)).isNotEmpty().isSortedAccordingTo(Comparator.comparingDouble(Guidelines.Line::value));
    }

    @Test
    void unitsAreConvertedNeverGuessed() {
        assertThat(Measure.TOTAL_CHOLESTEROL.converted(193.35, "mg/dL").orElseThrow()).isCloseTo(5.0, within(1e-9));
        assertThat(Measure.FASTING_GLUCOSE.converted(126, "mg/dL").orElseThrow()).isCloseTo(6.99, within(0.01));
        assertThat(Measure.TRIGLYCERIDES.converted(150, "mg/dL").orElseThrow()).isCloseTo(1.69, within(0.01));
        assertThat(Measure.HBA1C.converted(48, "mmol/mol").orElseThrow()).isCloseTo(6.54, within(0.01));
        assertThat(Measure.LDL.converted(1.5, "g/L").orElseThrow()).isCloseTo(3.88, within(0.01));
        assertThat(Measure.TOTAL_CHOLESTEROL.converted(193, "mmol/L")).as("a value in the wrong unit").isEmpty();
        assertThat(Measure.TOTAL_CHOLESTEROL.converted(5, "mg/dL")).as("a value in the wrong unit").isEmpty();
        assertThat(Measure.TOTAL_CHOLESTEROL.converted(5, "")).isEmpty();
        assertThat(Measure.TOTAL_CHOLESTEROL.converted(5, "mmol/l ")).isEmpty();
        assertThat(Measure.SYSTOLIC.converted(120, "mg/dL")).isEmpty();
        assertThat(Measure.FASTING_GLUCOSE.converted(5, "%")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -5, 1e300, Double.MIN_VALUE})
    void whatNoBodyHasIsNoValue(double value) {
        for (Measure measure : Measure.values()) {
            assertThat(measure.possible(value)).as("%s", measure).isFalse();
            assertThat(measure.converted(value, measure.unit())).as("%s", measure).isEmpty();
        }
    }

    @Test
    void testsOfLaboratoriesAreKnownByTheirCode() {
        assertThat(Measure.ofTest("4548-4")).contains(Measure.HBA1C);
        assertThat(Measure.ofTest("14771-0")).contains(Measure.FASTING_GLUCOSE);
        assertThat(Measure.ofTest("2345-7")).as("glucose that need not be fasting").isEmpty();
        assertThat(Measure.tests()).doesNotHaveDuplicates();
    }
}
