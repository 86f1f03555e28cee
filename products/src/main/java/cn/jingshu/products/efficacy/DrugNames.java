package cn.jingshu.products.efficacy;

import java.text.Normalizer;
import java.util.Locale;

/** Brings generic names and codes to the form in which they are compared. */
final class DrugNames {
    private DrugNames() {}

    static String drug(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
    }

    /** An ICD-10 code or prefix without its dot, in upper case. */
    static String diagnosis(String code) {
        return code.strip().replace(".", "").toUpperCase(Locale.ROOT);
    }
}
