package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.EventView;
import cn.jingshu.metering.journal.FrameBatch.Position;
import cn.jingshu.metering.journal.FrameCursor.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Reads the events of a journal from a place on, as they are written. It reads what was just written, so from memory, and
 * leaves the disk alone: nobody is told that what it read is safe.
 */
final class JournalTail {
    /** What is done with each event; the view is valid during the call. */
    @FunctionalInterface
    interface Reader {
        void meets(EventView event, long sequence);
    }

    private final Path directory;
    private final EventView view = new EventView();

    private long segment;
    private long offset;
    private long nextSequence;

    /** @param from where to begin, as the shipper left it */
    JournalTail(Path directory, Position from) {
        this.directory = directory;
        this.segment = from.segment();
        this.offset = from.offset();
        this.nextSequence = from.nextSequence();
    }

    /** The first place that was not read. */
    long nextSequence() {
        return nextSequence;
    }

    /**
     * Reads on to {@code end} and shows what it meets.
     *
     * @throws NoSuchFileException if what comes next was shipped and deleted meanwhile: the shipper says where to go on
     * @throws JournalCorruptException if a frame is damaged
     */
    void readTo(UsageJournal.End end, Reader reader) throws IOException {
        while (nextSequence < end.nextSequence()) {
            long before = nextSequence;
            boolean there = segment != 0 && readSegment(end, reader);
            if (!there || nextSequence == before) {
                follow(end);
            }
        }
    }

    /** @return false: the segment was shipped to its end and deleted */
    private boolean readSegment(UsageJournal.End end, Reader reader) throws IOException {
        Path path = Segment.in(directory, segment).path();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = end.segment() == segment ? end.offset() : channel.size();
            FrameCursor cursor = new FrameCursor(channel, offset, size, nextSequence);
            Found found = cursor.advance();
            while (found == Found.FRAME) {
                show(cursor.payload(), reader);
                offset = cursor.offset();
                nextSequence = cursor.nextSequence();
                found = cursor.advance();
            }
            if (found != Found.END) {
                throw new JournalCorruptException(path, cursor.offset(), cursor.damage());
            }
            return true;
        } catch (NoSuchFileException shipped) {
            return false;
        }
    }

    private void show(ByteBuffer event, Reader reader) {
        int start = event.arrayOffset() + event.position();
        view.moveTo(event.array(), start, start + event.remaining());
        reader.meets(view, nextSequence);
    }

    /** Goes on with the segment that begins where the one before ended. */
    private void follow(UsageJournal.End end) throws IOException {
        List<Segment> segments = Segment.list(directory);
        long next = nextSequence;
        if (segments.stream().noneMatch(each -> each.firstSequence() == next)) {
            throw new NoSuchFileException(directory.toString(), null,
                    "no segment goes on with sequence " + next + ", the journal ends before " + end.nextSequence());
        }
        if (segment == next && offset != Segment.HEADER_BYTES) {
            throw new IllegalStateException("segment " + segment + " of " + directory + " begins twice");
        }
        segment = next;
        offset = Segment.HEADER_BYTES;
    }
}
