package cn.jingshu.marketplace.portal;

import java.math.BigDecimal;
import java.time.LocalDate;
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
     * @param reference its number; empty: a preview, which has none
     * @param dueOn until when it is to be paid; null: a preview
     * @param moves what changed the account since the statement before
     * @param openingFen owed less paid ahead, before
     * @param closingFen owed less paid ahead, with everything on it
     * @param netFen without tax; net plus VAT is the gross
     * @param shadowFen what the free use would have cost
     * @param vatPercent the rate the VAT was taken out at
     */
    public record Statement(
            State state,
            String reference,
            @Nullable LocalDate dueOn,
            List<Line> lines,
            List<Move> moves,
            long openingFen,
            long closingFen,
            long netFen,
            long vatFen,
            long grossFen,
            long shadowFen,
            BigDecimal vatPercent) {
        public Statement {
            lines = List.copyOf(lines);
            moves = List.copyOf(moves);
        }
    }

    /**
     * One line: units times price.
     *
     * @param chargeId also the id of the journal entry that books it
     * @param correctionOf the month of the usage it corrects; null: it is of the statement's own month
     * @param fenPerUnit null: free of charge
     * @param priceVersion which version of the price book; empty: free
     * @param ceilingVersion which ceiling; empty: free
     * @param shadowFen what free use would have cost; null: paid use
     */
    public record Line(
            UUID chargeId,
            Bilingual product,
            String operation,
            @Nullable YearMonth correctionOf,
            PurposeClass purpose,
            long quantity,
            MeterUnit unit,
            @Nullable BigDecimal fenPerUnit,
            String priceVersion,
            String ceilingVersion,
            long amountFen,
            @Nullable Long shadowFen) {}

    /**
     * A change of the account.
     *
     * @param netFen above zero: more is owed
     */
    public record Move(MoveKind kind, LocalDate on, String document, long netFen) {}

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
