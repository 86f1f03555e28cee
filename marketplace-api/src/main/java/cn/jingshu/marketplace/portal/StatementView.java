package cn.jingshu.marketplace.portal;

import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An organisation's bill for one month, line by line, so that it can be checked by hand.
 *
 * @param months months with a statement, latest first
 */
public record StatementView(
        YearMonth month, List<YearMonth> months, String organisation, String uscc, Reading<Statement> statement) {

    public StatementView {
        months = List.copyOf(months);
    }

    /**
     * The bill.
     *
     * @param netFen without tax; net plus VAT is the gross
     * @param vatPercent the rate the VAT was taken out at
     */
    public record Statement(
            State state,
            List<Line> lines,
            long netFen,
            long vatFen,
            long grossFen,
            BigDecimal vatPercent) {
        public Statement {
            lines = List.copyOf(lines);
        }
    }

    /**
     * One line: units times price.
     *
     * @param chargeId also the id of the journal entry that books it
     * @param fenPerUnit null: free of charge
     * @param priceVersion which version of the price book; empty: free
     */
    public record Line(
            UUID chargeId,
            Bilingual product,
            String operation,
            PurposeClass purpose,
            long quantity,
            MeterUnit unit,
            @Nullable BigDecimal fenPerUnit,
            String priceVersion,
            long amountFen) {}

    /** Whether it can still change. */
    public enum State implements Labelled {
        OPEN,
        CLOSED;

        @Override
        public String textKey() {
            return "enum.StatementState." + name();
        }

        /** Part of the class name in the style sheet. */
        public String css() {
            return this == CLOSED ? "done" : "warning";
        }
    }
}
