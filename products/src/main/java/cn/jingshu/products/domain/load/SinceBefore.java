package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How a load of the whole differs from the version of its table before it: which columns the source has gained or lost, and how many
 * records, told by their keys, came and went.
 */
public record SinceBefore(List<String> columnsCame, List<String> columnsWent, long recordsCame, long recordsWent) {
    public SinceBefore {
        columnsCame = List.copyOf(columnsCame);
        columnsWent = List.copyOf(columnsWent);
    }

    static SinceBefore of(ResourceTable table, SchemaDrift before, SchemaDrift now, long came, long went) {
        Set<String> then = columns(table, before);
        Set<String> here = columns(table, now);
        List<String> columnsCame = new ArrayList<>(here);
        columnsCame.removeAll(then);
        List<String> columnsWent = new ArrayList<>(then);
        columnsWent.removeAll(here);
        return new SinceBefore(columnsCame, columnsWent, came, went);
    }

    /** The columns a source had, by what its drift says of those it should have. */
    private static Set<String> columns(ResourceTable table, SchemaDrift drift) {
        Set<String> columns = new LinkedHashSet<>();
        table.columns().forEach(each -> columns.add(each.name()));
        columns.removeAll(drift.missing());
        columns.addAll(drift.added());
        return columns;
    }

    public boolean isNone() {
        return columnsCame.isEmpty() && columnsWent.isEmpty() && recordsCame == 0 && recordsWent == 0;
    }

    /** Says what differs, by names and numbers alone. */
    public String sentence(boolean chinese) {
        List<String> parts = new ArrayList<>();
        parts.add(chinese ? "新增 " + recordsCame + " 条,消失 " + recordsWent + " 条" : recordsCame + " records came, " + recordsWent + " went");
        if (!columnsCame.isEmpty()) {
            parts.add((chinese ? "新增列 " : "new columns ") + String.join(", ", columnsCame));
        }
        if (!columnsWent.isEmpty()) {
            parts.add((chinese ? "消失的列 " : "columns gone ") + String.join(", ", columnsWent));
        }
        return String.join(chinese ? ";" : "; ", parts);
    }
}
