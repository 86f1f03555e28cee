package cn.jingshu.products.domain;

import cn.jingshu.products.domain.masking.KAnonymity;
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
 */
public record TwinReport(String product, int version, boolean synthetic, Instant madeAt, List<Table> tables) {
    public TwinReport {
        madeAt = madeAt.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it, so that the same is equal
        tables = List.copyOf(tables);
    }

    /**
     * One table of the twin.
     *
     * @param rows in the twin
     * @param leftOut sampled rows that were left out because too few subjects share what they say
     * @param levels how coarse each quasi-identifier was made, 0: not at all
     * @param risk measured against the live table; null: made up, or about nobody
     */
    public record Table(String table, long rows, long leftOut, Map<String, Integer> levels, @Nullable KAnonymity risk) {
        public Table {
            levels = Map.copyOf(levels);
        }
    }
}
