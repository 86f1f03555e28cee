package cn.jingshu.products.domain.load;

import cn.jingshu.products.domain.ResourceTable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be loaded and how.
 *
 * @param parts tables and where their rows come from; all of them are loaded, or none
 * @param drift what is done when a source's columns are not the table's
 * @param mostRejected share of the records, from 0 to 1, above which the load as a whole is refused
 * @param by who asked for it, a name of a person or a job; null: not known
 * @param archive the file all parts come from, which is kept as it is; null: none is
 * @param whole true: a source that can be read on behind its last load is read from its beginning
 */
public record LoadRequest(List<Part> parts, Mode mode, SchemaDrift.Rule drift, double mostRejected, @Nullable String by,
        @Nullable Archive archive, boolean whole) {
    public LoadRequest(List<Part> parts, Mode mode, SchemaDrift.Rule drift, double mostRejected, @Nullable String by, @Nullable Archive archive) {
        this(parts, mode, drift, mostRejected, by, archive, false);
    }

    public LoadRequest(List<Part> parts, Mode mode, SchemaDrift.Rule drift, double mostRejected, @Nullable String by) {
        this(parts, mode, drift, mostRejected, by, null);
    }

    public LoadRequest {
        parts = List.copyOf(parts);
        if (parts.isEmpty() || parts.stream().map(each -> each.table().name()).distinct().count() != parts.size()) {
            throw new IllegalArgumentException("a load has at least one table and none twice");
        }
        if (parts.size() > 1 && parts.stream().anyMatch(each -> each.source().continuation() != null)) {
            throw new IllegalArgumentException("a source that is read on behind its last load is loaded by itself");
        }
        if (!(mostRejected >= 0 && mostRejected <= 1)) {
            throw new IllegalArgumentException("a share of rejected records is from 0 to 1, not " + mostRejected);
        }
    }

    /**
     * One table and its source.
     *
     * @param mayBeEmpty true: a source without any record empties the table; false: it refuses the load
     */
    public record Part(ResourceTable table, RecordSource.Opening source, boolean mayBeEmpty) {
        public Part(ResourceTable table, RecordSource.Opening source) {
            this(table, source, false);
        }
    }

    /**
     * A file that is kept byte by byte in the transaction that makes its rows the tables', for products that work from it as a whole.
     *
     * @param name what it is kept as; the one kept before under it goes
     * @param use looks whether the product can work from the file, when all of it is staged and before anything changes
     */
    public record Archive(String name, SourceFile file, Use use) {
        /** Tries a file. */
        @FunctionalInterface
        public interface Use {
            /** @throws UnfitSourceException if nothing can be made of the file: the load is refused with its sentences */
            void tryOut() throws IOException;
        }
    }

    /** Whether its source is one that is read on behind its last load; its loads may hold several records of one key, of which the newest stands. */
    boolean isContinued() {
        return parts.getFirst().source().continuation() != null;
    }

    /** What happens to the rows there are. */
    public enum Mode {
        /** They are taken out: the source is the whole. What a source that is read on gives behind its last load is merged by its key. */
        REPLACE,
        /** Those with the key of a new row are replaced by it, the others stay. */
        UPSERT
    }

    /** One table, with 1 % of rejected records at most and missing optional columns gone on with. */
    public static LoadRequest of(ResourceTable table, RecordSource.Opening source, Mode mode) {
        return new LoadRequest(List.of(new Part(table, source)), mode, SchemaDrift.Rule.GO_ON, 0.01, null);
    }
}
