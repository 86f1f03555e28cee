package cn.jingshu.marketplace.edge;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** ASCII text while it is written, held as the bytes that are sent: heads of answers are made of it. For one thread at a time. */
public final class AsciiText {
    private static final int MOST_DIGITS = 20;

    private byte[] bytes;
    private int length;

    /** @param expected characters there is room for at first; more makes more room */
    public AsciiText(int expected) {
        bytes = new byte[expected];
    }

    /** @param ascii characters below 128; of any other its low byte is written */
    @SuppressWarnings("deprecation") // copies the bytes of a text with no array in between, which no other method does
    public AsciiText append(String ascii) {
        int more = ascii.length();
        makeRoom(more);
        ascii.getBytes(0, more, bytes, length);
        length += more;
        return this;
    }

    /** @param number in decimal digits, with a minus sign below zero */
    public AsciiText append(long number) {
        if (number < 0) {
            return append(Long.toString(number));
        }
        makeRoom(MOST_DIGITS);
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        length += digits;
        int at = length;
        long rest = number;
        do {
            bytes[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        return this;
    }

    /** Characters written so far. */
    public int length() {
        return length;
    }

    /** The bytes written to, of which the first {@link #length} count; the text's own, until more room is made. */
    public byte[] array() {
        return bytes;
    }

    private void makeRoom(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
