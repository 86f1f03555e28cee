package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventView;
import cn.jingshu.metering.journal.FrameBatch.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Single events that this node has recorded and not shipped, found by reading the end of its own journal when somebody asks. Those
 * of other nodes are not in it, and an event that was shipped a moment ago may be; who finds none here looks among the stored ones once more.
 */
public final class UnshippedEvents {
    /** Behind so many a reading would take seconds: then they are found once they are shipped, as those of other nodes. */
    static final long MOST_READ = 500_000;

    private final UsageJournal journal;
    private final Shipper shipper;

    /** @param shipper of this journal */
    public UnshippedEvents(UsageJournal journal, Shipper shipper) {
        this.journal = journal;
        this.shipper = shipper;
    }

    /** The event with this id. */
    public Optional<RecordedEvent> find(UUID eventId) throws IOException {
        ByteBuffer wanted = ByteBuffer.allocate(16).putLong(eventId.getMostSignificantBits()).putLong(eventId.getLeastSignificantBits()).flip();
        ByteBuffer id = ByteBuffer.allocate(16);
        return list(event -> {
            event.putEventId(id.clear());
            return id.flip().equals(wanted);
        }).stream().findFirst(); // one may be in the journal twice, and counts once
    }

    /** The events that came with this request id, in the order in which they were recorded. */
    public List<RecordedEvent> listByRequest(String requestId) throws IOException {
        return list(event -> event.event().requestId().equals(requestId));
    }

    /** One at a time: whoever asks for what is not there again and again takes no more than one reader's part of the processor. */
    private synchronized List<RecordedEvent> list(Predicate<EventView> wanted) throws IOException {
        List<RecordedEvent> found = new ArrayList<>();
        Optional<Position> from = shipper.findPosition();
        UsageJournal.End end = journal.committed();
        if (from.isEmpty() || end.nextSequence() - from.get().nextSequence() > MOST_READ) {
            return found;
        }
        try {
            new JournalTail(journal.path(), from.get()).readTo(end, (event, sequence) -> {
                if (wanted.test(event)) {
                    found.add(new RecordedEvent(event.event(), sequence));
                }
            });
        } catch (NoSuchFileException shipped) {
            return found; // and deleted meanwhile: what is not found is stored
        }
        return found;
    }
}
