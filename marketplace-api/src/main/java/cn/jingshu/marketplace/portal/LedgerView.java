package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The general ledger: all accounts, one account line by line, or accounts by a dimension; as of a day, as known at a moment.
 *
 * @param query what was asked for, as the form shows it again
 * @param accounts of the chart
 * @param dimensions by which accounts can be told apart
 * @param csvHref the same as a file; null: what was asked for is wrong
 * @param mayWrite the reader writes entries by hand, or reads those that were
 */
public record LedgerView(Form query, List<Account> accounts, List<LedgerBy> dimensions, Reading<Shown> shown, @Nullable String csvHref,
        boolean mayWrite) {
    private static final int CHART_WIDTH = 1000;

    public LedgerView {
        accounts = List.copyOf(accounts);
        dimensions = List.copyOf(dimensions);
    }

    /** By what accounts can be told apart. */
    public enum LedgerBy implements Labelled {
        PRODUCT,
        PROVIDER,
        MERCHANT,
        CONSUMER,
        PURPOSE_CLASS,
        BUSINESS_LINE,
        PRICE_VERSION,
        SERVICE_PERIOD
    }

    /** An account of the chart. */
    public record Account(String code, Bilingual name) {}

    /** What is shown. */
    public sealed interface Shown {}

    /** Every account that has moved; debits less credits. */
    public record Trial(List<Row> rows, long debitFen, long creditFen) implements Shown {
        public Trial {
            rows = List.copyOf(rows);
        }

        /** How far a balance reaches in a chart 1,000 wide. */
        public int width(long fen) {
            return LedgerView.width(fen, rows.stream().mapToLong(row -> Math.abs(row.balanceFen())).max().orElse(0));
        }
    }

    /** One account of the trial balance. */
    public record Row(String account, Bilingual name, long debitFen, long creditFen, long balanceFen) {}

    /**
     * An account line by line.
     *
     * @param moreHref where the lines go on; null: these are the last
     */
    public record Statement(String account, Bilingual name, long openingFen, List<Line> lines, long closingFen, @Nullable String moreHref)
            implements Shown {
        public Statement {
            lines = List.copyOf(lines);
        }
    }

    /**
     * One posting.
     *
     * @param about its dimensions as text; empty: none
     * @param balanceFen after it, debits less credits
     */
    public record Line(LocalDate on, long number, UUID entryId, Instant bookedAt, String description, String about, long debitFen,
            long creditFen, long balanceFen) {}

    /** Accounts by values of a dimension. */
    public record ByDimension(List<Turnover> rows, @Nullable String moreHref) implements Shown {
        public ByDimension {
            rows = List.copyOf(rows);
        }

        public int width(long fen) {
            return LedgerView.width(fen, rows.stream().mapToLong(row -> Math.abs(row.closingFen())).max().orElse(0));
        }
    }

    /** @param value empty: postings without the dimension */
    public record Turnover(String account, Bilingual name, String value, long openingFen, long debitFen, long creditFen, long closingFen) {}

    private static int width(long fen, long longest) {
        return longest <= 0 || fen == 0 ? 0 : (int) Math.max(1, Math.min(CHART_WIDTH, Math.abs(fen) / (longest / CHART_WIDTH + 1)));
    }
}
