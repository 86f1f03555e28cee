package cn.jingshu.products.transit.feed;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Bytes of a feed, never more of them than the cap. */
final class FeedBytes {
    /** Largest feed taken, packed or unpacked; the largest real ones are a few megabytes. */
    static final int CAP = 32 * 1024 * 1024;

    private FeedBytes() {}

    /** Reads to the end; @throws FeedException when there is more than the cap. */
    static byte[] read(String name, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(CAP + 1);
        if (bytes.length > CAP) {
            throw new FeedException("The feed " + name + " is larger than " + CAP + " bytes.");
        }
        return bytes;
    }

    /** Unpacks gzip, by its first two bytes; anything else is returned as it is. */
    static byte[] unpacked(String name, byte[] bytes) {
        if (bytes.length < 2 || bytes[0] != (byte) 0x1f || bytes[1] != (byte) 0x8b) {
            return bytes;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return read(name, in);
        } catch (IOException e) {
            throw new FeedException("The feed " + name + " is damaged gzip: " + e.getMessage() + ".", e);
        }
    }
}
