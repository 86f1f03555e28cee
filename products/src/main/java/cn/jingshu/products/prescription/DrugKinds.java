package cn.jingshu.products.prescription;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What kind of drug a generic name is, as far as long prescriptions care, by a dated record. A name the record does not hold is
 * {@link DrugKind#UNKNOWN} and never passes by itself.
 */
final class DrugKinds {
    private static final List<String> FORMS = List.of("缓释片", "控释片", "肠溶片", "分散片", "咀嚼片", "片", "缓释胶囊", "肠溶胶囊", "胶囊",
            "口服溶液", "颗粒", "注射液");
    private final Map<String, DrugKind> kinds;
    private final String version;

    /** The kinds of drugs. */
    enum DrugKind {
        /** For chronic disease, kept at room temperature, of no special control. */
        USUAL,
        TOXIC,
        RADIOACTIVE,
        PRECURSOR,
        NARCOTIC,
        PSYCHOTROPIC_1,
        PSYCHOTROPIC_2,
        ANTIMICROBIAL,
        /** For tuberculosis and other chronic infections by bacteria or fungi. */
        ANTIMICROBIAL_CHRONIC_INFECTION,
        SPECIAL_STORAGE,
        UNKNOWN
    }

    private DrugKinds(Map<String, DrugKind> kinds, String version) {
        this.kinds = Map.copyOf(kinds);
        this.version = version;
    }

    /** The record as it is shipped. @throws IllegalStateException if a name stands in two kinds */
    static DrugKinds shipped() {
        JsonNode record = Records.read("drug-kinds.json");
        Map<String, DrugKind> kinds = new HashMap<>();
        record.path("kinds").properties().forEach(kind -> Records.texts(kind.getValue()).forEach(name -> {
            if (kinds.put(normal(name), DrugKind.valueOf(kind.getKey())) != null) {
                throw new IllegalStateException("drug " + name + " is of two kinds");
            }
        }));
        return new DrugKinds(kinds, record.path("version").asText());
    }

    String version() {
        return version;
    }

    /** @param name generic name, with or without its dosage form */
    DrugKind of(String name) {
        String normal = normal(name);
        DrugKind exact = kinds.get(normal);
        if (exact != null) {
            return exact;
        }
        for (String form : FORMS) {
            if (normal.endsWith(form)) {
                return kinds.getOrDefault(normal.substring(0, normal.length() - form.length()), DrugKind.UNKNOWN);
            }
        }
        return DrugKind.UNKNOWN;
    }

    /** Names that are the same drug for us: one width, no blanks, lower case. */
    static String normal(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFKC).replaceAll("\\s+", " ").strip().toLowerCase(Locale.ROOT);
    }

    /** The same with the drugs whose special storage an installation's own list allows. */
    DrugKinds allowing(Set<String> storable) {
        Map<String, DrugKind> changed = new HashMap<>(kinds);
        storable.stream().map(DrugKinds::normal)
                .forEach(name -> changed.computeIfPresent(name, (_, kind) -> kind == DrugKind.SPECIAL_STORAGE ? DrugKind.USUAL : kind));
        return new DrugKinds(changed, version);
    }
}
