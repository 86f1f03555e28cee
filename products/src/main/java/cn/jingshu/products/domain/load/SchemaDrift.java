package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.ResourceTable.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the columns of a source differ from those a table is defined with. Retyped is a column of which more than half of the filled values
 * are none of its type.
 *
 * @param missing columns of the table that the source does not have
 * @param added columns the source has and the table does not; they are left out
 * @param retyped columns whose values have become those of another type
 */
public record SchemaDrift(List<String> missing, List<String> added, List<String> retyped) {
    public static final SchemaDrift NONE = new SchemaDrift(List.of(), List.of(), List.of());

    private static final int MOST_NAMES = 100;
    private static final int MOST_CHARACTERS = 63;

    public SchemaDrift {
        missing = List.copyOf(missing);
        added = List.copyOf(added);
        retyped = List.copyOf(retyped);
    }

    /** What is done about it. */
    public enum Rule {
        /** Any difference refuses the load. */
        STOP,
        /** Missing columns that may be empty, and new ones, are only reported; any other difference refuses the load. */
        GO_ON
    }

    public boolean isNone() {
        return missing.isEmpty() && added.isEmpty() && retyped.isEmpty();
    }

    /** Whether a load goes on in spite of it. */
    public boolean stops(ResourceTable table, Rule rule) {
        return switch (rule) {
            case STOP -> !isNone();
            case GO_ON -> !retyped.isEmpty() || missing.stream().anyMatch(name -> table.column(name).required() || table.key().contains(name));
        };
    }

    /** Says what differs, by names alone. */
    public String sentence(boolean chinese) {
        List<String> parts = new ArrayList<>();
        add(parts, chinese ? "缺少列 " : "missing ", missing);
        add(parts, chinese ? "新增列 " : "new ", added);
        add(parts, chinese ? "类型改变 " : "of another type ", retyped);
        return String.join(chinese ? ";" : "; ", parts);
    }

    private static void add(List<String> parts, String what, List<String> names) {
        if (!names.isEmpty()) {
            parts.add(what + String.join(", ", names));
        }
    }

    /** @param there what the source has, by the table's names where it has them */
    static SchemaDrift of(ResourceTable table, Set<String> there, List<String> retyped) {
        Set<String> known = new HashSet<>();
        List<String> missing = new ArrayList<>();
        for (Column column : table.columns()) {
            known.add(column.name());
            if (!there.contains(column.name())) {
                missing.add(column.name());
            }
        }
        List<String> added = there.stream().filter(name -> !known.contains(name)).sorted().limit(MOST_NAMES)
                .map(SchemaDrift::shown).toList();
        return new SchemaDrift(missing, added, retyped);
    }

    /** A name of a column may be anything in a source; what looks like data is not shown whole. */
    private static String shown(String name) {
        String plain = name.replaceAll("[\\p{Cntrl}]", "?");
        return plain.length() <= MOST_CHARACTERS ? plain : plain.substring(0, MOST_CHARACTERS) + "…";
    }

    /**
     * The table's column for each name of a source: the same name in any case, or the column's Chinese name; other names stay as they are.
     */
    static Map<String, String> names(ResourceTable table) {
        Map<String, String> names = new TreeMap<>();
        table.columns().forEach(column -> names.putIfAbsent(column.zh().strip().toLowerCase(Locale.ROOT), column.name()));
        table.columns().forEach(column -> names.put(column.name(), column.name()));
        return names;
    }
}
