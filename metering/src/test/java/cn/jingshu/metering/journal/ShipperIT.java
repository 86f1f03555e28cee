package cn.jingshu.metering.journal;

import static cn.jingshu.metering.Events.NOON;
import static cn.jingshu.metering.Events.SUBSCRIPTION;
import static cn.jingshu.metering.Events.await;
import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.usage.NodeCount;
import cn.jingshu.metering.usage.ShippedBatch;
import cn.jingshu.metering.usage.ShippedBatches;
import cn.jingshu.metering.usage.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ShipperIT {
    private static final JournalSettings JOURNAL = new JournalSettings(Durability.PROCESS, 1 << 16, 1 << 20);
    private static final ShipperSettings SHIPPER = new ShipperSettings(
            100, Duration.ofMillis(5), 1, Duration.ofSeconds(1), Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(10));

    @TempDir
    private static Path root;

    private Postgres postgres;
    private DataSource dataSource;
    private Usage usage;
    private Path directory = Path.of("");
    private int tests;

    @BeforeAll
    void startPostgres() throws IOException {
        postgres = new Postgres(root.resolve("postgres"));
        dataSource = postgres.dataSource();
        usage = new Usage(dataSource);
        MeteringSchema.migrate(dataSource);
        MeteringSchema.migrate(dataSource); // a second node does the same
    }

    @AfterAll
    void stopPostgres() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void newNode() {
        directory = root.resolve("journal-" + tests++);
    }

    private UsageJournal open() throws IOException {
        return UsageJournal.open(directory, JOURNAL, Clock.systemUTC());
    }

    private Shipper shipper(UsageJournal journal, Shipper.StepWatch watch) {
        return new Shipper(
                new PostgresShippingStore(dataSource), directory, journal, SHIPPER, Clock.systemUTC(), watch);
    }

    private NodeCount count(String nodeId) throws SQLException {
        return usage.listNodeCounts().stream()
                .filter(one -> one.nodeId().equals(nodeId))
                .findFirst()
                .orElseThrow();
    }

    private List<String> stored(String nodeId) throws SQLException {
        List<String> ids = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT node_id, event_id, sequence FROM metering.usage_event ORDER BY node_id, sequence")) {
            while (row.next()) {
                if (row.getString("node_id").equals(nodeId)) {
                    ids.add(row.getString("event_id"));
                    assertThat(row.getLong("sequence")).isEqualTo(ids.size());
                }
            }
        }
        return ids;
    }

    private static List<String> ids(List<UsageEvent> events) {
        return events.stream().map(event -> event.eventId().toString()).toList();
    }

    /** Batches are numbered, follow each other to {@code next}, hold {@code events} together, and each has the digest of its events. */
    private void assertBatches(String nodeId, long next, long events) throws SQLException {
        ShippedBatches batches = new ShippedBatches(dataSource);
        long number = 0;
        long reached = 1;
        long stored = 0;
        for (ShippedBatch batch : batches.listAfter(Map.of(nodeId, 0L), 1_000)) {
            assertThat(batch.number()).isEqualTo(++number);
            assertThat(batch.firstSequence()).isEqualTo(reached);
            assertThat(batches.findOf(nodeId, reached)).contains(batch);
            assertThat(batches.findOf(nodeId, batch.nextSequence() - 1)).contains(batch);
            reached = batch.nextSequence();
            stored += batch.events();
        }
        assertThat(reached).isEqualTo(next);
        assertThat(stored).isEqualTo(events);
        assertThat(batches.findOf(nodeId, next)).isEmpty();
        assertThat(batches.listAltered(nodeId, 0, number)).isEmpty();
        assertSums();
    }

    /** What all batches say they add up to is what the hours hold, the sandbox left out. */
    private void assertSums() throws SQLException {
        String differing = """
            WITH said AS (
                SELECT split_part(line, E'\t', 1) AS month, split_part(line, E'\t', 2) AS subscription_id, split_part(line, E'\t', 3) AS product,
                       split_part(line, E'\t', 4) AS operation, split_part(line, E'\t', 5) AS purpose_class, split_part(line, E'\t', 6) AS unit,
                       sum(CAST(split_part(line, E'\t', 7) AS bigint)) AS units
                  FROM metering.usage_batch b CROSS JOIN regexp_split_to_table(rtrim(b.sums, E'\n'), E'\n') AS line
                 WHERE b.sums <> ''
                 GROUP BY 1, 2, 3, 4, 5, 6),
            counted AS (
                SELECT to_char(h.hour AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, CAST(h.subscription_id AS text) AS subscription_id, h.product,
                       h.operation, h.purpose_class, h.unit, sum(h.quantity) AS units
                  FROM metering.usage_hour h
                 WHERE NOT h.sandbox
                 GROUP BY 1, 2, 3, 4, 5, 6)
            SELECT count(*) FROM ((SELECT * FROM said EXCEPT SELECT * FROM counted) UNION ALL (SELECT * FROM counted EXCEPT SELECT * FROM said)) d
            """;
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(differing)) {
            assertThat(row.next()).isTrue();
            assertThat(row.getLong(1)).isZero();
        }
    }

    private void assertTotalsAgree() throws SQLException {
        for (int month = 9; month <= 12; month++) {
            assertThat(usage.listMismatches(YearMonth.of(2026, month))).isEmpty();
        }
    }

    @Test
    void whatIsShippedEqualsWhatWasAppended() throws Exception {
        try (UsageJournal journal = open()) {
            UsageEvent odd = new UsageEvent(
                    new cn.jingshu.metering.event.EventIds(Clock.systemUTC()).next(),
                    Instant.parse("2026-11-23T04:59:59.999999Z"),
                    journal.nodeId(),
                    SUBSCRIPTION,
                    SUBSCRIPTION,
                    "公交",
                    "a\\tb,\"c\"",
                    "PUBLIC_INTEREST",
                    Outcome.NOT_FOUND,
                    "ROW",
                    17,
                    404,
                    5,
                    6,
                    "\\N",
                    true,
                    "GRPC");
            journal.append(odd).toCompletableFuture().join();
            Shipper shipper = Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC());
            assertThat(shipper.shipAvailable()).isEqualTo(1);
            assertThat(shipper.shipAvailable()).isZero();
            assertThat(usage.findEvent(odd.eventId()).orElseThrow().event()).isEqualTo(odd);
            assertBatches(journal.nodeId(), 2, 1);
        }
        assertTotalsAgree();
    }

    @Test
    void aShipperThatDiesAtAnyStepShipsEachEventOnce() throws Exception {
        List<UsageEvent> events = new ArrayList<>();
        Random random = new Random(20261123);
        String nodeId = "";
        for (int round = 0; round < 25; round++) {
            try (UsageJournal journal = open()) {
                nodeId = journal.nodeId();
                events.addAll(UsageJournalTest.append(journal, random.nextInt(1, 250)));
                Shipper.Step dieAt = List.of(Shipper.Step.values()).get(round % 5);
                Shipper dying = shipper(journal, step -> {
                    if (step == dieAt) {
                        throw new SQLException("died at " + step);
                    }
                });
                assertThatThrownBy(dying::shipAvailable).hasMessage("died at " + dieAt);
                if (random.nextBoolean()) {
                    shipper(journal, Shipper.StepWatch.NONE).shipAvailable();
                    assertThat(stored(nodeId)).isEqualTo(ids(events));
                }
            }
        }
        Shipper.ofDirectory(directory, dataSource, SHIPPER, Clock.systemUTC(), (_, _) -> {}).shipAvailable();
        assertThat(stored(nodeId)).isEqualTo(ids(events));
        assertThat(count(nodeId).agrees()).isTrue();
        assertBatches(nodeId, events.size() + 1L, events.size());
        assertTotalsAgree();
    }

    @Test
    void ofTwoShippersOfOneJournalEachEventIsShippedByOne() throws Exception {
        List<UsageEvent> events = new ArrayList<>();
        try (UsageJournal journal = open()) {
            AtomicBoolean done = new AtomicBoolean();
            Shipper one = Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC());
            Shipper other = Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC());
            List<CompletableFuture<Long>> loops = Stream.of(one, other)
                    .map(shipper -> CompletableFuture.supplyAsync(() -> {
                        long shipped = 0;
                        while (!done.get()) {
                            shipped += ship(shipper);
                        }
                        return shipped + ship(shipper);
                    }))
                    .toList();
            for (int i = 0; i < 100; i++) {
                events.addAll(UsageJournalTest.append(journal, 30));
            }
            done.set(true);
            long shipped = 0;
            for (CompletableFuture<Long> loop : loops) {
                shipped += loop.get();
            }
            assertThat(shipped).isEqualTo(3_000);
            assertThat(stored(journal.nodeId())).isEqualTo(ids(events));
            assertThat(Segment.list(directory)).hasSize(1); // what is shipped is deleted
        }
        assertTotalsAgree();
    }

    @Test
    void aJournalThatIsOpenIsLeftToItsOwner() throws Exception {
        List<UsageEvent> events;
        String nodeId;
        Shipper foreign = Shipper.ofDirectory(directory, dataSource, SHIPPER, Clock.systemUTC(), (_, _) -> {});
        try (UsageJournal journal = open()) {
            nodeId = journal.nodeId();
            events = UsageJournalTest.append(journal, 30);
            assertThat(foreign.shipAvailable()).isZero();
        }
        assertThat(foreign.shipAvailable()).isEqualTo(30);
        assertThat(stored(nodeId)).isEqualTo(ids(events));
    }

    private static long ship(Shipper shipper) {
        try {
            return shipper.shipAvailable();
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void callsGoOnWhilePostgresIsAwayAndShippingResumes() throws Exception {
        List<UsageEvent> events = new ArrayList<>();
        try (UsageJournal journal = open();
                Shipper shipper = Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC())) {
            shipper.start(Duration.ofSeconds(60));
            events.addAll(UsageJournalTest.append(journal, 50));
            await("the commit wakes the shipper", Duration.ofSeconds(10), () -> journal.stats().unshippedEvents() == 0);
            postgres.stop();
            try {
                events.addAll(UsageJournalTest.append(journal, 700));
                await("the trouble is seen", Duration.ofSeconds(10), () ->
                        shipper.stats().state() instanceof ShippingState.Retrying);
                assertThat(journal.stats().unshippedEvents()).isEqualTo(700);
                assertThat(journal.stats().lagAt(Instant.now().plusSeconds(5))).isGreaterThan(Duration.ofSeconds(4));
            } finally {
                postgres.start();
            }
            await("shipping resumes", Duration.ofSeconds(20), () -> journal.stats().unshippedEvents() == 0);
            await("the trouble is over", Duration.ofSeconds(10), () ->
                    shipper.stats().state() instanceof ShippingState.Shipping);
            assertThat(shipper.stats().shippedEvents()).isEqualTo(750);
            assertThat(stored(journal.nodeId())).isEqualTo(ids(events));
        }
    }

    @Test
    void closeShipsWhatIsThere() throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC());
            shipper.start(Duration.ofSeconds(60));
            List<UsageEvent> events = UsageJournalTest.append(journal, 321);
            shipper.close();
            assertThat(stored(journal.nodeId())).isEqualTo(ids(events));
            assertThat(shipper.stats().state()).isInstanceOf(ShippingState.Stopped.class);
        }
    }

    @Test
    void aMonthBeginsInShanghai() throws Exception {
        Instant lastOfSeptember = Instant.parse("2026-09-30T15:59:59.999999Z");
        Instant firstOfOctober = Instant.parse("2026-09-30T16:00:00Z");
        try (UsageJournal journal = open()) {
            for (Instant moment : List.of(lastOfSeptember, firstOfOctober)) {
                journal.append(event(journal.nodeId(), SUBSCRIPTION, moment, Outcome.ANSWERED, 3, false))
                        .toCompletableFuture()
                        .join();
            }
            Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC()).shipAvailable();
        }
        assertThat(Postgres.number(dataSource, "SELECT count(*) FROM metering.usage_event_2026_09")).isEqualTo(1);
        assertThat(Postgres.number(dataSource, "SELECT count(*) FROM metering.usage_event_2026_10")).isEqualTo(1);
        assertThat(usage.listPeriodTotals(YearMonth.of(2026, 9)).getFirst().quantity()).isEqualTo(3);
        assertThat(usage.listPeriodTotals(YearMonth.of(2026, 10)).getFirst().quantity()).isEqualTo(3);
        assertTotalsAgree();
    }

    @Test
    void aNewMonthMetByTwoNodesAtOnceMakesOnePartition() throws Exception {
        List<CompletableFuture<Long>> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Path one = root.resolve("month-" + i);
            try (UsageJournal journal = UsageJournal.open(one, JOURNAL, Clock.systemUTC())) {
                for (int month = 1; month <= 8; month++) {
                    Instant moment = YearMonth.of(2031, month).atDay(15).atStartOfDay().toInstant(java.time.ZoneOffset.UTC);
                    journal.append(event(journal.nodeId(), SUBSCRIPTION, moment, Outcome.ANSWERED, 1, false))
                            .toCompletableFuture()
                            .join();
                }
            }
            both.add(CompletableFuture.supplyAsync(
                    () -> ship(Shipper.ofDirectory(one, dataSource, SHIPPER, Clock.systemUTC(), (_, _) -> {}))));
        }
        for (CompletableFuture<Long> one : both) {
            assertThat(one.get()).isEqualTo(8);
        }
    }

    @Test
    void anEventThatIsInTheJournalTwiceIsCountedOnce() throws Exception {
        try (UsageJournal journal = open()) {
            UsageEvent twice = event(journal.nodeId());
            for (UsageEvent one : List.of(event(journal.nodeId()), twice, event(journal.nodeId()), twice)) {
                journal.append(one).toCompletableFuture().join();
            }
            Shipper shipper = Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC());
            shipper.shipAvailable();
            journal.append(twice).toCompletableFuture().join();
            shipper.shipAvailable();
            assertThat(shipper.stats().repeatedEvents()).isEqualTo(2);
            assertThat(count(journal.nodeId()).storedEvents()).isEqualTo(3);
            assertThat(count(journal.nodeId()).repeatedFrames()).isEqualTo(2);
            assertThat(count(journal.nodeId()).agrees()).isTrue();
            assertBatches(journal.nodeId(), 6, 3);
            assertThat(new ShippedBatches(dataSource).findOf(journal.nodeId(), 5).orElseThrow().events()).isZero();
        }
        assertTotalsAgree();
    }

    @Test
    void aBatchIsNeverChangedAndAChangedEventIsFound() throws Exception {
        try (UsageJournal journal = open()) {
            UsageJournalTest.append(journal, 250);
            Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC()).shipAvailable();
            for (String change : List.of(
                    "UPDATE metering.usage_batch SET events = 0",
                    "DELETE FROM metering.usage_batch",
                    "TRUNCATE metering.usage_batch")) {
                assertThatThrownBy(() -> Postgres.run(dataSource, change)).hasMessageContaining("append-only");
            }
            for (String added : List.of(
                    "number + 2, next_sequence, next_sequence + 1",
                    "number + 1, next_sequence + 1, next_sequence + 2",
                    "number + 1, next_sequence - 1, next_sequence + 2")) {
                assertThatThrownBy(() -> Postgres.run(dataSource,
                                "INSERT INTO metering.usage_batch (node_id, number, first_sequence, next_sequence, events, content_sha256, shipped_at) SELECT node_id, "
                                        + added + ", 0, content_sha256, shipped_at FROM metering.usage_batch WHERE number = 3 AND node_id = '"
                                        + journal.nodeId() + "'"))
                        .hasMessageContaining("does not follow");
            }
            ShippedBatches batches = new ShippedBatches(dataSource);
            assertThat(batches.listAltered(journal.nodeId(), 0, 3)).isEmpty();
            String event = " WHERE node_id = '" + journal.nodeId() + "' AND sequence = 117";
            for (String change : List.of(
                    "UPDATE metering.usage_event SET quantity = quantity + 1",
                    "UPDATE metering.usage_event SET request_id = 'x'",
                    "DELETE FROM metering.usage_event")) {
                Postgres.run(dataSource, "CREATE TABLE public.kept AS SELECT * FROM metering.usage_event" + event
                        + "; SET session_replication_role = replica; " + change + event + "; SET session_replication_role = DEFAULT");
                assertThat(batches.listAltered(journal.nodeId(), 0, 3)).extracting(ShippedBatch::number).containsExactly(2L);
                assertThat(batches.listAltered(journal.nodeId(), 2, 3)).isEmpty();
                Postgres.run(dataSource, "SET session_replication_role = replica; DELETE FROM metering.usage_event" + event
                        + "; INSERT INTO metering.usage_event SELECT * FROM public.kept; SET session_replication_role = DEFAULT; DROP TABLE public.kept");
            }
            assertThat(batches.listAltered(journal.nodeId(), 0, 3)).isEmpty();
            Postgres.run(dataSource, "SET session_replication_role = replica; UPDATE metering.usage_batch SET sums = replace(sums, 'INDUSTRY', 'OTHER')"
                    + " WHERE number = 3 AND node_id = '" + journal.nodeId() + "'; SET session_replication_role = DEFAULT");
            assertThat(batches.listAltered(journal.nodeId(), 0, 3)).extracting(ShippedBatch::number).containsExactly(3L);
            Postgres.run(dataSource, "SET session_replication_role = replica; UPDATE metering.usage_batch SET sums = replace(sums, 'OTHER', 'INDUSTRY')"
                    + " WHERE number = 3 AND node_id = '" + journal.nodeId() + "'; SET session_replication_role = DEFAULT");
        }
    }

    @Test
    void anEventIsNeverChangedOrDeleted() throws Exception {
        try (UsageJournal journal = open()) {
            UsageJournalTest.append(journal, 1);
            Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC()).shipAvailable();
        }
        for (String change : List.of(
                "UPDATE metering.usage_event SET quantity = 2",
                "DELETE FROM metering.usage_event",
                "TRUNCATE metering.usage_event",
                "TRUNCATE metering.usage_event_2026_11")) {
            assertThatThrownBy(() -> Postgres.run(dataSource, change)).hasMessageContaining("append-only");
        }
    }

    @Test
    void aJournalSetBackIsRefusedByName() throws Exception {
        Path saved = root.resolve("saved");
        try (UsageJournal journal = open()) {
            UsageJournalTest.append(journal, 50);
        }
        copy(directory, saved);
        try (UsageJournal journal = open()) {
            UsageJournalTest.append(journal, 50);
            Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC()).shipAvailable();
        }
        try (UsageJournal journal = UsageJournal.open(saved, JOURNAL, Clock.systemUTC())) {
            Shipper shipper = Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC());
            assertThatThrownBy(shipper::shipAvailable)
                    .isInstanceOf(ShippingRefusedException.class)
                    .hasMessageContaining("lost its end");
            UsageJournalTest.append(journal, 70); // now it is longer than what PostgreSQL holds
            assertThatThrownBy(shipper::shipAvailable)
                    .isInstanceOf(ShippingRefusedException.class)
                    .hasMessageContaining("copy or was set back");
            shipper.start(Duration.ofMillis(50));
            await("the refusal is shown", Duration.ofSeconds(10), () ->
                    shipper.stats().state() instanceof ShippingState.Refused);
            shipper.close();
            assertThat(count(journal.nodeId()).storedEvents()).isEqualTo(100);
        }
    }

    @Test
    void aDamagedSegmentIsNotShippedPast() throws Exception {
        String nodeId;
        try (UsageJournal journal = open()) {
            nodeId = journal.nodeId();
            UsageJournalTest.append(journal, 60);
        }
        Path segment = Segment.list(directory).getFirst().path();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 4;
        Files.write(segment, bytes);
        assertThatThrownBy(() -> Shipper.ofDirectory(directory, dataSource, SHIPPER, Clock.systemUTC(), (_, _) -> {}).shipAvailable())
                .isInstanceOf(JournalCorruptException.class)
                .hasMessageContaining(segment.toString());
        assertThat(count(nodeId).storedEvents()).isZero();
    }

    @Test
    void aDirectoryWithoutJournalHasNothingToShip() throws Exception {
        Files.createDirectories(directory);
        assertThat(Shipper.ofDirectory(directory, dataSource, SHIPPER, Clock.systemUTC(), (_, _) -> {}).shipAvailable()).isZero();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void theMomentOfTheLastEventTellsHowFreshTotalsAre() throws Exception {
        try (UsageJournal journal = open()) {
            UsageJournalTest.append(journal, 1);
            Shipper.of(journal, dataSource, SHIPPER, Clock.systemUTC()).shipAvailable();
        }
        assertThat(usage.freshness().lastOccurredAt().orElseThrow()).isAfterOrEqualTo(NOON);
        assertThat(usage.freshness().shippedAt()).isPresent();
    }

    /** While calls come faster than shipping's share of the processor could ship them, the journal keeps them. */
    @Test
    void aRushWaitsInTheJournalAndIsShippedOnceItIsOver() throws Exception {
        ShipperSettings yielding = new ShipperSettings(10_000, Duration.ofMillis(500), 1e-9, Duration.ofHours(1),
                Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(10));
        try (UsageJournal journal = open()) {
            Shipper shipper = Shipper.of(journal, dataSource, yielding, Clock.systemUTC());
            UsageJournalTest.append(journal, Shipper.ENOUGH_TO_MEASURE);
            AtomicBoolean rush = new AtomicBoolean(true);
            Thread calls = Thread.ofPlatform().start(() -> {
                while (rush.get()) {
                    UsageJournalTest.append(journal, 5);
                }
            });
            shipper.start(Duration.ofMillis(50));
            await("a first round", Duration.ofSeconds(10), () -> shipper.stats().shippedEvents() > 0);
            long firstRound = shipper.stats().shippedEvents();
            await("the rush goes on", Duration.ofSeconds(10), () -> journal.stats().unshippedEvents() > 200);
            assertThat(shipper.stats().shippedEvents()).isEqualTo(firstRound);
            rush.set(false);
            calls.join();
            await("all is shipped", Duration.ofSeconds(10), () -> journal.stats().unshippedEvents() == 0);
            shipper.close();
        }
    }

    @Test
    void aRushThatDoesNotEndIsShippedAllTheSame() throws Exception {
        ShipperSettings yielding = new ShipperSettings(100, Duration.ofMillis(5), 1e-9, Duration.ofMillis(100),
                Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(10));
        try (UsageJournal journal = open()) {
            Shipper shipper = Shipper.of(journal, dataSource, yielding, Clock.systemUTC());
            UsageJournalTest.append(journal, Shipper.ENOUGH_TO_MEASURE);
            shipper.start(Duration.ofMillis(50));
            long[] seen = {0};
            for (int round = 1; round <= 3; round++) {
                await("another round during the rush", Duration.ofSeconds(10), () -> {
                    UsageJournalTest.append(journal, 5);
                    return shipper.stats().shippedEvents() > seen[0];
                });
                seen[0] = shipper.stats().shippedEvents();
            }
            shipper.close();
        }
    }
}
