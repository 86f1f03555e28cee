package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventBytes;
import cn.jingshu.metering.event.UsageEvent;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One event as a segment stores it, big-endian: payload length (4 bytes), CRC32C over all but itself (4), sequence (8),
 * payload.
 */
final class Frame {
    static final int HEADER_BYTES = 16;
    static final int MOST_BYTES = HEADER_BYTES + EventBytes.MOST_BYTES;

    private Frame() {}

    /**
     * Appends the frame at the buffer's position; the caller has made room for it.
     *
     * @return the checksum written
     */
    static int write(ByteBuffer out, long sequence, UsageEvent event, CRC32C crc) {
        int start = out.position();
        out.position(start + 8).putLong(sequence);
        EventBytes.write(event, out);
        int end = out.position();
        int length = end - start - HEADER_BYTES;
        int checksum = checksum(out, start, length, crc);
        out.putInt(start, length).putInt(start + 4, checksum);
        return checksum;
    }

    /** CRC32C over length, sequence and payload of the frame that starts at {@code start}; moves nothing. */
    static int checksum(ByteBuffer bytes, int start, int length, CRC32C crc) {
        int position = bytes.position();
        int limit = bytes.limit();
        crc.reset();
        crc.update(length >>> 24);
        crc.update(length >>> 16);
        crc.update(length >>> 8);
        crc.update(length);
        bytes.limit(start + HEADER_BYTES + length).position(start + 8);
        crc.update(bytes);
        bytes.limit(limit).position(position);
        return (int) crc.getValue();
    }
}
