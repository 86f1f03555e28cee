package cn.jingshu.metering.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/** Walks the frames of one segment from an offset, checking each; it reads through a small window, never the whole file. */
final class FrameCursor {
    /** What {@link #advance} found at the cursor's offset. */
    enum Found {
        /** A sound frame with the expected sequence; the cursor stands behind it. */
        FRAME,
        /** Nothing: the bytes end where the last frame ends. */
        END,
        /** The beginning of a frame whose rest is not there. */
        INCOMPLETE,
        /** Bytes that are no frame; {@link #damage} says why. */
        DAMAGED
    }

    private static final int WINDOW_BYTES = 1 << 16;
    private static final int SHORTEST_PAYLOAD = 64;
    /** What a disk writes whole or not at all; what is written at a time is a multiple of it. */
    private static final int SECTOR_BYTES = 512;

    private final FileChannel channel;
    private final long end;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private final CRC32C crc = new CRC32C();
    private long windowStart;
    private long offset;
    private long expectedSequence;
    private int checksum;
    private int frameBytes;
    private String damage = "";
    private ByteBuffer payload = ByteBuffer.allocate(0);

    /** @param end the first byte that is not looked at; at most the length of the file */
    FrameCursor(FileChannel channel, long offset, long end, long expectedSequence) {
        this.channel = channel;
        this.windowStart = offset;
        this.offset = offset;
        this.end = end;
        this.expectedSequence = expectedSequence;
    }

    Found advance() throws IOException {
        if (offset == end) {
            return Found.END;
        }
        Found found = look(offset);
        if (found != Found.FRAME) {
            return found;
        }
        int start = (int) (offset - windowStart);
        long sequence = window.getLong(start + 8);
        if (sequence != expectedSequence) {
            damage = "sequence " + sequence + " where " + expectedSequence + " was expected";
            return Found.DAMAGED;
        }
        int length = window.getInt(start);
        checksum = window.getInt(start + 4);
        frameBytes = Frame.HEADER_BYTES + length;
        payload = window.slice(start + Frame.HEADER_BYTES, length);
        offset += frameBytes;
        expectedSequence++;
        return Found.FRAME;
    }

    /** Where the next frame begins. */
    long offset() {
        return offset;
    }

    /** The sequence the next frame must have. */
    long nextSequence() {
        return expectedSequence;
    }

    /** Checksum of the frame last found. */
    int checksum() {
        return checksum;
    }

    /** Length of the frame last found, header included. */
    int frameBytes() {
        return frameBytes;
    }

    /** The event's bytes of the frame last found, good until the next {@link #advance}. */
    ByteBuffer payload() {
        return payload;
    }

    /** Why the bytes at the offset are no frame. */
    String damage() {
        return damage;
    }

    /**
     * Looks for a sound frame at or behind the damage at the cursor (at it when only its sequence is wrong): what tells a torn tail (nothing was written
     * after it) from damage in the middle.
     */
    OptionalLong findFrameBehindDamage() throws IOException {
        String why = damage;
        for (long at = offset; at < end - Frame.HEADER_BYTES; at++) {
            if (look(at) == Found.FRAME
                    && (at == offset || window.getLong((int) (at - windowStart) + 8) >= expectedSequence)) {
                damage = why;
                return OptionalLong.of(at);
            }
        }
        damage = why;
        return OptionalLong.empty();
    }

    /**
     * Whether the bytes behind the cursor, up to the end, are what a write leaves that did not come about: the first bytes of a frame and nothing
     * more, or, after a loss of power, zeros from where the frame or one of its sectors begins. A frame that is there to its last byte was
     * written, and may have been answered for.
     */
    boolean isUnfinishedWrite(Found found) throws IOException {
        long left = end - offset;
        if (found == Found.INCOMPLETE) {
            return left < Frame.HEADER_BYTES || left > Frame.MOST_BYTES || !isWholeButForItsLength((int) left);
        }
        long zeros = firstOfZerosAtTheEnd();
        long sector = (zeros + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
        return zeros == offset || sector < end;
    }

    /** Whether a frame stands here that ends where the bytes do, and says that it is longer. */
    private boolean isWholeButForItsLength(int bytes) throws IOException {
        load(offset, bytes);
        int start = (int) (offset - windowStart);
        int length = bytes - Frame.HEADER_BYTES;
        int said = window.getInt(start);
        window.putInt(start, length);
        boolean whole = Frame.checksum(window, start, length, crc) == window.getInt(start + 4);
        window.putInt(start, said);
        return whole;
    }

    /** Where the zeros begin that the bytes end with; the end if they end with none. */
    private long firstOfZerosAtTheEnd() throws IOException {
        long first = end;
        for (long at = offset; at < end; at++) {
            load(at, 1);
            boolean zero = window.get((int) (at - windowStart)) == 0;
            first = zero ? Math.min(first, at) : end;
        }
        return first;
    }

    private Found look(long at) throws IOException {
        if (end - at < Frame.HEADER_BYTES) {
            damage = "the frame ends within its header";
            return Found.INCOMPLETE;
        }
        load(at, Frame.HEADER_BYTES);
        int start = (int) (at - windowStart);
        int length = window.getInt(start);
        if (length < SHORTEST_PAYLOAD || length > Frame.MOST_BYTES - Frame.HEADER_BYTES) {
            damage = "length " + length + " is none a frame can have";
            return Found.DAMAGED;
        }
        if (end - at < Frame.HEADER_BYTES + length) {
            damage = "the frame ends within its payload";
            return Found.INCOMPLETE;
        }
        load(at, Frame.HEADER_BYTES + length);
        start = (int) (at - windowStart);
        if (Frame.checksum(window, start, length, crc) != window.getInt(start + 4)) {
            damage = "the checksum does not fit";
            return Found.DAMAGED;
        }
        return Found.FRAME;
    }

    /** Makes the window hold {@code bytes} bytes from {@code at}. */
    private void load(long at, int bytes) throws IOException {
        if (at >= windowStart && at + bytes <= windowStart + window.limit()) {
            return;
        }
        windowStart = at;
        window.clear().limit((int) Math.min(window.capacity(), end - at));
        while (window.hasRemaining()) {
            if (channel.read(window, windowStart + window.position()) < 0) {
                break;
            }
        }
        window.flip();
        if (window.limit() < bytes) {
            throw new IOException("the segment shrank while it was read: byte " + (at + bytes) + " is gone");
        }
    }
}
