package cn.jingshu.marketplace.portal;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The way to a new declared product, one step after the other. Everything that was said goes along from step to step, so it works
 * without a script and nothing is kept before it is saved.
 *
 * @param step from 1 to 4: the product, what is asked and answered, how, and the whole
 * @param form what this step holds
 * @param carried what the other steps hold
 * @param parameters rows of parameters
 * @param columns rows of columns
 * @param types what a field may be
 * @param sensitivities how a field may be classified
 * @param violations what is wrong with the whole; empty: nothing, or nobody has looked
 * @param looked whether somebody has looked
 */
public record DeclareView(DeclaredKind kind, int step, Form form, Map<String, String> carried, int parameters, int columns, List<String> types,
        List<String> sensitivities, List<Fault> violations, boolean looked) {
    private static final Set<String> FIRST = Set.of("code", "version", "nameZh", "nameEn", "summaryZh", "summaryEn", "resources",
            WizardDeclaration.SOURCE);
    private static final Set<String> SECOND = Set.of("operation", "operationZh", "operationEn", "path", "verb", "meter", "personal");

    public DeclareView {
        carried = Map.copyOf(carried);
        types = List.copyOf(types);
        sensitivities = List.copyOf(sensitivities);
        violations = List.copyOf(violations);
    }

    /** What goes along unseen: all that this step has no field for. */
    public Map<String, String> carriedBesides() {
        Map<String, String> besides = new TreeMap<>(carried);
        besides.keySet().removeIf(name -> Set.of("kind", "parameters", "columns").contains(name) || stepOf(name) == step);
        return besides;
    }

    /** Whether the source speaks gRPC, and its descriptor set says what is asked and answered. */
    public boolean grpc() {
        return kind == DeclaredKind.UPSTREAM && carried.getOrDefault(WizardDeclaration.SOURCE, "").equals(WizardDeclaration.GRPC);
    }

    /** Operations that were typed before the one on these pages, by name. */
    public List<String> finished() {
        return WizardDeclaration.namesOf(carried.getOrDefault(WizardDeclaration.FINISHED, ""));
    }

    private static int stepOf(String name) {
        if (FIRST.contains(name)) {
            return 1;
        }
        if (SECOND.contains(name) || name.startsWith("parameters-") || name.startsWith("columns-")) {
            return 2;
        }
        if (name.equals(WizardDeclaration.FINISHED)) {
            return 0; // no step shows it as a field
        }
        return name.equals("declaration") ? 4 : 3;
    }

    /** @param field the place in the declaration; empty: the whole */
    public record Fault(String field, Bilingual text) {}

    /** Names of a row's fields before their own name: {@code parameters-0-}. */
    public static String row(String list, int index) {
        return list + "-" + index + "-";
    }
}
