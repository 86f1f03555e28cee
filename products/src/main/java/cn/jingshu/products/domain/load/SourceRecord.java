package cn.jingshu.products.domain.load;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One record of a source.
 *
 * @param line where it begins: a line of a text file, else its number; from 1
 * @param values by the source's own names of columns, in its order; null: empty; copied
 * @param fault why the record cannot be read as such; null: it can
 */
public record SourceRecord(long line, Map<String, @Nullable String> values, @Nullable RejectReason fault) {
    public SourceRecord {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    static SourceRecord broken(long line, RejectReason why) {
        return new SourceRecord(line, Map.of(), why);
    }
}
