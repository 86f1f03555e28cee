package cn.jingshu.metering.journal;

import static cn.jingshu.metering.Events.NOON;
import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.usage.DayTotal;
import cn.jingshu.metering.usage.LiveAnswer;
import cn.jingshu.metering.usage.LiveUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a node says of what it has not shipped, look by look, under a clock the test moves. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LiveTotalsIT {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    /** Segments of some two hundred events, batches of a hundred. */
    private static final JournalSettings JOURNAL = new JournalSettings(Durability.PROCESS, 1 << 16, 1 << 20);
    private static final ShipperSettings SHIPPER = new ShipperSettings(
            100, Duration.ZERO, 1, Duration.ZERO, Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(10));

    private static final class HandClock extends Clock {
        Instant now = NOON;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("moments only");
        }

        void pass(Duration time) {
            now = now.plus(time);
        }
    }

    @TempDir
    private static Path root;

    private Postgres postgres;
    private DataSource dataSource;
    private LiveUsage live;
    private Path directory = Path.of("");
    private UUID subscription = new UUID(0, 0);
    private int tests;
    private HandClock clock = new HandClock();
    private Shipper.@Nullable Step diesAt;

    @BeforeAll
    void start() throws IOException {
        postgres = new Postgres(root.resolve("postgres"));
        dataSource = postgres.dataSource();
        MeteringSchema.migrate(dataSource);
        live = new LiveUsage(dataSource);
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void newNode() throws SQLException {
        directory = root.resolve("journal-" + tests++);
        subscription = UUID.randomUUID();
        clock = new HandClock();
        diesAt = null;
        Postgres.run(dataSource, "DELETE FROM metering.usage_live_node; DELETE FROM metering.usage_live");
    }

    private UsageJournal open() throws IOException {
        return UsageJournal.open(directory, JOURNAL, clock);
    }

    /** One that has learned where its journal stands, and ships a single batch whenever it is asked. */
    private Shipper shipper(UsageJournal journal) throws SQLException, IOException {
        Shipper shipper = new Shipper(new PostgresShippingStore(dataSource), directory, journal, SHIPPER, clock, step -> {
            if (step == diesAt) {
                throw new SQLException("died at " + step);
            }
        });
        if (journal.openReport().nextSequence() == 1) {
            shipper.shipAvailable();
        }
        return shipper;
    }

    private void append(UsageJournal journal, int events) {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            UsageEvent event = event(journal.nodeId(), subscription, NOON.plusSeconds(i), i % 3 == 0 ? Outcome.NOT_FOUND : Outcome.ANSWERED,
                    i % 3 == 0 ? 0 : 2, i % 7 == 0);
            stages.add(journal.append(event).toCompletableFuture());
        }
        stages.forEach(CompletableFuture::join);
    }

    private void look(Shipper shipper) throws SQLException, IOException {
        clock.pass(LiveTotals.EVERY);
        shipper.look();
    }

    private LiveAnswer<DayTotal> days() throws SQLException {
        return live.listDays(subscription, DAY, DAY.plusDays(1));
    }

    private long calls() throws SQLException {
        return days().totals().stream().mapToLong(each -> each.total().calls()).sum();
    }

    private long rows(String table) throws SQLException {
        return Postgres.number(dataSource, "SELECT count(*) FROM metering." + table);
    }

    @Test
    void whileShippingKeepsUpANodeSaysOnlyThatItIsThere() throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            look(shipper);
            for (int second = 0; second < 3; second++) {
                for (int look = 0; look < 4; look++) {
                    append(journal, 5);
                    look(shipper);
                    shipper.shipAvailable();
                    assertThat(rows("usage_live")).isZero();
                }
                assertThat(days().freshness().asOf().orElseThrow()).isAfterOrEqualTo(clock.now.minus(Duration.ofSeconds(1)));
            }
            assertThat(days().provisionalCalls()).isZero();
            assertThat(calls()).isEqualTo(60);
        }
    }

    @Test
    void whatWaitsFromOneLookToTheNextIsShown() throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            look(shipper);
            append(journal, 250);
            look(shipper);
            assertThat(calls()).isZero();
            assertThat(days().freshness().asOf().orElseThrow()).isBefore(clock.now); // and nothing else is claimed
            look(shipper);
            assertThat(days().provisionalCalls()).isEqualTo(250);
            assertThat(days().freshness().asOf()).contains(clock.now);
            append(journal, 30);
            look(shipper);
            assertThat(days().provisionalCalls()).isEqualTo(280);
            assertThat(days().totals().stream().mapToLong(each -> each.total().quantity()).sum())
                    .isEqualTo(days().totals().stream().mapToLong(each -> each.provisionalQuantity()).sum())
                    .isEqualTo(2L * (250 - 84 + 30 - 10));
            shipper.shipAvailable();
            assertThat(calls()).isEqualTo(280);
            assertThat(days().provisionalCalls()).isZero();
            assertThat(rows("usage_live")).isZero();
        }
    }

    @Test
    void aHangingAnswerIsGivenUpAfterSecondsAndHoldsUpNoShipping() throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            append(journal, 50);
            look(shipper);
            look(shipper);
            append(journal, 130);
            int shipped = 180;
            try (Connection holder = dataSource.getConnection(); Statement lock = holder.createStatement()) {
                holder.setAutoCommit(false);
                lock.execute("LOCK TABLE metering.usage_live_node IN SHARE MODE"); // read by all, written by nobody
                long began = System.nanoTime();
                CompletableFuture<Throwable> given = hangingLook(shipper);
                shipper.shipAvailable();
                // A machine that takes seconds to ship gets further tries; shipping that waits for the look is never before it.
                for (int tries = 1; given.isDone() && tries < 5; tries++) {
                    assertThat(given.join()).isInstanceOf(SQLException.class);
                    append(journal, 10);
                    shipped += 10;
                    began = System.nanoTime();
                    given = hangingLook(shipper);
                    shipper.shipAvailable();
                }
                assertThat(given).as("shipped before the look was given up").isNotDone();
                assertThat(calls()).isEqualTo(shipped);
                append(journal, 60);
                assertThat(calls()).as("what was said is of another place").isEqualTo(shipped);
                assertThat(given.join()).isInstanceOf(SQLException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(PostgresShippingStore.SAID_WITHIN.minusSeconds(1))
                        .isLessThan(PostgresShippingStore.SAID_WITHIN.multipliedBy(3));
                holder.rollback();
            }
            look(shipper);
            look(shipper);
            assertThat(calls()).isEqualTo(shipped + 60);
            assertThat(days().provisionalCalls()).isEqualTo(60);
            shipper.shipAvailable();
            assertThat(calls()).isEqualTo(shipped + 60);
            assertThat(days().provisionalCalls()).isZero();
        }
    }

    /** What a look ends with that is under way now, or was. */
    private CompletableFuture<Throwable> hangingLook(Shipper shipper) {
        CompletableFuture<Throwable> given = CompletableFuture.supplyAsync(() -> catchThrowable(() -> look(shipper)));
        while (!shipper.isLooking() && !given.isDone()) {
            Thread.onSpinWait();
        }
        return given;
    }

    @Test
    void aHangingAnswerHoldsUpNoStop() throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            append(journal, 50);
            try (Connection holder = dataSource.getConnection(); Statement lock = holder.createStatement()) {
                holder.setAutoCommit(false);
                lock.execute("LOCK TABLE metering.usage_live_node IN SHARE MODE");
                shipper.start(Duration.ofSeconds(1));
                while (!shipper.isLooking()) {
                    clock.pass(LiveTotals.EVERY);
                    Thread.sleep(10);
                }
                long began = System.nanoTime();
                shipper.close();
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PostgresShippingStore.SAID_WITHIN.minusSeconds(1));
                holder.rollback();
            }
            assertThat(calls()).isEqualTo(50);
        }
    }

    @Test
    void aSingleEventIsFoundInTheJournalUntilItIsShipped() throws Exception {
        try (UsageJournal journal = open()) {
            UnshippedEvents unshipped = new UnshippedEvents(journal, new Shipper(new PostgresShippingStore(dataSource), directory, journal,
                    SHIPPER, clock, _ -> {}));
            UsageEvent early = event(journal.nodeId());
            journal.append(early).toCompletableFuture().join();
            assertThat(unshipped.find(early.eventId())).as("nobody knows yet where the journal stands").isEmpty();
            Shipper shipper = shipper(journal);
            unshipped = new UnshippedEvents(journal, shipper);
            append(journal, 120);
            UsageEvent wanted = event(journal.nodeId());
            journal.append(wanted).toCompletableFuture().join();
            append(journal, 20);
            assertThat(unshipped.find(early.eventId())).as("shipped").isEmpty();
            assertThat(unshipped.find(wanted.eventId())).contains(new RecordedEvent(wanted, 122));
            assertThat(unshipped.listByRequest(wanted.requestId())).containsExactly(new RecordedEvent(wanted, 122));
            assertThat(unshipped.find(UUID.randomUUID())).isEmpty();
            while (shipper.shipAvailable() > 0) {
                // to the end
            }
            assertThat(unshipped.find(wanted.eventId())).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Shipper.Step.class)
    void whereverAShipperDiesAllIsCountedOnce(Shipper.Step step) throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            append(journal, 250);
            look(shipper);
            look(shipper);
            diesAt = step;
            assertThatThrownBy(shipper::shipAvailable).isInstanceOf(SQLException.class);
            assertThat(calls()).isEqualTo(250);
            look(shipper);
            assertThat(calls()).isEqualTo(250);
            diesAt = null;
            append(journal, 1);
            look(shipper);
            assertThat(calls()).isEqualTo(251);
            shipper.shipAvailable();
            assertThat(calls()).isEqualTo(251);
            assertThat(days().provisionalCalls()).isZero();
        }
        // The next run goes on.
        try (UsageJournal journal = open()) {
            Shipper next = shipper(journal);
            next.shipAvailable();
            append(journal, 9);
            look(next);
            look(next);
            assertThat(calls()).isEqualTo(260);
        }
    }

    @Test
    void anEventTheJournalHoldsTwiceIsTakenOutTwice() throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            UsageEvent once = event(journal.nodeId(), subscription, NOON, Outcome.ANSWERED, 2, false);
            journal.append(once).toCompletableFuture().join();
            journal.append(once).toCompletableFuture().join();
            append(journal, 150);
            look(shipper);
            look(shipper);
            diesAt = Shipper.Step.COMMITTED;
            assertThatThrownBy(shipper::shipAvailable).isInstanceOf(SQLException.class);
            assertThat(days().provisionalCalls()).isEqualTo(52);
            assertThat(calls()).isEqualTo(151); // the second of the two is counted until it is met
        }
    }

    @Test
    void whatAnEarlierRunSaidStaysAsLongAsItsJournalHasIt() throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            append(journal, 40);
            look(shipper);
            look(shipper);
        }
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            look(shipper);
            assertThat(calls()).isEqualTo(40);
        }
    }

    @Test
    void whatTheJournalLostInAPowerCutIsTakenBack() throws Exception {
        Path earlier = root.resolve("copy-" + tests);
        try (UsageJournal journal = open()) {
            shipper(journal);
            append(journal, 20);
        }
        copy(directory, earlier);
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            shipper.shipAvailable();
            append(journal, 30);
            look(shipper);
            look(shipper);
            assertThat(calls()).isEqualTo(50);
        }
        deleteAll(directory);
        copy(earlier, directory);
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            append(journal, 50);
            look(shipper); // PostgreSQL knows 20, its sums said 50; the journal had 20 when it was opened
            assertThat(calls()).isEqualTo(20);
            shipper.shipAvailable();
            assertThat(calls()).isEqualTo(70);
        }
    }

    @Test
    void whatPostgresqlForgotIsSaidAgain() throws Exception {
        try (UsageJournal journal = open()) {
            Shipper shipper = shipper(journal);
            append(journal, 20);
            look(shipper);
            look(shipper);
            Postgres.run(dataSource, "TRUNCATE metering.usage_live, metering.usage_live_node"); // as a crash does to unlogged tables
            assertThat(calls()).isZero();
            assertThat(days().freshness().awaySince()).isEmpty();
            look(shipper);
            assertThat(calls()).isEqualTo(20);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
    }
}
