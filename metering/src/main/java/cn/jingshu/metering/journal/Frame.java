package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventBytes;
import cn.jingshu.metering.event.UsageEvent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * One event as a segment stores it, big-endian: payload length (4 bytes), CRC32C over all but itself (4), sequence (8),
 * payload.
 */
final class Frame {
    static final int HEADER_BYTES = 16;
    static final int MOST_BYTES = HEADER_BYTES + EventBytes.MOST_BYTES;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Frame() {}

    /**
     * Appends the frame at the buffer's position; the caller has made room for it.
     *
     * @param scratch at least {@link #MOST_BYTES} that are the caller's alone: the frame is made there and copied once
     * @return the checksum written
     */
    static int write(ByteBuffer out, long sequence, UsageEvent event, CRC32C crc, byte[] scratch) {
        int end = EventBytes.write(event, scratch, HEADER_BYTES);
        // What the checksum covers stands in one piece: the length is put where the checksum will be, and then where it belongs.
        INT.set(scratch, 4, end - HEADER_BYTES);
        LONG.set(scratch, 8, sequence);
        crc.reset();
        crc.update(scratch, 4, end - 4);
        int checksum = (int) crc.getValue();
        INT.set(scratch, 0, end - HEADER_BYTES);
        INT.set(scratch, 4, checksum);
        out.put(scratch, 0, end);
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
