package cn.jingshu.ledger.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry that is reserved: it counts in no balance until it is booked.
 *
 * @param voidedAt null: it was not voided
 * @param postedAt when it was booked; null: it is not
 */
public record PendingEntry(
        JournalEntry entry, Instant reservedAt, Instant expiresAt, @Nullable Instant voidedAt, @Nullable Instant postedAt) {

    /** How a reservation stands. */
    public enum State {
        /** It reserves, and may be booked or voided. */
        PENDING,
        POSTED,
        VOIDED,
        /** Its time was over before it was booked or voided. */
        EXPIRED
    }

    /** How it stands at {@code moment}, as known now. */
    public State stateAt(Instant moment) {
        if (postedAt != null) {
            return State.POSTED;
        }
        if (voidedAt != null) {
            return State.VOIDED;
        }
        return moment.isBefore(expiresAt) ? State.PENDING : State.EXPIRED;
    }
}
