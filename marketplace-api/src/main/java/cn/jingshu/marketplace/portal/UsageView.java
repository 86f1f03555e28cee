package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How much was used, as a chart and as a table of the same numbers (the chart reads the table).
 *
 * @param from first day, in Asia/Shanghai
 * @param to last day, included
 * @param recent the last calls, the youngest first
 * @param csvHref the same table as CSV
 */
public record UsageView(
        LocalDate from,
        LocalDate to,
        Step step,
        By by,
        Reading<Table> table,
        Reading<List<Recent>> recent,
        String csvHref,
        Form find) {

    /** One of the last calls, whenever they were. */
    public record Recent(
            UUID eventId,
            Instant occurredAt,
            Bilingual product,
            String operation,
            Outcome outcome,
            int status,
            long quantity,
            MeterUnit unit,
            boolean sandbox,
            String protocol) {}

    /** How long one row is. */
    public enum Step implements Labelled {
        HOUR,
        DAY
    }

    /** What the columns tell apart. */
    public enum By implements Labelled {
        PRODUCT,
        OPERATION,
        OUTCOME
    }

    /**
     * Rows in time order, one count for each column in each row.
     *
     * @param provisional of all calls, those that wait in a node's journal and are on no bill before they are stored
     * @param awaySince what a node that went away recorded later is not counted; null: none did
     */
    public record Table(List<Bilingual> columns, List<Row> rows, long provisional, @Nullable Instant awaySince) {
        public Table(List<Bilingual> columns, List<Row> rows) {
            this(columns, rows, 0, null);
        }

        public Table {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
            for (Row row : rows) {
                if (row.counts().size() != columns.size()) {
                    throw new IllegalArgumentException(
                            "row " + row.start() + " has " + row.counts().size() + " counts for " + columns.size()
                                    + " columns");
                }
            }
        }

        /** Sum of a column; null: a count in it is unknown, and so is the sum. */
        public @Nullable Long total(int column) {
            long sum = 0;
            for (Row row : rows) {
                Long count = row.counts().get(column);
                if (count == null) {
                    return null;
                }
                sum = Math.addExact(sum, count);
            }
            return sum;
        }

        /** Sum of everything; null: a count is unknown. */
        public @Nullable Long total() {
            long sum = 0;
            for (Row row : rows) {
                Long total = row.total();
                if (total == null) {
                    return null;
                }
                sum = Math.addExact(sum, total);
            }
            return sum;
        }
    }

    /**
     * What was counted in one step of time.
     *
     * @param counts calls by column; a null is unknown, which is not zero
     */
    public record Row(Instant start, List<@Nullable Long> counts) {
        public Row {
            counts = Collections.unmodifiableList(new ArrayList<>(counts)); // List.copyOf takes no unknowns
        }

        /** All columns together; null: one of them is unknown. */
        public @Nullable Long total() {
            long sum = 0;
            for (Long count : counts) {
                if (count == null) {
                    return null;
                }
                sum = Math.addExact(sum, count);
            }
            return sum;
        }
    }
}
