package cn.jingshu.products.underwriting;

import static cn.jingshu.products.underwriting.Records.DAY;
import static cn.jingshu.products.underwriting.Records.application;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Nothing that leaves names a condition, nor lets one be told from another. */
class ReasonCodeTest {
    /** Words that would name a condition, an organ, a test or a treatment. */
    private static final List<String> TOO_SPECIFIC = List.of("癌", "瘤", "糖尿", "血压", "血糖", "血脂", "胆固醇", "心", "肝", "肾", "肺", "脑", "胃", "肠", "乳腺",
            "甲状腺", "艾滋", "乙肝", "精神", "抑郁", "癫痫", "骨", "透析", "化疗", "移植", "妊娠", "造影", "心电", "吸烟", "体重", "肥胖",
            "cancer", "tumour", "tumor", "neoplas", "diabet", "hypertens", "pressure", "glucose", "cholest", "lipid", "cardi", "heart", "coronar",
            "liver", "hepat", "kidney", "renal", "lung", "brain", "stroke", "stomach", "bowel", "breast", "thyroid", "hiv", "mental", "depress",
            "epilep", "bone", "dialys", "chemo", "transplant", "pregnan", "smok", "weight loss", "obes", "icd");

    private static final Pattern ICD = Pattern.compile("\\b[A-Z][0-9]{2}(\\.[0-9]+)?\\b");

    private static List<String> everythingSaid() {
        List<String> said = new ArrayList<>();
        for (ReasonCode code : ReasonCode.values()) {
            said.addAll(List.of(code.name(), code.zh(), code.en()));
        }
        for (ReferralRule rule : ReferralRule.values()) {
            said.addAll(List.of(rule.name(), rule.zh(), rule.en()));
        }
        for (Band band : Band.values()) {
            said.add(band.name());
        }
        return said;
    }

    @Test
    void noCodeAndNoSentenceNamesACondition() {
        for (String text : everythingSaid()) {
            assertThat(TOO_SPECIFIC.stream().filter(text.toLowerCase(Locale.ROOT)::contains)).as(text).isEmpty();
            assertThat(ICD.matcher(text).find()).as(text).isFalse();
        }
    }

    @Test
    void everySentenceStandsInBothLanguagesAndOnce() {
        Set<String> seen = new HashSet<>();
        for (ReasonCode code : ReasonCode.values()) {
            assertThat(code.zh()).isNotBlank().matches(".*\\p{IsHan}.*");
            assertThat(code.en()).isNotBlank().endsWith(".");
            assertThat(seen.add(code.zh()) && seen.add(code.en())).as(code.name()).isTrue();
        }
    }

    /** For every category of ICD-10: whatever one is exchanged for, of the same gravity, the whole assessment is the same. */
    @Test
    void oneConditionCannotBeToldFromAnother() {
        Underwriter underwriter = Underwriter.load();
        Map<String, Set<Assessment>> byGravity = new HashMap<>();
        Map<String, Set<DiagnosisGroup>> groups = new HashMap<>();
        for (char chapter = 'A'; chapter <= 'Z'; chapter++) {
            for (int category = 0; category < 100; category++) {
                String code = "%c%02d.1".formatted(chapter, category);
                Set<DiagnosisGroup> lasting = DiagnosisGroup.lasting(List.of(code));
                boolean serious = !DiagnosisGroup.serious(List.of(code)).isEmpty();
                String gravity = serious ? "serious" : lasting.isEmpty() ? "passing" : "lasting";
                HealthRecord record = Records.unremarkable().visit(40, false, code).stay(300, code).record();
                for (PolicyKind kind : PolicyKind.values()) {
                    byGravity.computeIfAbsent(gravity + kind, _ -> new HashSet<>()).add(underwriter.assess(record, application(kind), DAY, true));
                }
                groups.computeIfAbsent(gravity, _ -> new HashSet<>()).addAll(lasting);
            }
        }
        assertThat(byGravity).hasSize(3 * PolicyKind.values().length);
        byGravity.forEach((gravity, answers) -> assertThat(answers).as(gravity).hasSize(1));
        assertThat(groups.get("serious")).as("each answer may stand for any of many groups").hasSizeGreaterThanOrEqualTo(8);
        assertThat(groups.get("lasting")).hasSizeGreaterThanOrEqualTo(10);
    }
}
