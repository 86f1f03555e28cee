package cn.jingshu.products.underwriting;

import static cn.jingshu.products.underwriting.Records.DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CareFeaturesTest {
    @Test
    void windowsAreHalfOpenAndLookBackOnly() {
        CareFeatures features = CareFeatures.of(Records.empty()
                .visit(365, true, "J06.9").visit(366, false, "J06.9").visit(730, true, "J06.9").visit(731, true, "J06.9")
                .visit(0, true, "C50.9").visit(-3, true, "C50.9").visit(2_000, false, "C50.9")
                .record(), DAY);
        assertThat(features.visitsLastYear()).isEqualTo(1);
        assertThat(features.visitsTwoYears()).isEqualTo(3);
        assertThat(features.emergencyTwoYears()).isEqualTo(2);
        assertThat(features.lastingGroups()).as("the day itself, the future and six years ago do not count").isZero();
        assertThat(features.historyYears()).as("from the oldest entry within the five years").isCloseTo(731 / 365.25, within(1e-9));
    }

    @Test
    void staysAndOperationsKnowTheirRecency() {
        CareFeatures features = CareFeatures.of(Records.empty().stay(100, "I25.1", "I10", "E11.9").stay(500, "N18.3").operation(98).operation(900).record(), DAY);
        assertThat(features.staysLastYear()).isEqualTo(1);
        assertThat(features.staysEarlier()).isEqualTo(1);
        assertThat(features.daysSinceStay()).isEqualTo(100);
        assertThat(features.operations()).isEqualTo(2);
        assertThat(features.daysSinceOperation()).isEqualTo(98);
        assertThat(features.lastingGroups()).isEqualTo(3);
        assertThat(features.seriousGroups()).isEqualTo(2);
    }

    @Test
    void theNewestMeasureOfThreeYearsCounts() {
        CareFeatures better = CareFeatures.of(Records.empty()
                .examined(700, 170, 100, 9, 7, 100, true)
                .examined(10, 120, 75, 5, 4.5, 65, false)
                .value(20, "4548-4", 6.4, "%").value(500, "4548-4", 9, "%").value(20, "33914-3", 59, "mL/min/{1.73_m2}").record(), DAY);
        assertThat(better.outOfRange()).as("filtration alone").isEqualTo(1);
        assertThat(better.measuresTaken()).isEqualTo(9);
        assertThat(better.smoker()).isFalse();
        assertThat(better.bodyMassIndex()).isCloseTo(65 / 2.89, within(1e-9));
        CareFeatures old = CareFeatures.of(Records.empty().examined(1_200, 170, 100, 9, 7, 100, true).record(), DAY);
        assertThat(old.measuresTaken()).isZero();
        assertThat(old.smoker()).isNull();
        assertThat(old.historyYears()).isCloseTo(1_200 / 365.25, within(1e-9));
    }

    @Test
    void theLimitsThemselvesAreOutOfRange() {
        CareFeatures at = CareFeatures.of(Records.empty().examined(10, 139, 90, 7.0, 6.2, 28 * 2.89, false).record(), DAY);
        assertThat(at.outOfRange()).isEqualTo(4);
        CareFeatures below = CareFeatures.of(Records.empty().examined(10, 139, 89, 6.9, 6.1, 27.9 * 2.89, false).record(), DAY);
        assertThat(below.outOfRange()).isZero();
    }

    @Test
    void aValueInAnotherUnitIsNotRead() {
        CareFeatures features = CareFeatures.of(Records.empty().value(10, "4548-4", 65, "mmol/mol").record(), DAY);
        assertThat(features.measuresTaken()).isZero();
    }

    @Test
    void theVectorHasTheFeaturesOfTheStoredModel() {
        Underwriter underwriter = Underwriter.load();
        assertThat(underwriter.care().features().stream().map(f -> f.name())).containsExactlyElementsOf(CareFeatures.NAMES);
        assertThat(CareFeatures.of(Records.unremarkable().record(), DAY).vector()).hasSize(CareFeatures.NAMES.size());
    }
}
