package cn.jingshu.metering.journal;

import cn.jingshu.metering.journal.OpenReport.TornTail;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Every frame of a journal checked, from the first segment to the last.
 *
 * @param segments the sound segments, oldest first; empty if there is none
 * @param segmentsFound files found, one torn at its header included
 * @param end where the sound frames of the last segment end
 * @param lastChecksum checksum of the last frame, zero if there is none
 * @param oldestCreatedAt when the oldest segment was begun
 */
record JournalScan(
        List<Segment> segments,
        int segmentsFound,
        long end,
        int lastChecksum,
        long nextSequence,
        Optional<Instant> oldestCreatedAt,
        Optional<TornTail> tornTail) {

    /**
     * Reads the whole journal. A last segment torn within its header is deleted; nothing else is changed.
     *
     * @throws JournalCorruptException at the first damage that is no torn tail
     * @throws IOException naming the segment that cannot be read
     */
    static JournalScan of(Path directory) throws IOException {
        List<Segment> segments = Segment.list(directory);
        int found = segments.size();
        long end = 0;
        int checksum = 0;
        long next = segments.isEmpty() ? 1 : segments.getFirst().firstSequence();
        Optional<Instant> oldest = Optional.empty();
        for (int i = 0; i < found; i++) {
            Segment segment = segments.get(i);
            boolean last = i == found - 1;
            if (segment.firstSequence() != next) {
                throw new JournalCorruptException(
                        segment.path(), 0, "it begins with sequence " + segment.firstSequence() + ", the segment before"
                                + " ends before " + next);
            }
            try (FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ)) {
                Optional<Segment.Header> header = segment.findHeader(channel);
                if (header.isEmpty() && last) {
                    long cut = channel.size();
                    Files.delete(segment.path());
                    return new JournalScan(
                            List.copyOf(segments.subList(0, i)),
                            found,
                            end,
                            checksum,
                            next,
                            oldest,
                            Optional.of(new TornTail(segment.path(), 0, cut, "the segment ends within its header")));
                }
                int before = segment.getHeader(channel).checksumBefore();
                if (i > 0 && before != checksum) {
                    throw new JournalCorruptException(segment.path(), 0, "it does not continue the segment before");
                }
                checksum = i == 0 ? before : checksum;
                oldest = oldest.isPresent() ? oldest : header.map(Segment.Header::createdAt);
                FrameCursor cursor =
                        new FrameCursor(channel, Segment.HEADER_BYTES, channel.size(), segment.firstSequence());
                FrameCursor.Found state = cursor.advance();
                while (state == FrameCursor.Found.FRAME) {
                    checksum = cursor.checksum();
                    state = cursor.advance();
                }
                next = cursor.nextSequence();
                end = cursor.offset();
                if (state != FrameCursor.Found.END) {
                    TornTail torn = tornTail(segment, last, cursor, state, channel.size());
                    return new JournalScan(segments, found, end, checksum, next, oldest, Optional.of(torn));
                }
            } catch (IOException e) {
                throw segment.unreadable(e);
            }
        }
        return new JournalScan(segments, found, end, checksum, next, oldest, Optional.empty());
    }

    private static TornTail tornTail(Segment segment, boolean last, FrameCursor cursor, FrameCursor.Found state, long size)
            throws IOException {
        OptionalLong behind = cursor.findFrameBehindDamage();
        if (behind.isPresent()) {
            throw new JournalCorruptException(
                    segment.path(), cursor.offset(), cursor.damage() + ", and a frame follows at byte " + behind.getAsLong());
        }
        if (!last) {
            throw new JournalCorruptException(
                    segment.path(), cursor.offset(), cursor.damage() + ", and another segment follows");
        }
        if (!cursor.isUnfinishedWrite(state)) {
            throw new JournalCorruptException(
                    segment.path(), cursor.offset(), cursor.damage() + ", and what stands there to the end of the file was written");
        }
        return new TornTail(segment.path(), cursor.offset(), size - cursor.offset(), cursor.damage());
    }
}
