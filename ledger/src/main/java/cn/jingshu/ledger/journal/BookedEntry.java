package cn.jingshu.ledger.journal;

import java.time.Instant;
import java.util.HexFormat;

/**
 * An entry as the books hold it.
 *
 * @param number its place in the month, from 1 without gaps
 * @param bookedAt when the books learnt of it; never earlier than that of a lower number of the same month
 * @param contentSha256 64 hexadecimal digits over the content of the entry
 * @param chainSha256 64 hexadecimal digits of its link in the month's chain ({@link EntryChain})
 */
public record BookedEntry(
        JournalEntry entry, long number, Instant bookedAt, String contentSha256, String chainSha256) {

    /** Whether the stored digest is the digest of the stored content. */
    public boolean isUnaltered() {
        return EntryDigest.of(entry).equals(contentSha256);
    }

    /**
     * Whether its link follows {@code before}.
     *
     * @param before the chain of the entry with the number before, or {@link EntryChain#start}
     */
    public boolean follows(byte[] before) {
        HexFormat hex = HexFormat.of();
        return hex.formatHex(EntryChain.link(before, hex.parseHex(contentSha256), number, bookedAt)).equals(chainSha256);
    }
}
