package cn.jingshu.ledger.journal;

import java.time.Instant;

/**
 * An entry as the books hold it.
 *
 * @param number its place in the month, from 1 without gaps
 * @param bookedAt when the books learnt of it; never earlier than that of a lower number of the same month
 * @param contentSha256 64 hexadecimal digits over the content of the entry
 */
public record BookedEntry(JournalEntry entry, long number, Instant bookedAt, String contentSha256) {

    /** Whether the stored digest is the digest of the stored content. */
    public boolean isUnaltered() {
        return EntryDigest.of(entry).equals(contentSha256);
    }
}
