package cn.jingshu.products.domain;

import cn.jingshu.products.domain.masking.KAnonymity;
import cn.jingshu.products.domain.masking.MaskedColumn;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a product's sandbox twin holds, and how far anybody could be found in it.
 *
 * @param synthetic true: every row is made up, so nobody is in it; false: a masked sample of live rows, and the made-up test subjects
 * @param madeAt when it was filled
 * @param uniqueTogether share, 0 to 1, of the sampled subjects whose rows in all its tables together nobody else has; 0 in reports of an earlier version of
 *     the program, which did not measure it
 */
public record TwinReport(String product, int version, boolean synthetic, Instant madeAt, List<Table> tables, double uniqueTogether) {
    public TwinReport {
        madeAt = madeAt.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it, so that the same is equal
        tables = List.copyOf(tables);
    }

    /**
     * One table of the twin.
     *
     * @param rows in the twin, without the test subjects
     * @param leftOut sampled rows that were left out because too few subjects share what they say
     * @param levels how coarse each quasi-identifier was made, 0: not at all
     * @param risk measured against the live table; null: made up, or about nobody
     * @param columns what was done to each column; empty: nothing, or a report of an earlier version of the program
     * @param classes how many subjects share what others may know of them, from the smallest class on; empty as {@code columns}
     */
    public record Table(String table, long rows, long leftOut, Map<String, Integer> levels, @Nullable KAnonymity risk,
            List<MaskedColumn> columns, List<KAnonymity.ClassSize> classes) {
        public Table {
            levels = Map.copyOf(levels);
            columns = List.copyOf(columns);
            classes = List.copyOf(classes);
        }

        static Table plain(String table, long rows) {
            return new Table(table, rows, 0, Map.of(), null, List.of(), List.of());
        }

        /** Classes of subjects that look alike. */
        public long classCount() {
            return classes.stream().mapToLong(KAnonymity.ClassSize::classes).sum();
        }
    }

    /** Fewest subjects of a class in any of its tables about persons; 0: no row of such a table is in it, or it has none. */
    public long k() {
        return tables.stream().map(Table::risk).filter(risk -> risk != null && risk.rows() > 0).mapToLong(risk -> risk == null ? 0 : risk.k())
                .min().orElse(0);
    }

    /** The greatest share, 0 to 1, of the subjects of one of its tables, or of all, whose rows together nobody else has. */
    public double shareAtRisk() {
        return Math.max(uniqueTogether, tables.stream().map(Table::risk).mapToDouble(risk -> risk == null ? 0 : risk.uniqueHistories()).max().orElse(0));
    }

    /** The chance, 0 to 1, to find the person most at risk by what others may know of them in one row. */
    public double highestRisk() {
        return tables.stream().map(Table::risk).mapToDouble(risk -> risk == null ? 0 : risk.highestRisk()).max().orElse(0);
    }

    /** Whether a masked row about a person is in it, or would be. */
    public boolean hasSubjects() {
        return tables.stream().map(Table::risk).anyMatch(risk -> risk != null && risk.rows() > 0);
    }
}
