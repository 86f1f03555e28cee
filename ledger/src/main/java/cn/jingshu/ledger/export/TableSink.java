package cn.jingshu.ledger.export;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes the rows of one table, whatever file it makes of them. */
@FunctionalInterface
public interface TableSink {
    /**
     * @param cells one for each column: {@code Money} for yuan, {@code BigDecimal}, {@code Long} or {@code Integer} for other numbers,
     *     anything else is written as its {@code toString}; null: empty
     */
    void row(@Nullable Object... cells) throws IOException;
}
