package cn.jingshu.products.prescription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.prescription.DrugKinds.DrugKind;
import cn.jingshu.products.prescription.LongPrescriptionRules.Asked;
import cn.jingshu.products.prescription.LongPrescriptionRules.Evidence;
import cn.jingshu.products.prescription.v1.Because;
import cn.jingshu.products.prescription.v1.Decision;
import cn.jingshu.products.prescription.v1.Interaction;
import cn.jingshu.products.prescription.v1.Place;
import cn.jingshu.products.prescription.v1.Reason;
import cn.jingshu.products.prescription.v1.Severity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrescriptionRulesTest {
    private static final LongPrescriptionRules RULES = LongPrescriptionRules.on(LocalDate.of(2026, 1, 1));
    private static final InteractionRules INTERACTIONS = InteractionRules.shipped();

    private static List<Reason> reasons(Asked asked, Evidence evidence) {
        return RULES.judge(asked, evidence).because().stream().map(Because::getReason).toList();
    }

    @Test
    void theBoundsOfDaysAreFourAndTwelveWeeks() {
        for (int days : new int[] {1, 28}) {
            assertThat(RULES.judge(new Asked(days, DrugKind.USUAL, "E119", true, false), Evidence.GOOD).decision()).isEqualTo(Decision.ALLOW);
        }
        assertThat(RULES.judge(new Asked(29, DrugKind.USUAL, "E119", true, false), Evidence.GOOD).longestDays()).isEqualTo(28);
        assertThat(RULES.judge(new Asked(29, DrugKind.USUAL, "E119", true, true), Evidence.GOOD).decision()).isEqualTo(Decision.ALLOW);
        assertThat(reasons(new Asked(85, DrugKind.USUAL, "E119", true, true), Evidence.GOOD)).containsExactly(Reason.OVER_TWELVE_WEEKS);
        assertThat(RULES.judge(new Asked(85, DrugKind.USUAL, "E119", true, true), Evidence.GOOD).longestDays()).isEqualTo(84);
        assertThatThrownBy(() -> LongPrescriptionRules.on(LocalDate.of(2021, 8, 9))).hasMessageContaining("2021-08-09");
    }

    @Test
    void onlineRulesAndTheRecordsOfThePatient() {
        Asked asked = new Asked(28, DrugKind.USUAL, "I10", null, false);
        assertThat(reasons(asked, new Evidence(false, true, false, true, 1, true, false)))
                .containsExactlyInAnyOrder(Reason.NOT_URBAN, Reason.FIRST_DIAGNOSIS);
        var referred = RULES.judge(asked, new Evidence(true, false, true, true, 0.79, false, true));
        assertThat(referred.decision()).isEqualTo(Decision.REFER);
        assertThat(referred.because()).extracting(Because::getReason).containsExactlyInAnyOrder(
                Reason.NOT_INSURED, Reason.NOT_ADHERENT, Reason.CONDITION_NOT_CONTROLLED, Reason.RECENT_EMERGENCY);
        assertThat(reasons(new Asked(28, DrugKind.USUAL, "J06", true, false), Evidence.GOOD)).containsExactly(Reason.NOT_CHRONIC);
        assertThat(RULES.judge(new Asked(28, DrugKind.UNKNOWN, "I10", true, false), Evidence.GOOD).decision()).isEqualTo(Decision.REFER);
        for (DrugKind kind : RULES.excluded()) {
            assertThat(RULES.judge(new Asked(7, kind, "I10", true, true), Evidence.GOOD).longestDays()).as(kind.name()).isZero();
        }
    }

    @Test
    void drugsAreKnownWithTheirDosageFormsAndALocalListAllowsStorage() {
        DrugKinds kinds = DrugKinds.shipped();
        assertThat(kinds.of("硝苯地平控释片")).isEqualTo(DrugKind.USUAL);
        assertThat(kinds.of(" 阿普唑仑片 ")).isEqualTo(DrugKind.PSYCHOTROPIC_2);
        assertThat(kinds.of("从未见过的药")).isEqualTo(DrugKind.UNKNOWN);
        assertThat(kinds.of("胰岛素")).isEqualTo(DrugKind.SPECIAL_STORAGE);
        assertThat(kinds.allowing(Set.of("胰岛素", "吗啡")).of("胰岛素")).isEqualTo(DrugKind.USUAL);
        assertThat(kinds.allowing(Set.of("胰岛素", "吗啡")).of("吗啡")).as("storage alone is the city's").isEqualTo(DrugKind.NARCOTIC);
    }

    @Test
    void interactionsAreFoundByChineseAndEnglishNamesInAnyOrder() {
        Interaction found = INTERACTIONS.between("克拉霉素", "辛伐他汀").orElseThrow();
        assertThat(found.getRule()).isEqualTo("H04");
        assertThat(found.getInterrupts()).isTrue();
        assertThat(INTERACTIONS.between("SIMVASTATIN", "clarithromycin").orElseThrow().getRule()).isEqualTo("H04");
        assertThat(INTERACTIONS.between("阿司匹林", "Aspirin")).as("the same drug").isEmpty();
        assertThat(INTERACTIONS.between("二甲双胍", "氨氯地平")).isEmpty();
        assertThat(INTERACTIONS.knows("二甲双胍")).isTrue();
        assertThat(INTERACTIONS.knows("从未见过的药")).isFalse();
        List<Interaction> several = INTERACTIONS.check(List.of("华法林", "布洛芬", "胺碘酮", "西酞普兰", "二甲双胍"));
        assertThat(several.getFirst().getInterrupts()).isTrue();
        assertThat(several).extracting(Interaction::getSeverityValue).isSortedAccordingTo((a, b) -> b - a);
        assertThat(several).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void whatConsensusKeepsQuietIsShownAndDoesNotInterrupt() {
        Interaction both = INTERACTIONS.between("索他洛尔", "艾司西酞普兰").orElseThrow();
        assertThat(both.getSeverity()).isEqualTo(Severity.CONTRAINDICATED);
        assertThat(both.getInterrupts()).isFalse();
        assertThat(INTERACTIONS.between("美托洛尔", "布洛芬").orElseThrow().getInterrupts()).isFalse();
    }

    @Test
    void aLicensedListIsNotHushedByTheConsensusAndAnInterruptionSaysWhy(@TempDir Path folder) throws IOException {
        Path list = folder.resolve("licensed.csv");
        Files.writeString(list, """
                drug1,drug2,severity,interrupts,effect_zh,effect_en,source
                citalopram,sotalol,SERIOUS,true,延长 QT,long QT by the list,a licensed list
                美托洛尔,布洛芬,MINOR,false,测试,test,a licensed list
                simvastatin,clarithromycin,CONTRAINDICATED,false,测试,test,a licensed list
                二甲双胍,氨氯地平,MINOR,true,打断,stop,a licensed list
                氨氯地平,二甲双胍,MINOR,false,另一条,another row of the pair,a licensed list
                """, StandardCharsets.UTF_8);
        InteractionRules more = INTERACTIONS.with(list);
        Interaction sharpened = more.between("索他洛尔", "西酞普兰").orElseThrow();
        assertThat(sharpened.getInterrupts()).as("the list's own row asks for it").isTrue();
        assertThat(sharpened.getRule()).isEqualTo("LICENSED");
        assertThat(sharpened.getEffectEn()).as("what stops a prescriber is what is read").isEqualTo("long QT by the list");
        assertThat(sharpened.getSource()).isEqualTo("a licensed list");
        assertThat(sharpened.getSeverity()).as("no list makes an alert less serious").isEqualTo(Severity.CONTRAINDICATED);
        assertThat(more.between("索他洛尔", "艾司西酞普兰").orElseThrow().getInterrupts()).as("no row of the list").isFalse();
        assertThat(more.between("美托洛尔", "布洛芬").orElseThrow().getInterrupts()).as("a row that does not ask for it").isFalse();
        Interaction raised = more.between("辛伐他汀", "克拉霉素").orElseThrow();
        assertThat(raised.getSeverity()).isEqualTo(Severity.CONTRAINDICATED);
        assertThat(raised.getInterrupts()).isTrue();
        assertThat(raised.getRule()).as("the rule that interrupts speaks").isEqualTo("H04");
        assertThat(more.between("二甲双胍", "氨氯地平").orElseThrow().getInterrupts()).isTrue();
    }

    @Test
    void aLicensedListAddsAndTakesNothingAway(@TempDir Path folder) throws IOException {
        Path list = folder.resolve("licensed.csv");
        Files.writeString(list, """
                drug1,drug2,severity,interrupts,effect_zh,effect_en,source
                二甲双胍,氨氯地平,MODERATE,false,测试,test,a licensed list
                simvastatin,clarithromycin,MINOR,false,测试,test,a licensed list
                """, StandardCharsets.UTF_8);
        InteractionRules more = INTERACTIONS.with(list);
        assertThat(more.between("氨氯地平", "二甲双胍").orElseThrow().getRule()).isEqualTo("LICENSED");
        assertThat(more.between("辛伐他汀", "克拉霉素").orElseThrow().getInterrupts()).isTrue();
        assertThat(more.version()).contains("licensed.csv");
        Files.writeString(list, "drug1,drug2,severity,interrupts,effect_zh,effect_en,source\nx,x,MINOR,false,a,b,c\n", StandardCharsets.UTF_8);
        assertThatThrownBy(() -> INTERACTIONS.with(list)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("two drugs");
        for (String slip : List.of("a,b,MAJOR,true", "a,b,NO_SEVERITY,true", "a,b,MINOR,yes", "a,b,MINOR,True")) {
            Files.writeString(list, "drug1,drug2,severity,interrupts,effect_zh,effect_en,source\n" + slip + ",a,b,c\n", StandardCharsets.UTF_8);
            assertThatThrownBy(() -> INTERACTIONS.with(list)).as(slip).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("record 1");
        }
        assertThatThrownBy(() -> INTERACTIONS.with(folder.resolve("absent.csv"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyPlaceOfABandStandsFirstEquallyOften() {
        List<Place> places = List.of(place("a", "420802"), place("b", "420802"), place("c", "420802"), place("d", "420804"));
        Map<String, Integer> first = new HashMap<>();
        for (int call = 0; call < 3_000; call++) {
            List<Place> ordered = Places.ordered(places, "420802", Places.seed("r-" + call));
            first.merge(ordered.getFirst().getInstitution(), 1, Integer::sum);
            assertThat(ordered.getLast().getInstitution()).isEqualTo("d");
        }
        assertThat(first.keySet()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(first.values()).allMatch(count -> count > 850 && count < 1_150); // 1000 expected, five standard deviations are 129
        assertThat(Places.ordered(places, "", Places.seed("r-7"))).isEqualTo(Places.ordered(places.reversed(), "", Places.seed("r-7")));
    }

    private static Place place(String code, String district) {
        return Place.newBuilder().setInstitution(code).setDistrict(district).build();
    }
}
