package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.money.Money;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry that a person writes into the books by hand, or a reversal, with its reason.
 *
 * @param entry what is booked, under the proposal's own id
 * @param limit above it a second person was needed when it was proposed
 * @param decidedBy null: it is open, or was booked by one person within the limit
 * @param ground why it was refused or withdrawn; null: it was not
 */
public record EntryProposal(
        JournalEntry entry,
        Money limit,
        UUID proposedBy,
        Instant proposedAt,
        Status status,
        @Nullable UUID decidedBy,
        @Nullable Instant decidedAt,
        @Nullable String ground) {

    /** How far it has come. */
    public enum Status {
        OPEN,
        BOOKED,
        REFUSED,
        WITHDRAWN
    }

    public UUID id() {
        return entry.entryId();
    }

    public boolean isReversal() {
        return entry.reason() == EntryReason.REVERSAL;
    }
}
