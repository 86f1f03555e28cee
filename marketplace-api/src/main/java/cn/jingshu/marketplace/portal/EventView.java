package cn.jingshu.marketplace.portal;

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
     * @param period the bill it belongs to
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
            YearMonth period,
            List<Station> way) {
        public Answer {
            way = List.copyOf(way);
        }
    }

    /** Why it is or is not billed. */
    public enum Verdict implements Labelled.Explained {
        BILLED,
        TO_BE_BILLED,
        FREE_PURPOSE,
        NOT_BILLABLE,
        SANDBOX,
        CORRECTED;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case BILLED -> "done";
                case TO_BE_BILLED, CORRECTED -> "warning";
                case FREE_PURPOSE, NOT_BILLABLE, SANDBOX -> "note";
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
        POSTED;

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
