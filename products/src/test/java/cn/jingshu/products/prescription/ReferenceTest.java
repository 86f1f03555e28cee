package cn.jingshu.products.prescription;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.prescription.DrugKinds.DrugKind;
import cn.jingshu.products.prescription.LongPrescriptionRules.Asked;
import cn.jingshu.products.prescription.LongPrescriptionRules.Evidence;
import cn.jingshu.products.prescription.LongPrescriptionRules.Verdict;
import cn.jingshu.products.prescription.v1.Because;
import cn.jingshu.products.prescription.v1.Decision;
import cn.jingshu.products.prescription.v1.Interaction;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The stated decisions on long prescriptions, and the public lists of interactions. */
class ReferenceTest {
    /** The drugs the stated cases speak of, by what they say of them. */
    private static final Map<String, DrugKind> CLASSES = Map.of(
            "antihypertensive", DrugKind.USUAL,
            "antidiabetic", DrugKind.USUAL,
            "psychotropic_2 (e.g. alprazolam)", DrugKinds.shipped().of("阿普唑仑"),
            "antimicrobial (amoxicillin)", DrugKinds.shipped().of("阿莫西林"),
            "antimicrobial, tuberculosis (isoniazid)", DrugKinds.shipped().of("异烟肼"),
            "insulin needing 2-8C storage", DrugKinds.shipped().of("甘精胰岛素"));

    @Test
    void everyStatedDecisionIsOurs() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(SharedData.file("prescription/long_term_prescription_rules.json").toFile()).path("worked_cases");
        assertThat(cases).hasSize(10);
        LongPrescriptionRules rules = LongPrescriptionRules.on(LocalDate.of(2026, 11, 30));
        for (JsonNode stated : cases) {
            Verdict verdict = rules.judge(new Asked(stated.path("days").asInt(),
                    Objects.requireNonNull(CLASSES.get(stated.path("drug_class").asText())), "I10", stated.path("stable").asBoolean(),
                    stated.path("confirmation").asBoolean()), Evidence.GOOD);
            String expected = stated.path("expected").asText();
            if (expected.startsWith("allow")) {
                assertThat(verdict.decision()).as(stated.toString()).isEqualTo(Decision.ALLOW);
            } else if (expected.startsWith("reject or refer")) {
                assertThat(verdict.decision()).as(stated.toString()).isIn(Decision.REJECT, Decision.REFER);
            } else {
                assertThat(verdict.decision()).as(stated.toString()).isEqualTo(Decision.REJECT);
                String rule = expected.replaceAll("^reject: (R[0-9]).*", "$1");
                assertThat(verdict.because()).extracting(Because::getRule).as(stated.toString()).contains(rule);
            }
        }
    }

    @Test
    void everyHighPriorityPairAlertsAndNoQuietPairInterrupts() {
        InteractionRules rules = InteractionRules.shipped();
        List<String> silent = new ArrayList<>();
        List<String> notInterrupting = new ArrayList<>();
        List<CSVRecord> high = SharedData.rows("prescription/onc_high_priority_a.csv");
        assertThat(high).hasSize(575);
        for (CSVRecord row : high) {
            Optional<Interaction> found = rules.between(row.get("drug1"), row.get("drug2"));
            String pair = row.get("drug1") + " + " + row.get("drug2");
            if (found.isEmpty()) {
                silent.add(pair);
            } else if (!found.get().getInterrupts()) {
                notInterrupting.add(pair);
            }
        }
        assertThat(silent).isEmpty();
        // the one pair that stands in both lists: it alerts, as the one asks, and does not interrupt, as the other asks
        assertThat(notInterrupting).containsExactly("Citalopram + Sotalol");
        List<CSVRecord> quiet = SharedData.rows("prescription/onc_non_interruptive_a.csv");
        assertThat(quiet).hasSize(1_051);
        assertThat(quiet).noneMatch(row -> rules.between(row.get("drug1"), row.get("drug2")).filter(Interaction::getInterrupts).isPresent());
    }

    @Test
    void crescenddi() {
        InteractionRules rules = InteractionRules.shipped();
        Set<Set<String>> positives = pairs("crescenddi_positive_a.csv");
        Set<Set<String>> negatives = pairs("crescenddi_negative_a.csv");
        long found = positives.stream().filter(pair -> alerts(rules, pair)).count();
        long wrong = negatives.stream().filter(pair -> alerts(rules, pair)).count();
        double recall = (double) found / positives.size();
        double precision = (double) found / (found + wrong);
        System.out.println("CRESCENDDI: recall %.4f of %d pairs, precision %.4f with %d of %d negatives".formatted(
                recall, positives.size(), precision, wrong, negatives.size()));
        assertThat(recall).isGreaterThan(0.86);
        assertThat(precision).isGreaterThan(0.98);
    }

    private static Set<Set<String>> pairs(String file) {
        Set<Set<String>> pairs = new HashSet<>();
        SharedData.rows("prescription/" + file).forEach(row -> pairs.add(Set.of(row.get("DRUG_1_CONCEPT_NAME"), row.get("DRUG_2_CONCEPT_NAME"))));
        return pairs;
    }

    private static boolean alerts(InteractionRules rules, Set<String> pair) {
        List<String> two = List.copyOf(pair);
        return rules.between(two.get(0), two.get(1)).isPresent();
    }
}
