package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One resource: what the catalogue says of it today, and every version there was.
 *
 * @param blockedBy the provision that blocks it; null: the law does not
 * @param listed false: it is withdrawn, or will be listed later
 */
public record ResourceView(String id, Bilingual name, @Nullable String blockedBy, boolean listed, List<Field> fields, List<Item> items,
        List<Version> versions) {
    public ResourceView {
        fields = List.copyOf(fields);
        items = List.copyOf(items);
        versions = List.copyOf(versions);
    }

    /** A field of the catalogue and what it says. */
    public record Field(Bilingual name, Bilingual value) {}

    /** A data item. */
    public record Item(String code, Bilingual name) {}

    /** A field that was changed. */
    public record Change(Bilingual field, Bilingual before, Bilingual after) {}

    /**
     * What a batch said of it.
     *
     * @param happened added, changed or withdrawn
     * @param css of the badge
     */
    public record Version(int batch, LocalDate from, Bilingual happened, String css, String reason, List<Change> changes) {
        public Version {
            changes = List.copyOf(changes);
        }
    }
}
