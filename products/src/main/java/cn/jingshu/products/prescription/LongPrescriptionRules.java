package cn.jingshu.products.prescription;

import cn.jingshu.products.prescription.DrugKinds.DrugKind;
import cn.jingshu.products.prescription.v1.Because;
import cn.jingshu.products.prescription.v1.Decision;
import cn.jingshu.products.prescription.v1.Reason;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When a prescription may be a long one, and be renewed online: 长期处方管理规范(试行) 2021 as dated rules. R1 who, R2 what not, R3
 * usually four weeks, R4 at most twelve, R5 what more than four weeks need; and from 互联网诊疗管理办法(试行) 2018 no first diagnosis.
 *
 * @param version the day from which the rules hold, as text
 * @param from the same
 * @param excluded kinds of drugs R2 excludes
 * @param chronic ICD-10 categories taken as chronic disease
 * @param leastCoverage share of days covered from which a patient counts as adherent
 */
record LongPrescriptionRules(String version, LocalDate from, String citation, int usualDays, int longestDays, Set<DrugKind> excluded,
        String onlineCitation, Duration valid, Set<String> urbanDistricts, String urbanCitation, Set<String> chronic,
        double leastCoverage, String coverageCitation, String controlCitation) {
    LongPrescriptionRules {
        excluded = Set.copyOf(excluded);
        urbanDistricts = Set.copyOf(urbanDistricts);
        chronic = Set.copyOf(chronic);
    }

    /** The rules in force on a day. @throws IllegalStateException if none was yet */
    static LongPrescriptionRules on(LocalDate day) {
        List<LongPrescriptionRules> all = new ArrayList<>();
        Records.read("long-prescription-rules.json").forEach(node -> all.add(of(node)));
        return all.stream().filter(rules -> !rules.from().isAfter(day)).max(Comparator.comparing(LongPrescriptionRules::from))
                .orElseThrow(() -> new IllegalStateException("no rules on long prescriptions were in force on " + day));
    }

    private static LongPrescriptionRules of(JsonNode node) {
        return new LongPrescriptionRules(node.path("version").asText(), LocalDate.parse(node.path("from").asText()),
                node.path("citation").asText(), node.path("usualDays").asInt(), node.path("longestDays").asInt(),
                Records.texts(node.path("excluded")).stream().map(DrugKind::valueOf)
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(DrugKind.class))),
                node.path("onlineCitation").asText(), Duration.ofDays(node.path("validDays").asInt()),
                Records.set(node.path("urbanDistricts")), node.path("urbanCitation").asText(), Records.set(node.path("chronic")),
                node.path("leastCoverage").asDouble(), node.path("coverageCitation").asText(), node.path("controlCitation").asText());
    }

    /** The same for other districts. */
    LongPrescriptionRules inDistricts(Set<String> districts) {
        return new LongPrescriptionRules(version, from, citation, usualDays, longestDays, excluded, onlineCitation, valid, districts,
                urbanCitation, chronic, leastCoverage, coverageCitation, controlCitation);
    }

    /**
     * What is asked for and what the doctor and the patient have done.
     *
     * @param stable the doctor's word; null: not given yet
     * @param confirmed assessed, educated, recorded and confirmed by the patient: all four (R5)
     */
    record Asked(int days, DrugKind kind, String diagnosis, @Nullable Boolean stable, boolean confirmed) {}

    /**
     * What the records say of the patient, for this disease and drug alone.
     *
     * @param seenBefore a doctor made the diagnosis before, not in an emergency
     * @param prescribedBefore the drug was handed out on two days or more within 180 days, first four weeks ago or more
     * @param coverage share of the days since that were covered by what was handed out
     * @param controlled false: the newest follow-up says the disease is not controlled
     * @param emergency there was an emergency within 30 days
     */
    record Evidence(boolean urban, boolean insured, boolean seenBefore, boolean prescribedBefore, double coverage, boolean controlled,
            boolean emergency) {
        /** Of a patient about whom nothing speaks against it. */
        static final Evidence GOOD = new Evidence(true, true, true, true, 1, true, false);
    }

    /** @param longestDays most days as things stand; 0: none */
    record Verdict(Decision decision, List<Because> because, int longestDays) {
        Verdict {
            because = List.copyOf(because);
        }
    }

    Verdict judge(Asked asked, Evidence evidence) {
        List<Because> rejects = new ArrayList<>();
        List<Because> refers = new ArrayList<>();
        drug(asked.kind(), rejects, refers);
        patient(asked, evidence, rejects, refers);
        boolean possible = rejects.isEmpty();
        if (asked.days() > longestDays) {
            rejects.add(because(Reason.OVER_TWELVE_WEEKS, "R4", citation, "处方量最长不超过12周(84天),3个月超过12周",
                    "a prescription is for twelve weeks (84 days) at most; three months are more"));
        } else if (asked.days() > usualDays && !asked.confirmed()) {
            rejects.add(because(Reason.NEEDS_ASSESSMENT_AND_CONFIRMATION, "R5", citation, "超过4周须严格评估、强化教育、病历记录并由患者确认",
                    "more than four weeks need a strict assessment, education, a note in the record and the patient's confirmation"));
        }
        List<Because> all = new ArrayList<>(rejects);
        all.addAll(refers);
        Decision decision = !rejects.isEmpty() ? Decision.REJECT : !refers.isEmpty() ? Decision.REFER : Decision.ALLOW;
        return new Verdict(decision, all, !possible ? 0 : asked.confirmed() ? longestDays : usualDays);
    }

    private void drug(DrugKind kind, List<Because> rejects, List<Because> refers) {
        if (excluded.contains(kind)) {
            rejects.add(because(Reason.EXCLUDED_DRUG, "R2", citation, "该类药品不得用于长期处方", "drugs of this kind are excluded"));
        }
        switch (kind) {
            case SPECIAL_STORAGE -> refers.add(because(Reason.SPECIAL_STORAGE, "R2", citation, "对储存条件有特殊要求,由本地目录和药师决定",
                    "needs special storage: the local list and a pharmacist decide"));
            case UNKNOWN -> refers.add(because(Reason.UNKNOWN_DRUG, "R2", citation, "药品未归类,须由药师核对", "the drug is in no class known: a pharmacist checks"));
            case USUAL, TOXIC, RADIOACTIVE, PRECURSOR, NARCOTIC, PSYCHOTROPIC_1, PSYCHOTROPIC_2, ANTIMICROBIAL,
                    ANTIMICROBIAL_CHRONIC_INFECTION -> {
                // decided above, or of no concern
            }
        }
    }

    private void patient(Asked asked, Evidence evidence, List<Because> rejects, List<Because> refers) {
        if (!evidence.urban()) {
            rejects.add(because(Reason.NOT_URBAN, "A3.3", urbanCitation, "仅面向城区患者", "for patients of the urban districts only"));
        }
        if (!evidence.seenBefore()) {
            rejects.add(because(Reason.FIRST_DIAGNOSIS, "ONLINE", onlineCitation, "不得在线首诊", "no first diagnosis online"));
        }
        if (chronic.stream().noneMatch(asked.diagnosis()::startsWith)) {
            rejects.add(because(Reason.NOT_CHRONIC, "R1", citation, "诊断不属于需长期用药的慢性病", "the diagnosis is no chronic disease on the list"));
        }
        Boolean stable = asked.stable();
        if (stable != null && !stable) {
            rejects.add(because(Reason.NOT_STABLE, "R1", citation, "医师评估病情不平稳", "the doctor holds the condition not to be stable"));
        }
        if (!evidence.insured()) {
            refers.add(because(Reason.NOT_INSURED, "INSURANCE", urbanCitation, "当前未参保,医保不支付", "not insured now: the insurance does not pay"));
        }
        if (!evidence.prescribedBefore()) {
            refers.add(because(Reason.REGIMEN_NOT_STABLE, "R1", citation, "既往用药不足以说明方案稳定", "too little was handed out to call the regimen stable"));
        } else if (evidence.coverage() < leastCoverage) {
            refers.add(because(Reason.NOT_ADHERENT, "R1", coverageCitation, "用药覆盖天数不足80%", "fewer than 80 % of the days are covered"));
        }
        if (!evidence.controlled()) {
            refers.add(because(Reason.CONDITION_NOT_CONTROLLED, "R1", controlCitation, "最近一次随访控制不满意", "not controlled at the newest follow-up"));
        }
        if (evidence.emergency()) {
            refers.add(because(Reason.RECENT_EMERGENCY, "R1", citation, "30天内有急诊", "an emergency within 30 days"));
        }
    }

    static Because because(Reason reason, String rule, String citation, String zh, String en) {
        return Because.newBuilder().setReason(reason).setRule(rule).setCitation(citation).setZh(zh).setEn(en).build();
    }
}
