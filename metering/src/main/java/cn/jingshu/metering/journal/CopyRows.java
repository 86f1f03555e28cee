package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.UsageEvent;
import java.io.InputStream;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Events as PostgreSQL's binary COPY format wants them; half the work of text on both sides, and nothing to escape. */
final class CopyRows {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final short COLUMNS = 18;
    private static final int MOST_BYTES_PER_ROW = 2_560;
    private static final long EPOCH_2000_SECONDS = 946_684_800L;

    private ByteBuffer out = ByteBuffer.allocate(1 << 16);

    /** The rows of {@code events}, the first of which has the sequence {@code firstSequence}, columns as in the SQL. */
    InputStream stream(List<UsageEvent> events, long firstSequence) {
        out.clear();
        out.put(SIGNATURE).putInt(0).putInt(0);
        long sequence = firstSequence;
        for (UsageEvent event : events) {
            makeRoom();
            row(event, sequence++);
        }
        makeRoom();
        out.putShort((short) -1);
        return new ByteArrayInputStream(out.array(), 0, out.position());
    }

    private void row(UsageEvent event, long sequence) {
        out.putShort(COLUMNS);
        id(event.eventId());
        moment(event.occurredAt());
        text(event.nodeId());
        number(sequence);
        id(event.subscriptionId());
        id(event.keyId());
        text(event.product());
        text(event.operation());
        text(event.purposeClass());
        text(event.outcome().name());
        text(event.unit());
        number(event.quantity());
        out.putInt(4).putInt(event.status());
        number(event.latencyMicros());
        number(event.answerBytes());
        text(event.requestId());
        out.putInt(1).put(event.sandbox() ? (byte) 1 : (byte) 0);
        text(event.protocol());
    }

    private void makeRoom() {
        if (out.remaining() < MOST_BYTES_PER_ROW) {
            out = ByteBuffer.allocate(out.capacity() * 2).put(out.flip());
        }
    }

    private void id(UUID id) {
        out.putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private void number(long number) {
        out.putInt(8).putLong(number);
    }

    private void moment(Instant moment) {
        number((moment.getEpochSecond() - EPOCH_2000_SECONDS) * 1_000_000L + moment.getNano() / 1_000);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length).put(bytes);
    }
}
