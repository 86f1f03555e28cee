package cn.jingshu.metering.event;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
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
        out.put(VERSION);
        writeId(event.eventId(), out);
        out.putLong(micros(event.occurredAt()));
        writeId(event.subscriptionId(), out);
        writeId(event.keyId(), out);
        out.put(event.outcome().code());
        out.put(event.sandbox() ? (byte) 1 : (byte) 0);
        out.putLong(event.quantity());
        out.putInt(event.status());
        out.putLong(event.latencyMicros());
        out.putLong(event.answerBytes());
        writeText(event.nodeId(), out);
        writeText(event.product(), out);
        writeText(event.operation(), out);
        writeText(event.purposeClass(), out);
        writeText(event.unit(), out);
        writeText(event.requestId(), out);
        writeText(event.protocol(), out);
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

    private static void writeId(UUID id, ByteBuffer out) {
        out.putLong(id.getMostSignificantBits());
        out.putLong(id.getLeastSignificantBits());
    }

    private static UUID readId(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    private static void writeText(String text, ByteBuffer out) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) utf8.length).put(utf8);
    }

    private static String readText(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
