package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the data bureau has to decide: uses that were applied for, and which calls went beyond theirs. Fields of a
 * decision: {@code decision}, {@code reason}.
 */
public record ApprovalsView(Reading<List<Application>> waiting, Reading<List<Decided>> decided,
        Reading<List<Alert>> alerts, Reading<List<Overdue>> overdue, Form form) {

    /** A term that has passed; {@code left} says by how much. */
    public record Overdue(Bilingual term, String reference, Bilingual name, LocalDate dueOn, Bilingual left) {}

    /**
     * A use, or a change of its plan, that waits for a decision.
     *
     * @param fromPlan the plan it is on now; null: it is not approved yet, and this is no change
     * @param dueOn last day by which it must be answered; null: it was decided while the page was read
     * @param left the working days left, and whether the day can still change; null: likewise
     * @param ownApplication true: the reader applied, so somebody else must decide
     */
    public record Application(
            UUID id,
            String organisation,
            String uscc,
            String applicant,
            Bilingual product,
            @Nullable Bilingual fromPlan,
            Bilingual plan,
            PurposeClass purpose,
            String statement,
            Instant submittedAt,
            @Nullable LocalDate dueOn,
            @Nullable Bilingual left,
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

    /** One hour of one party's calls against one rule; {@code rule} is the refusal's code, {@code meaning} its sentence. */
    public record Alert(String organisation, Bilingual product, String operation, String rule, Bilingual meaning,
            long calls, Instant lastAt, AlertStatus status) {}

    /** What an alert was found to be. */
    public enum AlertStatus implements Labelled {
        OPEN,
        VERIFIED,
        DISMISSED;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case OPEN -> "warning";
                case VERIFIED -> "failed";
                case DISMISSED -> "done";
            };
        }
    }

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
