package cn.jingshu.products.health.history;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** A diagnosis that scores ask about, by the ICD-10 codes of outpatient visits. It never leaves: only what a score makes of it does. */
public enum Condition {
    TYPE_1_DIABETES("E10.*"),
    TYPE_2_DIABETES("E11.*"),
    OTHER_DIABETES("E1[234].*"),
    /** Ischaemic heart disease, ischaemic stroke and its sequels, atherosclerosis of arteries. */
    ATHEROSCLEROTIC_DISEASE("I2[0-5].*|I63.*|I69\\.3.*|I70.*|G45.*"),
    ATRIAL_FIBRILLATION("I48.*"),
    MIGRAINE("G43.*"),
    RHEUMATOID_ARTHRITIS("M0[56].*"),
    CHRONIC_KIDNEY_DISEASE("N18\\.[3-6].*|N18\\.0.*"),
    /** Schizophrenia, bipolar disorder, severe depression. */
    SEVERE_MENTAL_ILLNESS("F20.*|F3[01].*|F32\\.[23].*|F33\\.[23].*"),
    LUPUS("M32.*"),
    ERECTILE_DYSFUNCTION("N48\\.4.*|F52\\.2.*");

    private final Pattern codes;

    Condition(String codes) {
        this.codes = Pattern.compile(codes);
    }

    /** What an ICD-10 code means here; empty: nothing a score asks about. */
    public static Optional<Condition> of(String code) {
        String plain = code.strip().toUpperCase(Locale.ROOT);
        for (Condition condition : values()) {
            if (condition.codes.matcher(plain).matches()) {
                return Optional.of(condition);
            }
        }
        return Optional.empty();
    }
}
