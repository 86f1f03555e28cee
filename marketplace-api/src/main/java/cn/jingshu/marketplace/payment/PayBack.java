package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.money.Money;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a leaving consumer gets back of what it paid ahead (退还预收款).
 *
 * @param reference stands in the transfer's text; the bank's line is known by it
 * @param aloneLimit up to it one person may ask and approve: the limit as it was when it was asked for, less what the consumer was paid back in the year before
 * @param heldUntil until then the money is held for it, and it may be approved; null: it was asked for before money was held
 * @param bankReference the bank's own number of the transfer; null: not stated
 * @param ground why it was returned or cancelled; null: it was not
 */
public record PayBack(UUID id, UUID organisationId, Money amount, PaymentOrder.Payee payee, String reference, String reason, Money aloneLimit,
        Status status, UUID requestedBy, Instant requestedAt, @Nullable Instant heldUntil, @Nullable UUID approvedBy, @Nullable Instant approvedAt,
        @Nullable UUID sentBy, @Nullable Instant sentAt, @Nullable String bankReference, @Nullable Instant endedAt, @Nullable String ground) {

    /** Whether nobody approved it while its money was held. */
    boolean lapsedAt(Instant moment) {
        return status == Status.REQUESTED && heldUntil != null && !moment.isBefore(heldUntil);
    }

    /** Where it stands; it goes forward only. */
    public enum Status {
        /** Its money is held. */
        REQUESTED,
        /** Set aside of the prepayment and in the books. */
        APPROVED,
        /** The bank has been told. */
        SENT,
        /** The bank's file shows it. */
        PAID,
        /** The bank refused it, or the money came back; it is paid ahead again. */
        RETURNED,
        CANCELLED,
        /** Somebody said that the bank refused it, and the bank paid: two people said so, and it was taken of the prepayment again. */
        PAID_AFTER_ALL
    }

    /** The entry and movement that set it aside. */
    UUID asideId() {
        return idOf("aside");
    }

    /** The same, if the close of the month it was reserved in has begun before it is approved. */
    UUID laterAsideId() {
        return idOf("aside later");
    }

    /** The entry and movement that give it back to the prepayment. */
    UUID endedId() {
        return idOf("ended");
    }

    /** The entry and movement that set it aside again, since the bank paid after all. */
    UUID asideAfterAllId() {
        return idOf("aside after all");
    }

    /** The entry and movement that give it back to the prepayment when that money comes back, too. */
    UUID endedAfterAllId() {
        return idOf("ended after all");
    }

    /** 借 其他应付款–待退预收款, 贷 银行存款, on {@code day}. */
    JournalEntry paid(LocalDate day) {
        return new JournalEntry(idOf("paid"), day, EntryReason.REFUND, "退还预收款 " + reference,
                List.of(Posting.debit(Chart.PREPAYMENTS_RETURNED, amount, about()), Posting.credit(Chart.BANK, amount, about())));
    }

    /** The mirror of {@link #paid}: the money came back. */
    JournalEntry cameBack(LocalDate day) {
        return new JournalEntry(idOf("came back"), day, EntryReason.REFUND, "退汇 " + reference,
                List.of(Posting.debit(Chart.BANK, amount, about()), Posting.credit(Chart.PREPAYMENTS_RETURNED, amount, about())));
    }

    private Dimensions about() {
        return Dimensions.authorisedOperation().withConsumer(organisationId.toString());
    }

    private UUID idOf(String what) {
        return UUID.nameUUIDFromBytes(("jingshu/pay-back/" + id + "/" + what).getBytes(StandardCharsets.UTF_8));
    }
}
