package cn.jingshu.marketplace.billing;

import java.time.Instant;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The wish to void a usage event (作废) and what became of it. Two people stand behind a void: one who asked, another
 * who approved.
 *
 * @param id also the id of the void in the meter
 * @param usageMonth the month the event occurred in
 * @param occurredAt of the event
 * @param quantity units the event counted, which the void takes back
 * @param sandbox whether the event was one of the sandbox, which no bill ever counted
 * @param decidedBy null: nobody has decided yet
 * @param refusal why it was refused; null: it was not
 * @param ratedUntil approved: the youngest month that had been rated by then; null: none had, or it is not approved
 */
public record EventVoid(
        UUID id,
        UUID eventId,
        YearMonth usageMonth,
        Instant occurredAt,
        UUID subscriptionId,
        String product,
        String operation,
        String purpose,
        String unit,
        long quantity,
        boolean sandbox,
        String reason,
        UUID requestedBy,
        Instant requestedAt,
        Status status,
        @Nullable UUID decidedBy,
        @Nullable Instant decidedAt,
        @Nullable String refusal,
        @Nullable YearMonth ratedUntil) {

    /** How far it has come. */
    public enum Status {
        REQUESTED,
        /** The event counts no more. */
        APPROVED,
        REFUSED
    }

    /** Whether the month had been rated when the void came, so that a later bill takes the units back. */
    public boolean isCorrection() {
        return ratedUntil != null && !usageMonth.isAfter(ratedUntil);
    }
}
