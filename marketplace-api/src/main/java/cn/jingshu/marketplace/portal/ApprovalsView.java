package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/** What the data bureau has to decide: uses that were applied for. Fields of a decision: {@code decision}, {@code reason}. */
public record ApprovalsView(Reading<List<Application>> waiting, Reading<List<Decided>> decided, Form form) {

    /**
     * A use that waits for a decision.
     *
     * @param dueOn last day by which it must be answered
     * @param ownApplication true: the reader applied, so somebody else must decide
     */
    public record Application(
            UUID id,
            String organisation,
            String uscc,
            String applicant,
            Bilingual product,
            Bilingual plan,
            PurposeClass purpose,
            String statement,
            Instant submittedAt,
            LocalDate dueOn,
            boolean ownApplication) {}

    /** A decision that was taken. */
    public record Decided(
            UUID id,
            String organisation,
            Bilingual product,
            PurposeClass purpose,
            Decision decision,
            String reason,
            String decidedBy,
            Instant decidedAt) {}

    /** How it was decided. */
    public enum Decision implements Labelled {
        APPROVED,
        REFUSED;

        /** Part of the class name in the style sheet. */
        public String css() {
            return this == APPROVED ? "done" : "failed";
        }
    }
}
