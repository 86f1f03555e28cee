package cn.jingshu.metering.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * One file of a usage journal, named by the sequence of its first frame: a header, then frames without gaps.
 *
 * @param firstSequence sequence of the first frame, whether it is written yet or not
 */
record Segment(Path path, long firstSequence) {
    private static final long MAGIC = 0x4A53_5553_4147_4531L; // "JSUSAGE1"
    private static final String SUFFIX = ".journal";
    static final int HEADER_BYTES = 32;

    /**
     * What a segment says of itself.
     *
     * @param checksumBefore checksum of the last frame of the segment before, zero in the first: a segment of another
     *     journal cannot take its place unnoticed
     */
    record Header(long firstSequence, int checksumBefore, Instant createdAt) {
        ByteBuffer bytes() {
            ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES);
            out.putLong(MAGIC).putLong(firstSequence).putLong(createdAt.toEpochMilli()).putInt(checksumBefore);
            CRC32C crc = new CRC32C();
            crc.update(out.array(), 0, out.position());
            return out.putInt((int) crc.getValue()).flip();
        }
    }

    static Segment in(Path directory, long firstSequence) {
        String digits = Long.toString(firstSequence);
        return new Segment(directory.resolve("0".repeat(19 - digits.length()) + digits + SUFFIX), firstSequence);
    }

    /** The segments of a directory in the order of their frames. */
    static List<Segment> list(Path directory) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(SUFFIX)) {
                    segments.add(new Segment(file, sequenceIn(file, name)));
                }
            }
        }
        segments.sort(Comparator.comparingLong(Segment::firstSequence));
        return segments;
    }

    private static long sequenceIn(Path file, String name) {
        try {
            return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
        } catch (NumberFormatException e) {
            throw new JournalCorruptException(file, 0, "the file name is not a sequence number");
        }
    }

    /**
     * Reads the header.
     *
     * @return empty if the file is too short to hold one
     * @throws JournalCorruptException if it is long enough and the header is not one, or of another sequence
     */
    Optional<Header> findHeader(FileChannel channel) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(HEADER_BYTES);
        while (in.hasRemaining()) {
            if (channel.read(in, in.position()) < 0) {
                return Optional.empty();
            }
        }
        CRC32C crc = new CRC32C();
        crc.update(in.array(), 0, HEADER_BYTES - 4);
        in.flip();
        long magic = in.getLong();
        long sequence = in.getLong();
        Instant createdAt = Instant.ofEpochMilli(in.getLong());
        Header header = new Header(sequence, in.getInt(), createdAt);
        if (magic != MAGIC || in.getInt() != (int) crc.getValue()) {
            throw new JournalCorruptException(path, 0, "the segment header is damaged");
        }
        if (sequence != firstSequence) {
            throw new JournalCorruptException(path, 0, "the header names sequence " + sequence + ", the file another");
        }
        return Optional.of(header);
    }

    /** @throws JournalCorruptException as {@link #findHeader}, and if the file is too short */
    Header getHeader(FileChannel channel) throws IOException {
        return findHeader(channel)
                .orElseThrow(() -> new JournalCorruptException(path, 0, "the segment ends within its header"));
    }

    /** The failure with the name of the segment it befell, which those of reads do not carry. */
    IOException unreadable(IOException e) {
        return new IOException("segment " + path + " cannot be read: " + e, e);
    }
}
