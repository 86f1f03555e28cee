package cn.jingshu.metering.journal;

import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UsageJournalTest {
    private static final JournalSettings SMALL = new JournalSettings(Durability.PROCESS, 1 << 16, 1 << 20);

    @TempDir
    private Path directory;

    private UsageJournal open() throws IOException {
        return UsageJournal.open(directory, SMALL, Clock.systemUTC());
    }

    /** Appends and waits; the events become durable in this order. */
    static List<UsageEvent> append(UsageJournal journal, int count) {
        List<UsageEvent> events = new ArrayList<>();
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            UsageEvent event = event(journal.nodeId());
            events.add(event);
            stages.add(journal.append(event).toCompletableFuture());
        }
        stages.forEach(CompletableFuture::join);
        return events;
    }

    static List<UsageEvent> read(Path directory) throws IOException {
        return FrameBatch.read(directory, new FrameBatch.Position(1, 0, 0, 0, 0), null, Integer.MAX_VALUE, new EventBatch())
                .events()
                .events();
    }

    @Test
    void anAppendedEventIsThereAfterReopening() throws IOException {
        List<UsageEvent> events;
        String nodeId;
        try (UsageJournal journal = open()) {
            nodeId = journal.nodeId();
            events = append(journal, 1_000);
        }
        try (UsageJournal journal = open()) {
            assertThat(journal.nodeId()).isEqualTo(nodeId);
            assertThat(journal.openReport().nextSequence()).isEqualTo(1_001);
            assertThat(journal.openReport().frames()).isEqualTo(1_000);
            assertThat(journal.openReport().tornTail()).isEmpty();
            events.addAll(append(journal, 10));
        }
        assertThat(read(directory)).isEqualTo(events);
    }

    @Test
    void segmentsFollowOneAnotherWithoutGap() throws IOException {
        try (UsageJournal journal = open()) {
            for (int i = 0; i < 10; i++) {
                append(journal, 100);
            }
            assertThat(journal.stats().segments()).isGreaterThan(2);
            assertThat(journal.stats().appendedEvents()).isEqualTo(1_000);
            assertThat(journal.stats().unshippedEvents()).isEqualTo(1_000);
            assertThat(journal.stats().oldestUnshippedAt()).isPresent();
            journal.release(1_001);
            assertThat(journal.stats().segments()).isEqualTo(1);
            assertThat(journal.stats().unshippedEvents()).isZero();
            assertThat(journal.stats().oldestUnshippedAt()).isEmpty();
        }
        assertThat(Segment.list(directory)).hasSize(1);
        try (UsageJournal journal = open()) {
            assertThat(journal.openReport().nextSequence()).isEqualTo(1_001);
        }
    }

    @Test
    void aSegmentWithOneUnshippedFrameStays() throws IOException {
        try (UsageJournal journal = open()) {
            for (int i = 0; i < 10; i++) {
                append(journal, 100);
            }
            List<Segment> before = Segment.list(directory);
            long second = before.get(1).firstSequence();
            journal.release(second - 1);
            assertThat(Segment.list(directory)).isEqualTo(before);
            journal.release(second);
            assertThat(Segment.list(directory)).isEqualTo(before.subList(1, before.size()));
        }
    }

    @Test
    void anUnreadableSegmentIsNamedAndNothingBehindItIsRead() throws IOException {
        try (UsageJournal journal = open()) {
            for (int i = 0; i < 10; i++) {
                append(journal, 100);
            }
        }
        List<Segment> segments = Segment.list(directory);
        Path second = segments.get(1).path();
        Path aside = directory.resolve("aside");
        Files.move(second, aside);
        Files.createDirectory(second); // opens, and fails at the first read, as a bad sector does
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("segment " + second + " cannot be read");
        FrameBatch.Position start = new FrameBatch.Position(1, 0, 0, 0, 0);
        assertThatThrownBy(() -> FrameBatch.read(directory, start, null, Integer.MAX_VALUE, new EventBatch()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("segment " + second + " cannot be read");
        Files.delete(second);
        Files.move(aside, second);
        open().close();
        assertThat(read(directory)).hasSize(1_000);
    }

    @Test
    void theStatsTellSizeAgeAndLag() throws IOException {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T00:00:00Z"));
        InstantSource byHand = now::get;
        Clock clock = byHand.withZone(ZoneOffset.UTC);
        try (UsageJournal journal = UsageJournal.open(directory, SMALL, clock)) {
            assertThat(journal.stats().fileBytes()).isEqualTo(Segment.HEADER_BYTES);
            assertThat(journal.stats().lagAt(now.get())).isZero();
            for (int i = 0; i < 10; i++) {
                append(journal, 50);
                now.set(now.get().plusSeconds(2));
            }
            long bytes = 0;
            for (Segment segment : Segment.list(directory)) {
                bytes += Files.size(segment.path());
            }
            assertThat(journal.stats().segments()).isGreaterThan(1);
            assertThat(journal.stats().fileBytes()).isEqualTo(bytes);
            assertThat(journal.stats().waitingBytes()).isZero();
            assertThat(journal.stats().lagAt(now.get())).isEqualTo(Duration.ofSeconds(20));
            journal.release(251); // five of the ten groups are shipped
            assertThat(journal.stats().unshippedEvents()).isEqualTo(250);
            assertThat(journal.stats().lagAt(now.get())).isEqualTo(Duration.ofSeconds(10));
            journal.release(501);
            assertThat(journal.stats().lagAt(now.get())).isZero();
            assertThat(journal.stats().fileBytes()).isLessThan(bytes);
        }
    }

    @Test
    void twoJournalsCannotAppendToOneDirectory() throws IOException {
        try (UsageJournal first = open()) {
            assertThatThrownBy(this::open).isInstanceOf(JournalInUseException.class);
            append(first, 1);
        }
        open().close();
    }

    @Test
    void anEventOfAnotherNodeIsRefused() throws IOException {
        try (UsageJournal journal = open()) {
            assertThatThrownBy(() -> journal.append(event("somewhere-else")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aClosedJournalRefusesAppends() throws IOException {
        UsageJournal journal = open();
        journal.close();
        assertThatThrownBy(() -> append(journal, 1)).hasCauseInstanceOf(JournalClosedException.class);
        journal.close();
    }

    @Test
    void aMissingNodeIdBesideSegmentsStopsTheOpen() throws IOException {
        open().close();
        Files.delete(directory.resolve("node-id"));
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("node-id");
    }

    @Test
    void aSegmentTornWithinItsHeaderIsCut() throws IOException {
        List<UsageEvent> events;
        try (UsageJournal journal = open()) {
            events = append(journal, 5);
        }
        Path torn = Segment.in(directory, 6).path();
        Files.write(torn, new byte[] {1, 2, 3});
        try (UsageJournal journal = open()) {
            assertThat(journal.openReport().tornTail().orElseThrow().segment()).isEqualTo(torn);
            assertThat(journal.openReport().tornTail().orElseThrow().cutBytes()).isEqualTo(3);
            events.addAll(append(journal, 5));
        }
        assertThat(read(directory)).isEqualTo(events);
    }

    @Test
    void aSegmentFromAnotherJournalIsNamed() throws IOException {
        Path other = directory.resolve("other");
        try (UsageJournal one = open(); UsageJournal two = UsageJournal.open(other, SMALL, Clock.systemUTC())) {
            for (int i = 0; i < 500; i++) {
                append(one, 1); // one by one, so both journals begin their segments at the same sequences
                append(two, 1);
            }
        }
        List<Segment> mine = Segment.list(directory);
        List<Segment> theirs = Segment.list(other);
        assertThat(mine).hasSameSizeAs(theirs).hasSizeGreaterThan(1);
        Files.copy(theirs.getLast().path(), directory.resolve("moved"));
        Files.delete(mine.getLast().path());
        Files.move(directory.resolve("moved"), directory.resolve(theirs.getLast().path().getFileName()));
        assertThatThrownBy(this::open).isInstanceOf(JournalCorruptException.class);
    }

    @Test
    void aMissingSegmentInTheMiddleIsNamed() throws IOException {
        try (UsageJournal journal = open()) {
            for (int i = 0; i < 10; i++) {
                append(journal, 100);
            }
        }
        List<Segment> segments = Segment.list(directory);
        Files.delete(segments.get(1).path());
        assertThatThrownBy(this::open)
                .isInstanceOf(JournalCorruptException.class)
                .hasMessageContaining(segments.get(2).path().toString());
    }

    @Test
    void fullBuffersRefuseInsteadOfGrowing() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean held = new AtomicBoolean();
        Disk disk = new Disk();
        disk.beforeWrite = () -> {
            if (held.get()) {
                release.await();
            }
        };
        JournalSettings tiny = new JournalSettings(Durability.PROCESS, 1 << 20, 1 << 16);
        List<CompletableFuture<Void>> accepted = new ArrayList<>();
        List<UsageEvent> events = new ArrayList<>();
        try (UsageJournal journal = UsageJournal.open(directory, tiny, Clock.systemUTC(), disk)) {
            held.set(true);
            while (true) {
                UsageEvent event = event(journal.nodeId());
                CompletableFuture<Void> stage = journal.append(event).toCompletableFuture();
                if (stage.isCompletedExceptionally()) {
                    assertThat(stage.exceptionNow()).isInstanceOf(JournalFullException.class);
                    break;
                }
                accepted.add(stage);
                events.add(event);
                assertThat(events).hasSizeLessThan(1_000);
            }
            assertThat(journal.stats().waitingBytes()).isPositive().isLessThanOrEqualTo(1 << 16);
            release.countDown();
            accepted.forEach(CompletableFuture::join);
            events.addAll(append(journal, 1));
        }
        assertThat(read(directory)).isEqualTo(events);
    }

    @Test
    void aFullDiskRefusesLoudlyAndIsForgottenWhenThereIsSpace() throws IOException {
        Disk disk = new Disk();
        List<UsageEvent> recorded = new ArrayList<>();
        try (UsageJournal journal = UsageJournal.open(directory, SMALL, Clock.systemUTC(), disk)) {
            recorded.addAll(append(journal, 20));
            disk.spaceLeft.set(700); // two frames and a part of a third
            List<UsageEvent> events = new ArrayList<>();
            List<CompletableFuture<Void>> stages = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                events.add(event(journal.nodeId()));
                stages.add(journal.append(events.get(i)).toCompletableFuture());
            }
            int refused = 0;
            for (int i = 0; i < stages.size(); i++) {
                try {
                    stages.get(i).join();
                    recorded.add(events.get(i));
                } catch (CompletionException e) {
                    assertThat(e).hasCauseInstanceOf(JournalBrokenException.class).hasMessageContaining("No space left");
                    refused++;
                }
            }
            assertThat(refused).isGreaterThan(46);
            assertThat(journal.stats().fault()).hasValueSatisfying(fault -> assertThat(fault).contains("No space left"));
            assertThat(read(directory)).isEqualTo(recorded); // nothing of a refused group stays behind
            disk.spaceLeft.set(Long.MAX_VALUE);
            recorded.addAll(append(journal, 20));
            assertThat(journal.stats().fault()).isEmpty();
            assertThat(read(directory)).isEqualTo(recorded);
        }
        open().close();
    }

    @Test
    void aNewSegmentThatCannotBeMadeRefusesAppendsUntilItCan() throws IOException {
        Disk disk = new Disk();
        long recorded;
        try (UsageJournal journal = UsageJournal.open(directory, SMALL, Clock.systemUTC(), disk)) {
            append(journal, 10);
            disk.unwritable = true;
            long fits = (1 << 16) / 100;
            assertThatThrownBy(() -> {
                        for (int i = 0; i < fits; i++) {
                            append(journal, 1); // until the segment is full
                        }
                    })
                    .hasCauseInstanceOf(JournalBrokenException.class);
            recorded = journal.stats().appendedEvents();
            disk.unwritable = false;
            append(journal, 1);
            assertThat(journal.stats().segments()).isEqualTo(2);
        }
        assertThat(read(directory)).hasSize((int) recorded + 1);
    }

    @Test
    void afterAFailedForceNothingIsTakenBeforeTheJournalIsOpenedAgain() throws IOException {
        Disk disk = new Disk();
        JournalSettings durable = new JournalSettings(Durability.DISK, 1 << 16, 1 << 20);
        try (UsageJournal journal = UsageJournal.open(directory, durable, Clock.systemUTC(), disk)) {
            append(journal, 3);
            disk.failForce = true;
            assertThatThrownBy(() -> append(journal, 1))
                    .cause()
                    .isInstanceOfSatisfying(JournalBrokenException.class, e -> {
                        assertThat(e.lasting()).isTrue();
                        assertThat(e.inDoubt()).as("it was written, and nobody knows whether it stays").isTrue();
                    });
            disk.failForce = false;
            assertThatThrownBy(() -> append(journal, 1))
                    .hasMessageContaining("fsync")
                    .cause()
                    .isInstanceOfSatisfying(JournalBrokenException.class, e -> {
                        assertThat(e.lasting()).isTrue();
                        assertThat(e.inDoubt()).as("it was never written").isFalse();
                    });
        }
        try (UsageJournal journal = open()) {
            assertThat(journal.openReport().frames()).isGreaterThanOrEqualTo(3);
            append(journal, 1);
        }
    }

    @Test
    void aRefusalIsNotToldBeforeItsBytesAreCutOffForGood() throws IOException {
        Disk disk = new Disk();
        JournalSettings durable = new JournalSettings(Durability.DISK, 1 << 16, 1 << 20);
        try (UsageJournal journal = UsageJournal.open(directory, durable, Clock.systemUTC(), disk)) {
            append(journal, 3);
            disk.spaceLeft.set(10);
            disk.failForce = true;
            assertThatThrownBy(() -> append(journal, 1))
                    .hasMessageContaining("cannot be cut off")
                    .cause()
                    .isInstanceOfSatisfying(JournalBrokenException.class, e -> assertThat(e.lasting()).isTrue());
            disk.failForce = false;
        }
        try (UsageJournal journal = open()) {
            assertThat(journal.openReport().frames()).isEqualTo(3);
        }
    }

    @Test
    void afterAFailedForceOfAFullSegmentNoneIsBegun() throws IOException {
        Disk disk = new Disk();
        try (UsageJournal journal = UsageJournal.open(directory, SMALL, Clock.systemUTC(), disk)) {
            disk.failForce = true; // without durability DISK only a full segment is forced
            assertThatThrownBy(() -> {
                        for (int i = 0; i < (1 << 16) / 100; i++) {
                            append(journal, 1);
                        }
                    })
                    .cause()
                    .isInstanceOfSatisfying(JournalBrokenException.class, e -> assertThat(e.lasting()).isTrue());
            assertThat(Segment.list(directory)).hasSize(1);
            disk.failForce = false;
            assertThatThrownBy(() -> append(journal, 1)).hasCauseInstanceOf(JournalBrokenException.class);
        }
        open().close();
    }

    @Test
    void aFullGroupWaitsForNobody() throws Exception {
        Disk disk = new Disk();
        CountDownLatch mayWrite = new CountDownLatch(1);
        AtomicBoolean waits = new AtomicBoolean();
        Company patient = new Company() {
            @Override
            long patienceNanos() {
                return waits.get() ? TimeUnit.MINUTES.toNanos(1) : 0;
            }
        };
        JournalSettings durable = new JournalSettings(Durability.DISK, 1 << 20, 1 << 16);
        try (UsageJournal journal = UsageJournal.open(directory, durable, Clock.systemUTC(), disk, patient)) {
            disk.beforeWrite = mayWrite::await;
            List<CompletableFuture<Void>> many = new ArrayList<>();
            for (int i = 0; i < 101; i++) { // all but the first are one group
                many.add(journal.append(event(journal.nodeId())).toCompletableFuture());
            }
            mayWrite.countDown();
            many.forEach(CompletableFuture::join);
            waits.set(true); // a hundred are expected back
            CompletableFuture<Void> first = journal.append(event(journal.nodeId())).toCompletableFuture();
            int came = 1;
            while (!first.isDone() && came < 99) { // some 55 of these fill a group
                journal.append(longEvent(journal.nodeId()));
                came++;
            }
            assertThat(first).as("written before those who would be refused have come").succeedsWithin(Duration.ofSeconds(20));
        }
    }

    private static UsageEvent longEvent(String nodeId) {
        UsageEvent event = event(nodeId);
        return new UsageEvent(event.eventId(), event.occurredAt(), nodeId, event.subscriptionId(), event.keyId(), event.product(),
                event.operation(), event.purposeClass(), event.outcome(), event.unit(), event.quantity(), event.status(),
                event.latencyMicros(), event.answerBytes(), "数".repeat(128), event.sandbox(), event.protocol());
    }

    @Test
    void manyThreadsShareGroupsAndEachSequenceIsUsedOnce() throws Exception {
        int threads = 16;
        int each = 500;
        ConcurrentLinkedQueue<UsageEvent> events = new ConcurrentLinkedQueue<>();
        try (UsageJournal journal = UsageJournal.open(
                directory, new JournalSettings(Durability.DISK, 1 << 16, 1 << 20), Clock.systemUTC())) {
            List<Thread> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                all.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < each; i++) {
                        events.addAll(append(journal, 1));
                    }
                }));
            }
            for (Thread thread : all) {
                thread.join();
            }
            assertThat(journal.stats().appendedEvents()).isEqualTo(8_000);
        }
        assertThat(read(directory)).containsExactlyInAnyOrderElementsOf(events).hasSize(threads * each);
    }

    /** A disk that can run full, refuse new files, fail to force, or keep a writer waiting. */
    static final class Disk implements SegmentFiles {
        final AtomicLong spaceLeft = new AtomicLong(Long.MAX_VALUE);
        volatile boolean unwritable;
        volatile boolean failForce;
        volatile Wait beforeWrite = () -> {};

        interface Wait {
            void run() throws InterruptedException;
        }

        @Override
        public FileChannel open(Path path) throws IOException {
            if (unwritable) {
                throw new IOException("Permission denied: " + path);
            }
            return new FaultyChannel(
                    FileChannel.open(
                            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    this);
        }

        int write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
            try {
                beforeWrite.run();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (spaceLeft.get() <= 0) {
                throw new IOException("No space left on device");
            }
            int length = (int) Math.min(bytes.remaining(), spaceLeft.get());
            ByteBuffer part = bytes.slice().limit(length);
            while (part.hasRemaining()) {
                file.write(part, position + part.position());
            }
            bytes.position(bytes.position() + length);
            spaceLeft.addAndGet(-length);
            return length;
        }

        void force() throws IOException {
            if (failForce) {
                throw new IOException("Input/output error");
            }
        }
    }
}
