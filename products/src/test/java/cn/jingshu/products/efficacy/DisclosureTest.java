package cn.jingshu.products.efficacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.contract.v1.Sensitivity;
import cn.jingshu.products.domain.disclosure.SmallCells;
import cn.jingshu.products.efficacy.survival.FollowUp;
import cn.jingshu.products.efficacy.survival.KaplanMeier;
import cn.jingshu.products.efficacy.v1.CurvePoint;
import cn.jingshu.products.efficacy.v1.DefineCohortRequest;
import cn.jingshu.products.efficacy.v1.EfficacyProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DisclosureTest {
    private static final SmallCells CELLS = new SmallCells();

    @Test
    void noFieldOfTheContractNamesOrCouldNameAPerson() {
        for (Descriptor message : EfficacyProto.getDescriptor().getMessageTypes()) {
            for (FieldDescriptor field : message.getFields()) {
                var facts = field.getOptions().getExtension(ContractOptionsProto.field);
                assertThat(facts.getSubject()).as(field.getFullName()).isFalse();
                assertThat(facts.getSensitivity()).as(field.getFullName())
                        .isIn(Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.SENSITIVITY_UNSPECIFIED);
                assertThat(field.getName()).doesNotContainPattern("person_|token|patient|name$|birth|row");
            }
        }
    }

    @Test
    void groupsThatCouldBeWorkedOutFromTheWholeAreHeldBackToo() {
        assertThat(SmallCells.tellableGroups(List.of(true, true, false), List.of(500, 40, 8))).containsExactly(true, false, false);
        assertThat(SmallCells.tellableGroups(List.of(true, false, false), List.of(500, 4, 8))).containsExactly(true, false, false);
        assertThat(SmallCells.tellableGroups(List.of(true, true), List.of(500, 40))).containsExactly(true, true);
        assertThat(SmallCells.tellableGroups(List.of(false), List.of(5))).containsExactly(false);
        assertThat(CELLS.isTellable(9, 100)).isFalse();
        assertThat(CELLS.isTellable(95, 100)).isFalse();
        assertThat(CELLS.isTellable(10, 20)).isTrue();
        assertThat(CELLS.rounded(249)).isEqualTo(240);
    }

    @Test
    void aCurveIsToldInStepsOfTenOutcomes() {
        List<FollowUp> followUps = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            followUps.add(new FollowUp(3 * i + 1, i % 2 == 0));
        }
        List<CurvePoint> points = SurvivalStudy.points(KaplanMeier.of(followUps), CELLS);
        assertThat(points).extracting(CurvePoint::getDay).containsExactly(0, 60, 120, 180, 240);
        for (int i = 0; i < 8; i++) {
            followUps.set(2 * i, new FollowUp(1, false));
        }
        assertThat(SurvivalStudy.points(KaplanMeier.of(followUps), CELLS).get(1).getDay()).isGreaterThan(60);
    }

    @Test
    void entryIsTheFirstDayInTheWindowAfterTheWashout() {
        CohortDefinition definition = CohortDefinition.of(DefineCohortRequest.newBuilder().addDrugs("甲").addDiagnoses("E11")
                .setFromMonth("2024-01").setToMonth("2025-01").setWashoutMonths(6).setAgeFrom(40).setAgeTo(60).build());
        LocalDate day = LocalDate.of(2024, 5, 2);
        assertThat(definition.entry(person(1970, List.of(day), "E119"))).contains(day);
        assertThat(definition.entry(person(1970, List.of(day.minusMonths(3), day), "E119"))).as("begins within the window").contains(day.minusMonths(3));
        assertThat(definition.entry(person(1970, List.of(LocalDate.of(2023, 12, 31), day), "E119"))).as("used before").isEmpty();
        assertThat(definition.entry(person(1970, List.of(LocalDate.of(2023, 10, 31), day), "E119"))).as("washed out").contains(day);
        assertThat(definition.entry(person(1990, List.of(day), "E119"))).as("too young").isEmpty();
        assertThat(definition.entry(person(1970, List.of(day), "I10"))).as("no indication").isEqualTo(Optional.empty());
        assertThat(definition.entry(person(1970, List.of(LocalDate.of(2025, 1, 1)), "E119"))).as("after the window").isEmpty();
    }

    private static Person person(int birthYear, List<LocalDate> days, String diagnosis) {
        return new Person("t", true, birthYear, days.stream().map(on -> new Person.Dispensing(on, "甲")).toList(),
                List.of(new Person.Diagnosis(LocalDate.of(2023, 6, 1), diagnosis)), List.of());
    }

    @Test
    void numbersAreToldToFiveDigits() {
        assertThat(Numbers.rounded(1.23456789)).isEqualTo(1.2346);
        assertThat(Numbers.ratio(Double.POSITIVE_INFINITY, Double.NaN, 2).hasEstimate()).isFalse();
        assertThatThrownBy(() -> Numbers.rounded(Double.NaN)).isInstanceOf(ArithmeticException.class);
    }
}
