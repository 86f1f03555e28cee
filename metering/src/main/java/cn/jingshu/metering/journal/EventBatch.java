package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventBytes;
import cn.jingshu.metering.event.EventView;
import cn.jingshu.metering.event.UsageEvent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntPredicate;

/** Events of a journal in their order, as the bytes they are: one array for all of them. */
final class EventBatch {
    private static final int FIRST_BYTES = 1 << 14;

    private byte[] bytes = new byte[FIRST_BYTES];
    /** Where each event ends, which is where the next begins. */
    private int[] ends = new int[64];

    private int size;
    private final EventView view = new EventView();

    /** The events, in their binary form. */
    static EventBatch of(List<UsageEvent> events) {
        EventBatch batch = new EventBatch();
        ByteBuffer one = ByteBuffer.allocate(Frame.MOST_BYTES);
        for (UsageEvent event : events) {
            EventBytes.write(event, one.clear());
            batch.add(one.flip());
        }
        return batch;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Takes the event that fills the buffer from its position to its limit. @throws IllegalArgumentException if it is none */
    void add(ByteBuffer event) {
        int start = start(size);
        int end = Math.addExact(start, event.remaining());
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, 2 * size);
        }
        event.get(bytes, start, end - start);
        view.moveTo(bytes, start, end);
        ends[size] = end;
        size++;
    }

    private int start(int place) {
        return place == 0 ? 0 : ends[place - 1];
    }

    /** The event at a place, from 0; good until the next is asked for. */
    EventView at(int place) {
        view.moveTo(bytes, start(place), ends[place]);
        return view;
    }

    /** The last event. */
    EventView last() {
        return at(size - 1);
    }

    /** The events as objects. */
    List<UsageEvent> events() {
        List<UsageEvent> events = new ArrayList<>(size);
        for (int place = 0; place < size; place++) {
            events.add(at(place).event());
        }
        return events;
    }

    /**
     * What a shipped batch is known by: SHA-256 over the bytes of some of the events, one behind the other.
     *
     * @param stored whether the event at a place is one of them
     * @return 64 hexadecimal digits
     */
    String sha256(IntPredicate stored) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int place = 0; place < size; place++) {
                if (stored.test(place)) {
                    digest.update(bytes, start(place), ends[place] - start(place));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** Forgets the events and keeps their room. */
    void clear() {
        size = 0;
    }
}
