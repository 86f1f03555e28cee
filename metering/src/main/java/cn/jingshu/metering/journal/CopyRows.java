package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventView;
import cn.jingshu.metering.event.EventView.Text;
import cn.jingshu.metering.event.Outcome;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Events as PostgreSQL's binary COPY format wants them; half the work of text on both sides, and nothing to escape. */
final class CopyRows {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final short COLUMNS = 18;
    private static final int MOST_BYTES_PER_ROW = 2_560;
    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;
    private static final Map<Outcome, byte[]> OUTCOMES = outcomes();

    private static final int ROWS_AT_ONCE = 64;

    private final ByteBuffer out =
            ByteBuffer.allocate(SIGNATURE.length + 8 + ROWS_AT_ONCE * MOST_BYTES_PER_ROW + 2);

    /**
     * The rows of {@code events}, the first of which has the sequence {@code firstSequence}, columns as in the SQL. They
     * are made while they are read, so that PostgreSQL stores the first while the next are made; one stream at a time.
     */
    InputStream stream(EventBatch events, long firstSequence) {
        out.clear();
        out.put(SIGNATURE).putInt(0).putInt(0);
        return new Rows(events, firstSequence);
    }

    private final class Rows extends InputStream {
        private final EventBatch events;
        private final long firstSequence;
        /**
         * The places of the events, those of one subscription together and in the order of its ids' first bits: neighbours
         * in the index by subscription go in together, so a page of it is visited about once a batch.
         */
        private final int[] order;

        private int made;

        Rows(EventBatch events, long firstSequence) {
            this.events = events;
            this.firstSequence = firstSequence;
            this.order = bySubscription(events);
            make();
        }

        /** Sorts numbers, not objects: the first bits of the subscription's id above, the place in the batch below. */
        private static int[] bySubscription(EventBatch events) {
            int placeBits = Integer.SIZE - Integer.numberOfLeadingZeros(events.size());
            long placeMask = (1L << placeBits) - 1;
            long[] keys = new long[events.size()];
            for (int place = 0; place < keys.length; place++) {
                keys[place] = (events.at(place).subscriptionHigh() & ~placeMask) | place;
            }
            Arrays.sort(keys);
            int[] places = new int[keys.length];
            for (int i = 0; i < keys.length; i++) {
                places[i] = (int) (keys[i] & placeMask);
            }
            return places;
        }

        private void make() {
            int until = Math.min(order.length, made + ROWS_AT_ONCE);
            for (; made < until; made++) {
                int place = order[made];
                row(events.at(place), firstSequence + place);
            }
            if (made == order.length) {
                out.putShort((short) -1);
                made++;
            }
            out.flip();
        }

        /** @return whether there is anything to read */
        private boolean fill() {
            if (!out.hasRemaining() && made <= order.length) {
                out.clear();
                make();
            }
            return out.hasRemaining();
        }

        @Override
        public int read() {
            return fill() ? Byte.toUnsignedInt(out.get()) : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int read = Math.min(length, out.remaining());
            out.get(target, offset, read);
            return read;
        }
    }

    private void row(EventView event, long sequence) {
        out.putShort(COLUMNS);
        event.putEventId(out.putInt(16));
        number(event.occurredAtMicros() - EPOCH_2000_MICROS);
        event.putText(Text.NODE_ID, out);
        number(sequence);
        event.putSubscriptionId(out.putInt(16));
        event.putKeyId(out.putInt(16));
        event.putText(Text.PRODUCT, out);
        event.putText(Text.OPERATION, out);
        event.putText(Text.PURPOSE_CLASS, out);
        byte[] outcome = Objects.requireNonNull(OUTCOMES.get(event.outcome()));
        out.putInt(outcome.length).put(outcome);
        event.putText(Text.UNIT, out);
        number(event.quantity());
        out.putInt(4).putInt(event.status());
        number(event.latencyMicros());
        number(event.answerBytes());
        event.putText(Text.REQUEST_ID, out);
        out.putInt(1).put(event.sandbox() ? (byte) 1 : (byte) 0);
        event.putText(Text.PROTOCOL, out);
    }

    private void number(long number) {
        out.putInt(8).putLong(number);
    }

    private static Map<Outcome, byte[]> outcomes() {
        Map<Outcome, byte[]> names = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            names.put(outcome, outcome.name().getBytes(StandardCharsets.UTF_8));
        }
        return names;
    }
}
