package cn.jingshu.products.health.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
    @ParameterizedTest
    @CsvSource({"E11.900,TYPE_2_DIABETES", "e10.2,TYPE_1_DIABETES", "E14.901,OTHER_DIABETES", "I25.103,ATHEROSCLEROTIC_DISEASE", "I21.900,ATHEROSCLEROTIC_DISEASE",
        "I63.902,ATHEROSCLEROTIC_DISEASE", "I69.300,ATHEROSCLEROTIC_DISEASE", "I48.x01,ATRIAL_FIBRILLATION", "G43.900,MIGRAINE", "M06.900,RHEUMATOID_ARTHRITIS",
        "N18.301,CHRONIC_KIDNEY_DISEASE", "F20.900,SEVERE_MENTAL_ILLNESS", "M32.900,LUPUS", " N48.4 ,ERECTILE_DYSFUNCTION"})
    void codesOfTheInternationalClassification(String code, Condition condition) {
        assertThat(Condition.of(code)).contains(condition);
    }

    /** Hypertension is no atherosclerosis, a bleeding is no ischaemic stroke, early kidney disease is not stage 3. */
    @ParameterizedTest
    @ValueSource(strings = {"", "I10.x00", "I61.900", "I69.100", "N18.100", "N18.200", "J06.900", "F32.000", "XE11", "E1", "'; DROP TABLE"})
    void everythingElseIsNothingAScoreAsksAbout(String code) {
        assertThat(Condition.of(code)).isEmpty();
    }
}
