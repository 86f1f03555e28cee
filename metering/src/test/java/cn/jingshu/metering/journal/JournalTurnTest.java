package cn.jingshu.metering.journal;

import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A thread that writes what it appended itself, beside the journal's own thread and others like it. */
@Timeout(60)
final class JournalTurnTest {
    private static final JournalSettings PROCESS = new JournalSettings(Durability.PROCESS, 1 << 16, 1 << 20);
    private static final JournalSettings DISK = new JournalSettings(Durability.DISK, 1 << 16, 1 << 20);

    @TempDir
    private Path directory;

    /** A journal whose own thread waits to be called; one that is only starting would write what a turn has appended. */
    private UsageJournal open(JournalSettings settings, UsageJournalTest.Disk disk) throws IOException {
        UsageJournal journal = UsageJournal.open(directory, settings, Clock.systemUTC(), disk);
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(one -> one.getName().equals("usage-journal") && one.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        return journal;
    }

    @Test
    void whatARoundAppendsIsOneWriteAtItsEndByItsThread() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        UsageJournalTest.Disk disk = new UsageJournalTest.Disk();
        disk.beforeWrite = writes::incrementAndGet;
        List<UsageEvent> events = new ArrayList<>();
        try (UsageJournal journal = open(PROCESS, disk)) {
            ArrayDeque<Runnable> endOfRound = new ArrayDeque<>();
            JournalTurn turn = new JournalTurn(journal, endOfRound::add);
            int before = writes.get();
            List<Thread> completedOn = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                UsageEvent event = event(journal.nodeId());
                events.add(event);
                CompletionStage<Void> ignored = turn.append(event).thenRun(() -> completedOn.add(Thread.currentThread()));
                assertThat(ignored).isNotNull();
            }
            assertThat(completedOn).isEmpty();
            assertThat(endOfRound).hasSize(1);
            endOfRound.remove().run();
            assertThat(completedOn).hasSize(50).containsOnly(Thread.currentThread());
            assertThat(writes.get() - before).isEqualTo(1);
        }
        assertThat(UsageJournalTest.read(directory)).isEqualTo(events);
    }

    @Test
    void withDiskDurabilityTheJournalsOwnThreadWrites() throws Exception {
        UsageJournalTest.Disk disk = new UsageJournalTest.Disk();
        try (UsageJournal journal = open(DISK, disk)) {
            List<String> wroteOn = new CopyOnWriteArrayList<>();
            disk.beforeWrite = () -> wroteOn.add(Thread.currentThread().getName());
            JournalTurn turn = new JournalTurn(journal, _ -> {
                throw new AssertionError("a serving thread must not wait for the disk");
            });
            turn.append(event(journal.nodeId())).toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(wroteOn).isNotEmpty().containsOnly("usage-journal");
        }
    }

    @Test
    void anotherThreadsAppendWritesWhatATurnHasNotYetWritten() throws Exception {
        try (UsageJournal journal = open(PROCESS, new UsageJournalTest.Disk())) {
            ArrayDeque<Runnable> endOfRound = new ArrayDeque<>();
            JournalTurn turn = new JournalTurn(journal, endOfRound::add);
            CompletableFuture<Void> first = turn.append(event(journal.nodeId())).toCompletableFuture();
            journal.append(event(journal.nodeId())).toCompletableFuture().get(10, TimeUnit.SECONDS);
            first.get(10, TimeUnit.SECONDS);
            endOfRound.remove().run(); // finds nothing, and harms nothing
            assertThat(journal.stats().appendedEvents()).isEqualTo(2);
        }
    }

    @Test
    void aNewSegmentIsLeftToTheJournalsOwnThread() throws Exception {
        try (UsageJournal journal = open(PROCESS, new UsageJournalTest.Disk())) {
            ArrayDeque<Runnable> endOfRound = new ArrayDeque<>();
            JournalTurn turn = new JournalTurn(journal, endOfRound::add);
            while (journal.stats().segments() < 4) {
                List<CompletableFuture<Void>> round = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    round.add(turn.append(event(journal.nodeId())).toCompletableFuture());
                }
                endOfRound.remove().run();
                for (CompletableFuture<Void> one : round) {
                    one.get(10, TimeUnit.SECONDS);
                }
            }
            assertThat(journal.stats().segments()).isGreaterThan(3);
        }
    }

    /** Turns and plain appends, in bursts and one at a time: nobody is forgotten, nothing is lost, the order has no gap. */
    @Test
    void manyThreadsOfBothKindsAreAllAnswered() throws Exception {
        ConcurrentLinkedQueue<UsageEvent> events = new ConcurrentLinkedQueue<>();
        int threads = 6;
        try (UsageJournal journal = open(PROCESS, new UsageJournalTest.Disk());
                ExecutorService all = Executors.newFixedThreadPool(threads)) {
            List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                boolean inTurn = t % 2 == 0;
                int burst = 1 + 7 * (t / 2);
                done.add(CompletableFuture.runAsync(() -> {
                    ArrayDeque<Runnable> endOfRound = new ArrayDeque<>();
                    JournalTurn turn = new JournalTurn(journal, endOfRound::add);
                    for (int round = 0; round < 2_000; round++) {
                        List<CompletableFuture<Void>> stages = new ArrayList<>();
                        for (int i = 0; i < burst; i++) {
                            UsageEvent event = event(journal.nodeId());
                            CompletionStage<Void> stage = inTurn ? turn.append(event) : journal.append(event);
                            stages.add(stage.thenRun(() -> events.add(event)).toCompletableFuture());
                        }
                        while (!endOfRound.isEmpty()) {
                            endOfRound.remove().run();
                        }
                        stages.forEach(stage -> stage.orTimeout(20, TimeUnit.SECONDS).join());
                    }
                }, all));
            }
            done.forEach(CompletableFuture::join);
        }
        assertThat(events).hasSize(2_000 * 2 * (1 + 8 + 15));
        assertThat(UsageJournalTest.read(directory)).containsExactlyInAnyOrderElementsOf(events);
    }

    @Test
    void aFullDiskRefusesATurnAndTheNextOneGoesOn() throws Exception {
        UsageJournalTest.Disk disk = new UsageJournalTest.Disk();
        UsageJournal journal = open(PROCESS, disk);
        try (journal) {
            ArrayDeque<Runnable> endOfRound = new ArrayDeque<>();
            JournalTurn turn = new JournalTurn(journal, endOfRound::add);
            disk.spaceLeft.set(0);
            CompletableFuture<Void> refused = turn.append(event(journal.nodeId())).toCompletableFuture();
            endOfRound.remove().run();
            assertThat(refused).isCompletedExceptionally();
            disk.spaceLeft.set(Long.MAX_VALUE);
            CompletableFuture<Void> next = turn.append(event(journal.nodeId())).toCompletableFuture();
            endOfRound.remove().run();
            assertThat(next).isCompleted();
        }
        assertThat(UsageJournalTest.read(directory)).hasSize(1);
    }
}
