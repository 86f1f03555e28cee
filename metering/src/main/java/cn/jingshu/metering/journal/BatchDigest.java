package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventBytes;
import cn.jingshu.metering.event.UsageEvent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over the bytes of events as the journal holds them, one behind the other: what a shipped batch is known by. */
final class BatchDigest {
    private final MessageDigest digest;

    BatchDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** Adds the bytes from the buffer's position to its limit and leaves the buffer as it is. */
    void add(ByteBuffer event) {
        digest.update(event.duplicate());
    }

    void add(UsageEvent event) {
        ByteBuffer bytes = ByteBuffer.allocate(EventBytes.mostBytes(event));
        EventBytes.write(event, bytes);
        digest.update(bytes.flip());
    }

    /** 64 hexadecimal digits; nothing is added any more. */
    String finish() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
