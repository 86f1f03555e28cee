package cn.jingshu.metering.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;

/**
 * One event in its binary form ({@link EventBytes}), looked at where it lies: whoever carries fifty thousand of them to a table
 * needs their bytes, not fifty thousand objects. A view is moved from event to event, by one thread at a time.
 */
public final class EventView {
    /** The texts, in the order in which they are written. */
    public enum Text {
        NODE_ID,
        PRODUCT,
        OPERATION,
        PURPOSE_CLASS,
        UNIT,
        REQUEST_ID,
        PROTOCOL
    }

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes = new byte[0];
    private int start;
    private int end;

    // Where the length of each text begins.
    private int nodeId;
    private int product;
    private int operation;
    private int purposeClass;
    private int unit;
    private int requestId;
    private int protocol;

    /**
     * Looks at the event in {@code bytes[start, end)} from now on.
     *
     * @throws IllegalArgumentException if the bytes are not an event of a known version: see {@link EventBytes#read}
     */
    public void moveTo(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        if (end - start < EventBytes.FIXED || bytes[start] != EventBytes.VERSION) {
            throw noEvent();
        }
        nodeId = start + EventBytes.FIXED;
        product = behind(nodeId);
        operation = behind(product);
        purposeClass = behind(operation);
        unit = behind(purposeClass);
        requestId = behind(unit);
        protocol = behind(requestId);
        if (behind(protocol) != end) {
            throw noEvent();
        }
        outcome();
    }

    private int behind(int text) {
        if (text + 2 > end) {
            throw noEvent();
        }
        return text + 2 + length(text);
    }

    /** What reading it as an object says of it. */
    private IllegalArgumentException noEvent() {
        try {
            event();
        } catch (IllegalArgumentException why) {
            return why;
        }
        throw new IllegalStateException("an event that can be read cannot be looked at");
    }

    /** The event as an object of its own. */
    public UsageEvent event() {
        return EventBytes.read(ByteBuffer.wrap(bytes, start, end - start));
    }

    /** Microseconds since 1970. */
    public long occurredAtMicros() {
        return number(EventBytes.OCCURRED_AT);
    }

    public Instant occurredAt() {
        return EventBytes.instant(occurredAtMicros());
    }

    /** The first eight bytes of the subscription's id. */
    public long subscriptionHigh() {
        return number(EventBytes.SUBSCRIPTION_ID);
    }

    /** The last eight bytes of the subscription's id. */
    public long subscriptionLow() {
        return number(EventBytes.SUBSCRIPTION_ID + 8);
    }

    public Outcome outcome() {
        return Outcome.ofCode(bytes[start + EventBytes.OUTCOME]);
    }

    public boolean sandbox() {
        return bytes[start + EventBytes.SANDBOX] != 0;
    }

    public long quantity() {
        return number(EventBytes.QUANTITY);
    }

    public int status() {
        return (int) INT.get(bytes, start + EventBytes.STATUS);
    }

    public long latencyMicros() {
        return number(EventBytes.LATENCY_MICROS);
    }

    public long answerBytes() {
        return number(EventBytes.ANSWER_BYTES);
    }

    /** Appends the sixteen bytes of the event's id. */
    public void putEventId(ByteBuffer out) {
        out.put(bytes, start + EventBytes.EVENT_ID, 16);
    }

    /** Appends the sixteen bytes of the subscription's id. */
    public void putSubscriptionId(ByteBuffer out) {
        out.put(bytes, start + EventBytes.SUBSCRIPTION_ID, 16);
    }

    /** Appends the sixteen bytes of the key's id. */
    public void putKeyId(ByteBuffer out) {
        out.put(bytes, start + EventBytes.KEY_ID, 16);
    }

    /** Appends the length of a text in bytes, as four of them, and its UTF-8. */
    public void putText(Text text, ByteBuffer out) {
        int at = at(text);
        int length = length(at);
        out.putInt(length).put(bytes, at + 2, length);
    }

    private int length(int text) {
        return Short.toUnsignedInt((short) SHORT.get(bytes, text));
    }

    private long number(int field) {
        return (long) LONG.get(bytes, start + field);
    }

    private int at(Text text) {
        return switch (text) {
            case NODE_ID -> nodeId;
            case PRODUCT -> product;
            case OPERATION -> operation;
            case PURPOSE_CLASS -> purposeClass;
            case UNIT -> unit;
            case REQUEST_ID -> requestId;
            case PROTOCOL -> protocol;
        };
    }

    /** Whether the event is of the node whose id has these bytes in UTF-8. */
    public boolean isOf(byte[] node) {
        return Arrays.equals(bytes, nodeId + 2, product, node, 0, node.length);
    }

    /** Product, operation, class of purpose and unit as they are written, one behind the other; equal for equal kinds of calls. */
    public byte[] kind() {
        return Arrays.copyOfRange(bytes, product, requestId);
    }

    /** Whether {@link #kind} has these bytes. */
    public boolean isOfKind(byte[] kind) {
        return Arrays.equals(bytes, product, requestId, kind, 0, kind.length);
    }
}
