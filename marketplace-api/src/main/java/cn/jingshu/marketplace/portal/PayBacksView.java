package cn.jingshu.marketplace.portal;

import cn.jingshu.ledger.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Prepayments that are paid back: what can be asked for, and what became of what was.
 *
 * @param freshId the id a request would have, so that a form sent twice is one
 * @param operates the reader asks for any consumer, sends and cancels
 * @param mayApprove the reader approves
 * @param mayAsk the reader asks for what {@code rooms} names
 * @param rooms the reader's own organisation, or for the operator every consumer that has paid ahead
 */
public record PayBacksView(UUID freshId, boolean operates, boolean mayApprove, boolean mayAsk, Reading<List<Room>> rooms,
        Reading<List<PayBack>> payBacks, Form form) {

    /**
     * What one consumer could be paid back now.
     *
     * @param obstacle what stands in the way; null: nothing
     */
    public record Room(UUID organisationId, Bilingual consumer, String payee, long mostFen, @Nullable Bilingual obstacle) {
        /** {@code 1200.50}, as a form's field holds it. */
        public String mostYuan() {
            return Money.ofFen(mostFen).toYuan();
        }
    }

    /** Where a pay-back stands. */
    public enum PayBackState implements Labelled {
        REQUESTED,
        APPROVED,
        SENT,
        PAID,
        RETURNED,
        CANCELLED,
        PAID_AFTER_ALL;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case REQUESTED, APPROVED, SENT -> "warning";
                case PAID, PAID_AFTER_ALL -> "done";
                case RETURNED, CANCELLED -> "failed";
            };
        }
    }

    /**
     * A pay-back.
     *
     * @param payee name, bank and account, as far as the reader may see it
     * @param heldUntil until then its money is held and it may be approved; null: it is not held any more, or never was
     * @param approveFault why the reader does not approve it; null: nothing stands in the way
     * @param sendFault likewise of telling the bank
     * @param refuseFault likewise of saying that the bank refused
     * @param ground why it was returned or cancelled; empty: it was not
     */
    public record PayBack(UUID id, String reference, Bilingual consumer, long fen, String payee, String reason, PayBackState state,
            Instant requestedAt, @Nullable Instant heldUntil, @Nullable Instant endedAt, String ground, @Nullable Bilingual approveFault, @Nullable Bilingual sendFault,
            @Nullable Bilingual refuseFault, List<Paper> papers) {
        public PayBack {
            papers = List.copyOf(papers);
        }
    }

    /** A paper of the bank; its name is what somebody called it. */
    public record Paper(String sha256, String name, long bytes) {}
}
