package cn.jingshu.ledger.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;

/**
 * The chain of a month's entries: each names the one before it, so that none can be taken out, put in between, moved or given
 * another time of booking. The database reckons the same ({@code ledger.chain_link}) and refuses what does not follow.
 */
public final class EntryChain {
    private EntryChain() {}

    /** What the first entry of a month follows. */
    public static byte[] start(YearMonth period) {
        return sha256(("jingshu chain 1 " + period).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The chain up to and with one entry.
     *
     * @param before the chain of the entry before it, or {@link #start}
     * @param contentSha256 32 bytes over its content
     * @param bookedAt counts in whole microseconds
     */
    public static byte[] link(byte[] before, byte[] contentSha256, long number, Instant bookedAt) {
        return sha256(ByteBuffer.allocate(before.length + contentSha256.length + 2 * Long.BYTES)
                .put(before)
                .put(contentSha256)
                .putLong(number)
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, bookedAt))
                .array());
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
