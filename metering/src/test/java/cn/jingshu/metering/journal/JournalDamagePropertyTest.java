package cn.jingshu.metering.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the files: every event before the damage is read back, and the damage is named or cut aloud. */
final class JournalDamagePropertyTest {
    private static final JournalSettings SETTINGS = new JournalSettings(Durability.PROCESS, 1 << 16, 1 << 20);

    @TempDir
    private static Path root;

    private static Path original = Path.of("");
    private static List<UsageEvent> events = List.of();
    /** Where the last frame of the last segment begins. */
    private static long lastFrame;

    @BeforeAll
    static void writeOriginal() throws IOException {
        original = root.resolve("original");
        try (UsageJournal journal = UsageJournal.open(original, SETTINGS, Clock.systemUTC())) {
            for (int i = 0; i < 60; i++) {
                UsageJournalTest.append(journal, 13);
            }
        }
        events = UsageJournalTest.read(original);
        assertThat(events).hasSize(780);
        assertThat(Segment.list(original)).hasSizeGreaterThan(2);
        Segment last = Segment.list(original).getLast();
        try (FileChannel channel = FileChannel.open(last.path(), StandardOpenOption.READ)) {
            FrameCursor cursor = new FrameCursor(channel, Segment.HEADER_BYTES, channel.size(), last.firstSequence());
            long behind = cursor.offset();
            while (cursor.advance() == FrameCursor.Found.FRAME) {
                lastFrame = behind;
                behind = cursor.offset();
            }
        }
    }

    @Test
    void aTruncatedLastSegmentKeepsEveryWholeFrame() throws IOException {
        for (long seed = 0; seed < 150; seed++) {
            Path copy = copy("cut-" + seed);
            Random random = new Random(seed);
            Segment last = Segment.list(copy).getLast();
            long size = Files.size(last.path());
            long cut = random.nextLong(size);
            try (RandomAccessFile file = new RandomAccessFile(last.path().toFile(), "rw")) {
                file.setLength(cut);
            }
            try (UsageJournal journal = UsageJournal.open(copy, SETTINGS, Clock.systemUTC())) {
                OpenReport report = journal.openReport();
                List<UsageEvent> kept = UsageJournalTest.read(copy);
                assertThat(kept).as("seed %d", seed).isEqualTo(events.subList(0, kept.size()));
                assertThat(report.nextSequence()).as("seed %d", seed).isEqualTo(kept.size() + 1);
                long frames = report.tornTail().map(OpenReport.TornTail::offset).orElse(cut);
                long cutBytes = report.tornTail().map(OpenReport.TornTail::cutBytes).orElse(0L);
                assertThat(frames + cutBytes).as("seed %d", seed).isEqualTo(cut);
                assertThat(cutBytes).as("seed %d: less than a frame", seed).isLessThan(Frame.MOST_BYTES);
                UsageJournalTest.append(journal, 1);
            }
            delete(copy);
        }
    }

    @Test
    void aFlippedBitIsNamedInTheLastFrameToo() throws IOException {
        int inLastFrame = 0;
        for (long seed = 0; seed < 400; seed++) {
            Path copy = copy("flip-" + seed);
            Random random = new Random(seed);
            List<Segment> segments = Segment.list(copy);
            Segment hit = segments.get(random.nextInt(segments.size()));
            byte[] bytes = Files.readAllBytes(hit.path());
            // Half of the flips hit the last frames, where damage and torn tail are near one another.
            int at = random.nextBoolean() ? random.nextInt(bytes.length) : bytes.length - 1 - random.nextInt(600);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(hit.path(), bytes);
            try (UsageJournal journal = UsageJournal.open(copy, SETTINGS, Clock.systemUTC())) {
                throw new AssertionError("seed " + seed + ", byte " + at + " of " + hit + ": opened, " + journal.openReport());
            } catch (JournalCorruptException e) {
                assertThat(e.segment()).as("seed %d", seed).isEqualTo(hit.path());
                assertThat(e.offset()).as("seed %d", seed).isBetween(at - (long) Frame.MOST_BYTES, (long) at);
                inLastFrame += hit.equals(segments.getLast()) && e.offset() == lastFrame ? 1 : 0;
            }
            assertThat(Files.readAllBytes(hit.path())).isEqualTo(bytes);
            delete(copy);
        }
        assertThat(inLastFrame).as("flips in the last frame").isGreaterThan(10);
    }

    /** Its length among them: one that says more than there is looks as if its rest had not been written. */
    @Test
    void everyBitOfTheLastFrameIsMissedWhenItIsWrong() throws IOException {
        Path copy = copy("each");
        Path last = Segment.list(copy).getLast().path();
        byte[] bytes = Files.readAllBytes(last);
        for (int at = (int) lastFrame; at < bytes.length; at++) {
            for (int bit = 0; bit < (at < lastFrame + Frame.HEADER_BYTES ? 8 : 1); bit++) {
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << bit);
                Files.write(last, flipped);
                int place = at;
                int flip = bit;
                assertThatThrownBy(() -> UsageJournal.open(copy, SETTINGS, Clock.systemUTC()).close())
                        .as(() -> "byte " + (place - lastFrame) + ", bit " + flip)
                        .isInstanceOfSatisfying(JournalCorruptException.class, named -> assertThat(named.offset()).isEqualTo(lastFrame));
            }
        }
        delete(copy);
    }

    /** A file system may have made a file longer and not have written what is in it: sectors of the tail are zeros then, from one on. */
    @Test
    void sectorsThatWereNotWrittenAreATornTail() throws IOException {
        for (long seed = 0; seed < 150; seed++) {
            Path copy = copy("power-" + seed);
            Random random = new Random(seed);
            Path last = Segment.list(copy).getLast().path();
            byte[] bytes = Files.readAllBytes(last);
            int sector = (bytes.length - 1) / 512;
            int from = seed % 3 == 0 ? bytes.length : (sector - random.nextInt(Math.min(3, sector))) * 512;
            int longer = seed % 3 == 0 ? 1 + random.nextInt(9_000) : random.nextInt(2) * random.nextInt(9_000);
            byte[] left = Arrays.copyOf(bytes, bytes.length + longer);
            Arrays.fill(left, from, left.length, (byte) 0);
            Files.write(last, left);
            try (UsageJournal journal = UsageJournal.open(copy, SETTINGS, Clock.systemUTC())) {
                List<UsageEvent> kept = UsageJournalTest.read(copy);
                assertThat(kept).as("seed %d", seed).isEqualTo(events.subList(0, kept.size()));
                OpenReport.TornTail torn = journal.openReport().tornTail().orElseThrow();
                assertThat(torn.offset() + torn.cutBytes()).as("seed %d", seed).isEqualTo(left.length);
                assertThat(torn.offset()).as("seed %d: the frame it falls into", seed).isBetween(from - (long) Frame.MOST_BYTES, (long) from);
                UsageJournalTest.append(journal, 1);
            }
            delete(copy);
        }
    }

    @Test
    void aRefusedOpenChangesNothing() throws IOException {
        Path copy = copy("refused");
        Segment first = Segment.list(copy).getFirst();
        byte[] bytes = Files.readAllBytes(first.path());
        bytes[bytes.length / 2] ^= 1;
        Files.write(first.path(), bytes);
        for (int i = 0; i < 2; i++) {
            try (UsageJournal journal = UsageJournal.open(copy, SETTINGS, Clock.systemUTC())) {
                throw new AssertionError("opened: " + journal.openReport());
            } catch (JournalCorruptException e) {
                assertThat(e).hasMessageContaining(first.path().toString());
            }
        }
        assertThat(Files.readAllBytes(first.path())).isEqualTo(bytes);
        delete(copy);
    }

    private static Path copy(String name) throws IOException {
        Path copy = root.resolve(name);
        Files.createDirectory(copy);
        try (Stream<Path> files = Files.list(original)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}
