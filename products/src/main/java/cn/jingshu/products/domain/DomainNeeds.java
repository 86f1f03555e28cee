package cn.jingshu.products.domain;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a product version reads and keeps.
 *
 * @param product its code
 * @param version its version, from 1
 * @param reads the tables it reads and of each the columns: what its provider grants have to cover
 * @param state folder of Flyway migrations on the class path that make the tables of its own ({@code db/product/claims}), run
 *     once for the live state and once for the sandbox's; null: it keeps nothing
 * @param synthetic makes up the rows of its sandbox twin, and of the live tables of a demonstration
 * @param kept how long the rows of these tables stay; what the guard of aggregates keeps is known
 * @param bySubject true: of a table about people it sees the rows of the subjects alone that a transaction says it is about ({@link DataSession#about})
 */
public record DomainNeeds(String product, int version, Map<ResourceTable, List<String>> reads, @Nullable String state, SyntheticData synthetic,
        List<Kept> kept, boolean bySubject) {
    public DomainNeeds {
        reads = Map.copyOf(reads);
        kept = List.copyOf(kept);
        reads.forEach((table, columns) -> columns.forEach(table::column));
    }

    /** Of a product whose own code decides which rows it reads. */
    public DomainNeeds(
            String product, int version, Map<ResourceTable, List<String>> reads, @Nullable String state, SyntheticData synthetic, List<Kept> kept) {
        this(product, version, reads, state, synthetic, kept, false);
    }

    /** Of a product that keeps nothing whose time could be over. */
    public DomainNeeds(String product, int version, Map<ResourceTable, List<String>> reads, @Nullable String state, SyntheticData synthetic) {
        this(product, version, reads, state, synthetic, List.of());
    }

    /** Makes up rows that look like the real ones and are nobody's. */
    @FunctionalInterface
    public interface SyntheticData {
        /**
         * Writes rows to {@code sink}: the same ones for the same seed. The documented test subjects are among them
         * whatever the seed.
         */
        void write(RowSink sink, long seed);
    }

    /** Takes rows of tables, values by column names as plain text ({@code null}: empty); tokens and seals are made on the way in. */
    public interface RowSink {
        void row(ResourceTable table, Map<String, @Nullable String> values);
    }
}
