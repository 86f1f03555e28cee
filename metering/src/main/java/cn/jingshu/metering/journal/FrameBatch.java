package cn.jingshu.metering.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Events read from a journal from a position on, in order and without a gap, and the position behind them.
 *
 * @param events the first has the sequence of the position read from
 */
record FrameBatch(EventBatch events, Position next) {
    /**
     * How far a journal is shipped.
     *
     * @param nextSequence the next frame to ship
     * @param segment first sequence of the segment that frame was expected in; zero if nothing was shipped yet
     * @param offset where in that segment
     * @param lastFrameBytes length of the frame before it, zero if nothing was shipped yet
     * @param lastChecksum checksum of the frame before it
     */
    record Position(long nextSequence, long segment, long offset, int lastFrameBytes, int lastChecksum) {}

    /**
     * Reads up to {@code mostEvents} whole frames and forces what it read to the disk, so that PostgreSQL never knows
     * an event the journal could still lose in a power cut.
     *
     * @param durable where reading ends; null: at the last whole frame (the journal belongs to another process)
     * @param events takes what is read; what it held is forgotten
     * @throws JournalCorruptException if a frame is damaged and no torn tail
     * @throws ShippingRefusedException if the journal does not continue the position
     * @throws JournalBrokenException if the disk refused to force it: a later force would not tell the truth
     */
    static FrameBatch read(Path directory, Position from, UsageJournal.@Nullable End durable, int mostEvents, EventBatch events)
            throws IOException {
        events.clear();
        Position at = from;
        while (events.size() < mostEvents) {
            if (durable != null && at.nextSequence() >= durable.nextSequence()) {
                if (at.nextSequence() > durable.nextSequence()) {
                    throw new ShippingRefusedException("the journal in " + directory + " goes on with sequence "
                            + durable.nextSequence() + ", PostgreSQL holds it up to " + (at.nextSequence() - 1)
                            + ": the journal lost its end");
                }
                break;
            }
            Optional<Segment> holder = findSegment(directory, at);
            if (holder.isEmpty()) {
                break;
            }
            Position reached = readSegment(directory, holder.get(), at, durable, mostEvents, events);
            if (reached.equals(at)) {
                break;
            }
            at = reached;
        }
        return new FrameBatch(events, at);
    }

    /** The segment the next frame is or will be in; empty if the journal holds nothing yet. */
    private static Optional<Segment> findSegment(Path directory, Position at) throws IOException {
        Segment holder = null;
        List<Segment> segments = Segment.list(directory);
        for (Segment segment : segments) {
            if (segment.firstSequence() <= at.nextSequence()) {
                holder = segment;
            }
        }
        if (holder == null) {
            if (segments.isEmpty() && at.nextSequence() == 1) {
                return Optional.empty();
            }
            throw new ShippingRefusedException("the journal in " + directory + " begins "
                    + (segments.isEmpty() ? "empty" : "with sequence " + segments.getFirst().firstSequence())
                    + ", PostgreSQL expects sequence " + at.nextSequence());
        }
        return Optional.of(holder);
    }

    private static Position readSegment(
            Path directory,
            Segment segment,
            Position from,
            UsageJournal.@Nullable End durable,
            int mostEvents,
            EventBatch events)
            throws IOException {
        try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ)) {
            boolean followed = !Segment.list(directory).getLast().equals(segment);
            long size = channel.size();
            if (durable != null && durable.segment() == segment.firstSequence()) {
                size = durable.offset();
            }
            if (size < Segment.HEADER_BYTES && !followed) {
                return from; // the segment is just being made
            }
            Segment.Header header = segment.getHeader(channel);
            long start = startIn(segment, header, channel, from, size);
            FrameCursor cursor = new FrameCursor(channel, start, size, from.nextSequence());
            int before = events.size();
            FrameCursor.Found found = FrameCursor.Found.END;
            while (events.size() < mostEvents) {
                long frameAt = cursor.offset();
                found = cursor.advance();
                if (found != FrameCursor.Found.FRAME) {
                    break;
                }
                try {
                    events.add(cursor.payload());
                } catch (IllegalArgumentException e) {
                    throw new JournalCorruptException(
                            segment.path(), frameAt, "the frame is sound, its event is not: " + e.getMessage());
                }
            }
            boolean whole = found == FrameCursor.Found.END || found == FrameCursor.Found.FRAME;
            if (!whole && (followed || durable != null || cursor.findFrameBehindDamage().isPresent() || !cursor.isUnfinishedWrite(found))) {
                throw new JournalCorruptException(segment.path(), cursor.offset(), cursor.damage());
            }
            if (events.size() == before) {
                return from;
            }
            force(channel, segment);
            return new Position(
                    cursor.nextSequence(),
                    segment.firstSequence(),
                    cursor.offset(),
                    cursor.frameBytes(),
                    cursor.checksum());
        } catch (NoSuchFileException e) {
            return from; // shipped and deleted by the journal's owner meanwhile; the next round sees the new position
        } catch (IOException e) {
            throw segment.unreadable(e);
        }
    }

    private static void force(FileChannel channel, Segment segment) {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new JournalBrokenException(
                    "fsync of " + segment.path() + " failed, what the disk holds is unknown: " + e, e, true);
        }
    }

    /** Where the next frame begins, after a check that the frame before it is the one PostgreSQL knows. */
    private static long startIn(
            Segment segment, Segment.Header header, FileChannel channel, Position from, long size) throws IOException {
        if (from.nextSequence() == segment.firstSequence()) {
            if (header.checksumBefore() != from.lastChecksum()) {
                throw differs(segment, from);
            }
            return Segment.HEADER_BYTES;
        }
        if (from.segment() != segment.firstSequence()) {
            throw new ShippingRefusedException("PostgreSQL holds the journal up to sequence " + (from.nextSequence() - 1)
                    + " in segment " + from.segment() + ", which is gone; the segment before it is " + segment.path());
        }
        if (from.offset() > size) {
            throw new ShippingRefusedException("segment " + segment.path() + " ends at byte " + size
                    + ", PostgreSQL holds it up to byte " + from.offset() + ": the journal lost its end");
        }
        long before = from.offset() - from.lastFrameBytes();
        FrameCursor check = new FrameCursor(channel, before, from.offset(), from.nextSequence() - 1);
        if (check.advance() != FrameCursor.Found.FRAME || check.checksum() != from.lastChecksum()) {
            throw differs(segment, from);
        }
        return from.offset();
    }

    private static ShippingRefusedException differs(Segment segment, Position from) {
        return new ShippingRefusedException("segment " + segment.path() + ": sequence " + (from.nextSequence() - 1)
                + " is not the event PostgreSQL stored under it; this journal is a copy or was set back");
    }
}
