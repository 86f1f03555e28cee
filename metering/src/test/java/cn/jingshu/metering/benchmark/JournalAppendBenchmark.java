package cn.jingshu.metering.benchmark;

import cn.jingshu.metering.Events;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.UsageJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Events made durable a second: each producer appends one event, waits until it is durable, and appends the next. Producers are virtual threads: a
 * node's calls wait as stages, and no thread of the system is put to sleep and woken for each.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 2, jvmArgsAppend = {"-Xmx512m", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class JournalAppendBenchmark {
    private static final int PRODUCERS = 64;
    private static final int EACH = 1_000;

    @Param({"PROCESS", "DISK"})
    public Durability durability = Durability.PROCESS;

    private Path directory = Path.of("");
    private @Nullable UsageJournal journal; // null: before open
    private UsageEvent event = Events.event("none");

    @Setup(Level.Iteration)
    public void open() throws IOException {
        directory = Files.createTempDirectory("journal-benchmark");
        UsageJournal opened = UsageJournal.open(directory, JournalSettings.of(durability), Clock.systemUTC());
        event = Events.event(opened.nodeId());
        journal = opened;
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        journal().close();
        delete(directory);
    }

    /** One producer: every event has a write, and with DISK an fsync, to itself. */
    @Benchmark
    public void oneProducer() {
        journal().append(event).toCompletableFuture().join();
    }

    /** 64 producers share writes and fsyncs: what DESIGN §11 sets a floor for. */
    @Benchmark
    @OperationsPerInvocation(PRODUCERS * EACH)
    public void sixtyFourProducers() throws InterruptedException, ExecutionException {
        try (ExecutorService producers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<?> producer : producers.invokeAll(Collections.nCopies(PRODUCERS, Executors.callable(this::produce)))) {
                producer.get(); // a failure of one is the benchmark's
            }
        }
    }

    private void produce() {
        for (int i = 0; i < EACH; i++) {
            journal().append(event).toCompletableFuture().join();
        }
    }

    private UsageJournal journal() {
        return Objects.requireNonNull(journal, "JMH calls open first");
    }

    static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
