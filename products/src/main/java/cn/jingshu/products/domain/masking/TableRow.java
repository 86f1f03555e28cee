package cn.jingshu.products.domain.masking;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of a table on its way into a sample.
 *
 * @param values by column names, as text; null: empty; copied
 */
public record TableRow(Map<String, @Nullable String> values) {
    public TableRow {
        values = Collections.unmodifiableMap(new HashMap<>(values));
    }

    /** A row with these values. */
    public static TableRow of(Map<String, @Nullable String> values) {
        return new TableRow(values);
    }

    @Nullable String get(String column) {
        return values.get(column);
    }

    TableRow with(String column, @Nullable String value) {
        Map<String, @Nullable String> changed = new HashMap<>(values);
        changed.put(column, value);
        return new TableRow(changed);
    }
}
