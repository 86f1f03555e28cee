package cn.jingshu.metering.journal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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
    void aFlippedBitIsNamedOrCutAtTheVeryEnd() throws IOException {
        int named = 0;
        int cut = 0;
        for (long seed = 0; seed < 300; seed++) {
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
                OpenReport.TornTail torn = journal.openReport().tornTail().orElseThrow(
                        () -> new AssertionError("the damage was not noticed"));
                List<UsageEvent> kept = UsageJournalTest.read(copy);
                assertThat(hit).as("seed %d", seed).isEqualTo(segments.getLast());
                assertThat(torn.offset()).as("seed %d", seed).isLessThanOrEqualTo(at);
                assertThat(kept).as("seed %d", seed).isEqualTo(events.subList(0, events.size() - 1));
                cut++;
            } catch (JournalCorruptException e) {
                assertThat(e.segment()).as("seed %d", seed).isEqualTo(hit.path());
                assertThat(e.offset()).as("seed %d", seed).isBetween(at - (long) Frame.MOST_BYTES, (long) at);
                named++;
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", byte " + at + " of " + hit, e);
            }
            delete(copy);
        }
        assertThat(named).isGreaterThan(100);
        assertThat(cut).isPositive();
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
