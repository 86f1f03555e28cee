package cn.jingshu.ledger.journal;

import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.money.Money;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One balanced booking (会计分录). It cannot be built unbalanced and is never changed once booked.
 *
 * @param entryId made by the caller, so that a retry is the same entry
 * @param effectiveOn the voucher date in Asia/Shanghai; its month is the period the entry belongs to
 * @param description for people, 1 to 500 characters
 * @param reverses the entry this one mirrors; null unless the reason is {@link EntryReason#REVERSAL}
 */
public record JournalEntry(
        UUID entryId,
        LocalDate effectiveOn,
        EntryReason reason,
        String description,
        @Nullable UUID reverses,
        List<Posting> postings) {

    private static final int LONGEST_DESCRIPTION = 500;

    public JournalEntry {
        postings = List.copyOf(postings);
        Money debits = total(postings, Side.DEBIT);
        Money credits = total(postings, Side.CREDIT);
        if (postings.isEmpty() || !debits.equals(credits)) {
            throw new UnbalancedEntryException(entryId, debits, credits);
        }
        if (description.isBlank() || description.length() > LONGEST_DESCRIPTION || description.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "entry " + entryId + ": description is not 1 to " + LONGEST_DESCRIPTION + " characters");
        }
        if ((reason == EntryReason.REVERSAL) != (reverses != null)) {
            throw new IllegalArgumentException(
                    "entry " + entryId + ": a reversal names the entry it reverses, no other entry does");
        }
    }

    /** An entry that reverses nothing. */
    public JournalEntry(
            UUID entryId, LocalDate effectiveOn, EntryReason reason, String description, List<Posting> postings) {
        this(entryId, effectiveOn, reason, description, null, postings);
    }

    /** The month the entry is booked in. */
    public YearMonth period() {
        return YearMonth.from(effectiveOn);
    }

    /** What is debited, which is what is credited. */
    public Money amount() {
        return total(postings, Side.DEBIT);
    }

    /**
     * The mirror of this entry (红字冲销): same accounts, amounts and dimensions on the opposite sides.
     *
     * @param why for people, becomes the description
     */
    public JournalEntry reversal(UUID reversalId, LocalDate reversedOn, String why) {
        return new JournalEntry(reversalId, reversedOn, EntryReason.REVERSAL, why, entryId, mirroredPostings());
    }

    List<Posting> mirroredPostings() {
        return postings.stream().map(Posting::mirrored).toList();
    }

    private static Money total(List<Posting> postings, Side side) {
        Money total = Money.ZERO;
        for (Posting posting : postings) {
            if (posting.side() == side) {
                total = total.plus(posting.amount());
            }
        }
        return total;
    }
}
