package cn.jingshu.metering.benchmark;

import cn.jingshu.metering.Events;
import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.CopiedRows;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.ShipperSettings;
import cn.jingshu.metering.journal.UsageJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
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
 * Events made billable a second, journal to committed rows, beside a plain binary COPY of the same rows into a table of
 * the same columns with the same key, in the same run on the same PostgreSQL. DESIGN §11 wants half of that at least.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {"-Xmx768m", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 4)
@Measurement(iterations = 10)
public class ShippingBenchmark {
    private static final int EVENTS = 100_000;

    /** How many subscriptions the events are of: so many hourly totals a batch moves. */
    @Param({"1000"})
    public int subscriptions = 1_000;

    private Path root = Path.of("");
    private @Nullable Running running; // null: before start
    private CopiedRows copied = new CopiedRows(List.of(), 1);

    @Setup(Level.Trial)
    public void start() throws IOException, SQLException {
        root = Files.createTempDirectory("shipping-benchmark");
        Postgres postgres = new Postgres(root.resolve("postgres"));
        DataSource dataSource = postgres.dataSource();
        MeteringSchema.migrate(dataSource);
        Postgres.run(dataSource, CopiedRows.MAKE_TABLE);
        UsageJournal journal = UsageJournal.open(
                root.resolve("journal"), JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
        Shipper shipper = Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC());
        running = new Running(postgres, dataSource, journal, shipper);
    }

    @Setup(Level.Invocation)
    public void append() {
        UsageJournal journal = running().journal();
        EventIds ids = new EventIds(Clock.systemUTC());
        List<UsageEvent> events = new ArrayList<>(EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            events.add(Events.event(
                    ids.next(),
                    journal.nodeId(),
                    new UUID(9, i % subscriptions),
                    Events.NOON.plusMillis(i / 10),
                    Outcome.ANSWERED,
                    1,
                    false));
        }
        copied = new CopiedRows(events, ShipperSettings.USUAL.batchEvents());
        List<CompletableFuture<Void>> group = new ArrayList<>();
        for (UsageEvent event : events) {
            group.add(journal.append(event).toCompletableFuture());
            if (group.size() == 1_000) {
                group.forEach(CompletableFuture::join); // what waits is bounded
                group.clear();
            }
        }
        group.forEach(CompletableFuture::join);
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
        running().journal().close();
        running().postgres().close();
        JournalAppendBenchmark.delete(root);
    }

    /** From the journal, exactly once, with hourly totals and position: 100,000 events. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long ship() throws SQLException, IOException {
        return running().shipper().shipAvailable();
    }

    /** The reference: the same rows by COPY and nothing else, as many a transaction as the shipper has at most. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long copy() throws SQLException, IOException {
        return copied.copy(running().dataSource());
    }

    private record Running(Postgres postgres, DataSource dataSource, UsageJournal journal, Shipper shipper) {}

    private Running running() {
        return Objects.requireNonNull(running, "JMH calls start first");
    }
}
