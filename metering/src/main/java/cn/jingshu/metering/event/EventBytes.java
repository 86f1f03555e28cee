package cn.jingshu.metering.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * The binary form of a usage event in a journal frame, big-endian: version (1 byte, now 1), ids, numbers, then each
 * text as a two-byte length and UTF-8. A later version adds a number to {@code VERSION}; what is written stays readable.
 */
public final class EventBytes {
    static final byte VERSION = 1;

    // Where the fields of an event lie, from its first byte on; the texts follow in the order in which they are written.
    static final int EVENT_ID = 1;
    static final int OCCURRED_AT = EVENT_ID + 16;
    static final int SUBSCRIPTION_ID = OCCURRED_AT + 8;
    static final int KEY_ID = SUBSCRIPTION_ID + 16;
    static final int OUTCOME = KEY_ID + 16;
    static final int SANDBOX = OUTCOME + 1;
    static final int QUANTITY = SANDBOX + 1;
    static final int STATUS = QUANTITY + 8;
    static final int LATENCY_MICROS = STATUS + 4;
    static final int ANSWER_BYTES = LATENCY_MICROS + 8;
    static final int FIXED = ANSWER_BYTES + 8;
    static final int TEXTS = 7;

    /** No event is longer than this, in bytes. */
    public static final int MOST_BYTES = 4096;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private EventBytes() {}

    /** An upper bound of what {@link #write} needs for {@code event}, in bytes. */
    public static int mostBytes(UsageEvent event) {
        int chars = event.nodeId().length()
                + event.product().length()
                + event.operation().length()
                + event.purposeClass().length()
                + event.unit().length()
                + event.requestId().length()
                + event.protocol().length();
        return FIXED + 2 * TEXTS + 3 * chars; // a char outside the surrogates is at most three bytes of UTF-8
    }

    /** Appends {@code event} at the buffer's position. */
    public static void write(UsageEvent event, ByteBuffer out) {
        byte[] bytes = new byte[mostBytes(event)];
        out.put(bytes, 0, write(event, bytes, 0));
    }

    /**
     * Writes {@code event} from {@code start} on: into an array, since a buffer checks and moves with every field.
     *
     * @param out with room for {@link #mostBytes} from {@code start} on
     * @return where it ends
     */
    public static int write(UsageEvent event, byte[] out, int start) {
        out[start] = VERSION;
        writeId(event.eventId(), out, start + EVENT_ID);
        LONG.set(out, start + OCCURRED_AT, micros(event.occurredAt()));
        writeId(event.subscriptionId(), out, start + SUBSCRIPTION_ID);
        writeId(event.keyId(), out, start + KEY_ID);
        out[start + OUTCOME] = event.outcome().code();
        out[start + SANDBOX] = event.sandbox() ? (byte) 1 : (byte) 0;
        LONG.set(out, start + QUANTITY, event.quantity());
        INT.set(out, start + STATUS, event.status());
        LONG.set(out, start + LATENCY_MICROS, event.latencyMicros());
        LONG.set(out, start + ANSWER_BYTES, event.answerBytes());
        int at = start + FIXED;
        at = writeText(event.nodeId(), out, at);
        at = writeText(event.product(), out, at);
        at = writeText(event.operation(), out, at);
        at = writeText(event.purposeClass(), out, at);
        at = writeText(event.unit(), out, at);
        at = writeText(event.requestId(), out, at);
        return writeText(event.protocol(), out, at);
    }

    /**
     * Reads one event that fills the buffer from its position to its limit.
     *
     * @throws IllegalArgumentException if the bytes are not an event of a known version
     */
    public static UsageEvent read(ByteBuffer in) {
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("event version " + version + " is unknown");
            }
            UUID eventId = readId(in);
            Instant occurredAt = instant(in.getLong());
            UUID subscriptionId = readId(in);
            UUID keyId = readId(in);
            Outcome outcome = Outcome.ofCode(in.get());
            boolean sandbox = in.get() != 0;
            long quantity = in.getLong();
            int status = in.getInt();
            long latencyMicros = in.getLong();
            long answerBytes = in.getLong();
            String nodeId = readText(in);
            String product = readText(in);
            String operation = readText(in);
            String purposeClass = readText(in);
            String unit = readText(in);
            String requestId = readText(in);
            String protocol = readText(in);
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes follow the event");
            }
            return new UsageEvent(
                    eventId,
                    occurredAt,
                    nodeId,
                    subscriptionId,
                    keyId,
                    product,
                    operation,
                    purposeClass,
                    outcome,
                    unit,
                    quantity,
                    status,
                    latencyMicros,
                    answerBytes,
                    requestId,
                    sandbox,
                    protocol);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the event ends before its fields do", e);
        }
    }

    private static long micros(Instant moment) {
        return Math.addExact(Math.multiplyExact(moment.getEpochSecond(), 1_000_000L), moment.getNano() / 1_000);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    }

    private static void writeId(UUID id, byte[] out, int at) {
        LONG.set(out, at, id.getMostSignificantBits());
        LONG.set(out, at + Long.BYTES, id.getLeastSignificantBits());
    }

    private static UUID readId(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    private static int writeText(String text, byte[] out, int at) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        SHORT.set(out, at, (short) utf8.length);
        System.arraycopy(utf8, 0, out, at + Short.BYTES, utf8.length);
        return at + Short.BYTES + utf8.length;
    }

    private static String readText(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
