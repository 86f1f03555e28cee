package cn.jingshu.marketplace.portal;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Why one call is, or is not, on the bill.
 *
 * @param eventId what was asked for, as it was typed
 * @param answer empty: no such event belongs to the organisation that asks
 */
public record EventView(String eventId, Reading<Optional<Answer>> answer) {

    /**
     * The facts of one call and how far it came on the way to the bill.
     *
     * @param fenPerUnit the price in force then; null: free
     * @param priceVersion its id in the price book; empty: free by its purpose
     * @param ceilingFen the highest price allowed then; null: free, or none was set
     * @param ceilingVersion its id in the price book; empty as above
     * @param period the bill it belongs to
     * @param voided null: nobody asked to void it
     */
    public record Answer(
            UUID eventId,
            Verdict verdict,
            Instant occurredAt,
            Bilingual product,
            String operation,
            String protocol,
            Outcome outcome,
            int status,
            MeterUnit unit,
            long quantity,
            String requestId,
            PurposeClass purpose,
            @Nullable BigDecimal fenPerUnit,
            String priceVersion,
            @Nullable BigDecimal ceilingFen,
            String ceilingVersion,
            YearMonth period,
            @Nullable Voided voided,
            List<Station> way) {
        public Answer {
            way = List.copyOf(way);
        }
    }

    /** The wish to void the call and how far it came. */
    public record Voided(VoidStatus status, String reason, Instant requestedAt, @Nullable Instant decidedAt) {}

    /** How far a void has come. */
    public enum VoidStatus implements Labelled {
        REQUESTED,
        APPROVED
    }

    /** Why it is or is not billed. */
    public enum Verdict implements Labelled.Explained {
        BILLED,
        TO_BE_BILLED,
        FREE_PURPOSE,
        NOT_ANSWERED,
        NOTHING_FOUND,
        NOT_MODIFIED,
        NO_UNITS,
        SANDBOX,
        CORRECTED,
        VOID;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case BILLED -> "done";
                case TO_BE_BILLED, CORRECTED, VOID -> "warning";
                case FREE_PURPOSE, NOT_ANSWERED, NOTHING_FOUND, NOT_MODIFIED, NO_UNITS, SANDBOX -> "note";
            };
        }
    }

    /**
     * One station on the way from the call to the books.
     *
     * @param at when it was passed; null: not passed
     * @param reference what it is called there (a charge, an entry); empty: nothing to show
     */
    public record Station(Step step, Passed passed, @Nullable Instant at, String reference) {}

    /** The stations, in order. */
    public enum Step implements Labelled {
        RECORDED,
        COUNTED,
        RATED,
        CHARGED,
        POSTED,
        /** Only of a call whose void was asked for. */
        VOIDED,
        /** Only of a void call that had been rated. */
        TAKEN_BACK;

        @Override
        public String textKey() {
            return "enum.EventStep." + name();
        }
    }

    /** Whether a station was passed. */
    public enum Passed implements Labelled {
        YES,
        WAITING,
        NEVER;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case YES -> "done";
                case WAITING -> "warning";
                case NEVER -> "note";
            };
        }
    }
}
