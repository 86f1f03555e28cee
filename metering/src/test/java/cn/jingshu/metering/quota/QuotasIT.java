package cn.jingshu.metering.quota;

import static cn.jingshu.metering.Events.await;
import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.ShipperSettings;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.metering.quota.QuotaDecision.Exhausted;
import cn.jingshu.metering.quota.QuotaDecision.Taken;
import cn.jingshu.metering.quota.QuotaDecision.Unavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QuotasIT {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final Instant IN_NOVEMBER = Instant.parse("2026-11-10T00:00:00Z");
    private static final QuotaSettings SETTINGS = new QuotaSettings(
            50, 8, Duration.ofSeconds(20), Duration.ZERO, Duration.ofMillis(50), Duration.ofMinutes(10), 0, Duration.ofMinutes(10));

    @TempDir
    private static Path root;

    private Postgres postgres;
    private DataSource dataSource;

    @BeforeAll
    void start() throws IOException {
        postgres = new Postgres(root.resolve("postgres"));
        dataSource = postgres.dataSource();
        MeteringSchema.migrate(dataSource);
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    private Quotas open(String node, QuotaSettings settings) {
        return Quotas.open(dataSource, node, 1, UUID.randomUUID(), settings);
    }

    private static QuotaDecision take(Quotas quotas, UUID subscription, long limit, long units) {
        return quotas.take(subscription, NOVEMBER, limit, units).toCompletableFuture().join();
    }

    private long leasedOfPeriod(UUID subscription) throws SQLException {
        return Postgres.number(
                dataSource,
                "SELECT COALESCE(sum(leased_units), 0) FROM metering.quota_period WHERE subscription_id = '"
                        + subscription + "'");
    }

    private long leased(UUID subscription) throws SQLException {
        long ofPeriod = leasedOfPeriod(subscription);
        long ofLeases = Postgres.number(
                dataSource,
                "SELECT COALESCE(sum(leased_units), 0) FROM metering.quota_lease WHERE subscription_id = '"
                        + subscription + "'");
        assertThat(ofPeriod).isEqualTo(ofLeases);
        return ofPeriod;
    }

    @Test
    void overAllNodesExactlyTheLimitIsTaken() throws Exception {
        for (long limit : new long[] {1, 7, 100, 2_345}) {
            UUID subscription = UUID.randomUUID();
            AtomicLong taken = new AtomicLong();
            List<Quotas> nodes = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                Quotas quotas = open("many-" + n, SETTINGS);
                nodes.add(quotas);
                for (int t = 0; t < 6; t++) {
                    threads.add(Thread.ofVirtual().start(() -> {
                        while (take(quotas, subscription, limit, 1) instanceof Taken) {
                            taken.incrementAndGet();
                        }
                    }));
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(taken.get()).isEqualTo(limit);
            assertThat(leased(subscription)).isEqualTo(limit);
            nodes.forEach(Quotas::close);
            assertThat(leased(subscription)).isEqualTo(limit);
        }
    }

    @Test
    void wishesOfManySizesNeverAddUpToMoreThanTheLimit() throws Exception {
        long limit = 5_000;
        UUID subscription = UUID.randomUUID();
        AtomicLong taken = new AtomicLong();
        List<Quotas> nodes = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            Quotas quotas = open("sizes-" + n, SETTINGS);
            nodes.add(quotas);
            for (int t = 0; t < 6; t++) {
                Random random = new Random(31L * n + t);
                threads.add(Thread.ofVirtual().start(() -> {
                    while (true) {
                        long units = random.nextLong(1, 60);
                        if (take(quotas, subscription, limit, units) instanceof Taken) {
                            if (random.nextInt(4) == 0) {
                                quotas.giveBack(subscription, NOVEMBER, units); // the call failed
                            } else {
                                taken.addAndGet(units);
                            }
                        } else if (units == 1) {
                            return;
                        }
                    }
                }));
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(taken.get()).isLessThanOrEqualTo(limit).isGreaterThan(limit - 1_000);
        nodes.forEach(Quotas::close);
        assertThat(leased(subscription)).isEqualTo(taken.get()); // what nobody used is free again
    }

    @Test
    void leasesShrinkNearTheLimitSoAnotherNodeIsNotStarved() throws SQLException {
        UUID subscription = UUID.randomUUID();
        try (Quotas one = open("shrink-1", SETTINGS); Quotas two = open("shrink-2", SETTINGS)) {
            assertThat(take(one, subscription, 10, 1)).isEqualTo(new Taken(9));
            assertThat(leased(subscription)).isEqualTo(1);
            for (int i = 0; i < 9; i++) {
                assertThat(take(two, subscription, 10, 1)).isInstanceOf(Taken.class);
            }
            assertThat(take(one, subscription, 10, 1)).isEqualTo(new Exhausted(new BillingPeriod(NOVEMBER).end(), 0));
        }
    }

    @Test
    void aRaiseCountsAtOnceAndACutStopsTheNode() {
        QuotaSettings believing = new QuotaSettings(
                50, 8, Duration.ofSeconds(20), Duration.ofHours(1), Duration.ZERO, Duration.ofMinutes(10), 0, Duration.ofMinutes(10));
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("raise", believing)) {
            for (int i = 0; i < 3; i++) {
                assertThat(take(quotas, subscription, 3, 1)).isEqualTo(new Taken(2 - i));
            }
            assertThat(take(quotas, subscription, 3, 1)).isInstanceOf(Exhausted.class);
            assertThat(take(quotas, subscription, 1_000, 1)).isEqualTo(new Taken(996));
            assertThat(take(quotas, subscription, 4, 1)).isInstanceOf(Exhausted.class);
            assertThat(take(quotas, subscription, 1_000, 1)).isEqualTo(new Taken(995));
        }
    }

    @Test
    void whoWantsMoreThanIsLeftIsToldWhatIs() {
        UUID subscription = UUID.randomUUID();
        try (Quotas one = open("left-1", SETTINGS); Quotas two = open("left-2", SETTINGS)) {
            assertThat(take(one, subscription, 9, 3)).isEqualTo(new Taken(6));
            assertThat(take(two, subscription, 9, 4)).isEqualTo(new Taken(2));
            assertThat(take(two, subscription, 9, 3)).isEqualTo(new Exhausted(new BillingPeriod(NOVEMBER).end(), 2));
            assertThat(take(two, subscription, 9, 2)).isEqualTo(new Taken(0));
        }
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() throws SQLException {
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("back", SETTINGS)) {
            assertThat(take(quotas, subscription, 5, 5)).isEqualTo(new Taken(0));
            assertThat(take(quotas, subscription, 5, 1)).isInstanceOf(Exhausted.class);
            quotas.giveBack(subscription, NOVEMBER, 2);
            assertThat(take(quotas, subscription, 5, 2)).isEqualTo(new Taken(0));
            assertThat(take(quotas, subscription, 5, 6)).isInstanceOf(Exhausted.class);
            assertThatThrownBy(() -> quotas.giveBack(UUID.randomUUID(), NOVEMBER, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(leased(subscription)).isEqualTo(5);
    }

    @Test
    void periodsDoNotShareAQuota() {
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("periods", SETTINGS)) {
            assertThat(take(quotas, subscription, 1, 1)).isInstanceOf(Taken.class);
            assertThat(quotas.take(subscription, NOVEMBER.plusMonths(1), 1, 1).toCompletableFuture().join())
                    .isInstanceOf(Taken.class);
        }
    }

    @Test
    void anIdleLeaseGoesBackForOthers() {
        QuotaSettings restless = new QuotaSettings(
                50, 1, Duration.ofSeconds(20), Duration.ZERO, Duration.ZERO, Duration.ofMillis(200), 0, Duration.ofMillis(200));
        UUID subscription = UUID.randomUUID();
        try (Quotas one = open("idle-1", restless); Quotas two = open("idle-2", SETTINGS)) {
            assertThat(take(one, subscription, 50, 1)).isEqualTo(new Taken(49)); // leased all
            assertThat(take(two, subscription, 50, 1)).isInstanceOf(Exhausted.class);
            await("the idle lease is returned", Duration.ofSeconds(10), () ->
                    take(two, subscription, 50, 49) instanceof Taken);
        }
    }

    private static QuotaSettings keeping(long reserveUnits, Duration keepReserveFor) {
        return new QuotaSettings(50, 8, Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, Duration.ofMillis(100),
                reserveUnits, keepReserveFor);
    }

    private void awaitLeased(UUID subscription, long units) {
        await(units + " units are leased", Duration.ofSeconds(10), () -> {
            try {
                return leasedOfPeriod(subscription) == units; // another query might see a later moment
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aReserveOfAnIdleLeaseStaysForTheTimeWithoutPostgres() throws Exception {
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("reserve", keeping(5, Duration.ofHours(1)))) {
            assertThat(take(quotas, subscription, 1_000, 1)).isEqualTo(new Taken(999));
            awaitLeased(subscription, 6);
            postgres.stop();
            try {
                for (int i = 0; i < 5; i++) {
                    assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Taken.class);
                }
                assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Unavailable.class);
            } finally {
                postgres.start();
            }
        }
    }

    @Test
    void aReserveNobodyUsesGoesBackInTheEnd() {
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("long-idle", keeping(5, Duration.ofMillis(300)))) {
            assertThat(take(quotas, subscription, 1_000, 1)).isEqualTo(new Taken(999));
            awaitLeased(subscription, 1);
        }
    }

    @Test
    void nearTheLimitNoReserveIsWithheldFromOtherNodes() throws SQLException {
        UUID subscription = UUID.randomUUID();
        try (Quotas one = open("near-1", keeping(50, Duration.ofHours(1))); Quotas two = open("near-2", SETTINGS)) {
            assertThat(take(one, subscription, 1_000, 1)).isEqualTo(new Taken(999));
            for (int i = 0; i < 900; i++) {
                assertThat(take(two, subscription, 1_000, 1)).isInstanceOf(Taken.class);
            }
            AtomicLong taken = new AtomicLong(901);
            await("the other node takes the last unit", Duration.ofSeconds(10), () -> {
                while (take(two, subscription, 1_000, 1) instanceof Taken) {
                    taken.incrementAndGet();
                }
                return taken.get() == 1_000;
            });
            assertThat(leased(subscription)).isEqualTo(1_000);
        }
    }

    @Test
    void whatIdlesWhilePostgresIsAwayIsNotThrownAway() throws Exception {
        // Idle after three seconds, so that the sweeps that find it idle are all after the stop.
        QuotaSettings slow = new QuotaSettings(50, 8, Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO,
                Duration.ofSeconds(3), 0, Duration.ofSeconds(3));
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("idle-alone", slow)) {
            assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Taken.class);
            postgres.stop();
            try {
                long stopped = System.nanoTime();
                await("several sweeps", Duration.ofSeconds(20), () -> System.nanoTime() - stopped > 5_000_000_000L);
                assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Taken.class);
            } finally {
                postgres.start();
            }
        }
    }

    @Test
    void withoutPostgresALeaseLastsAndThenTheAnswerIsUnavailable() throws Exception {
        QuotaSettings hasty = new QuotaSettings(
                10, 8, Duration.ofSeconds(5), Duration.ZERO, Duration.ofMillis(50), Duration.ofMinutes(10), 0, Duration.ofMinutes(10));
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("alone", hasty)) {
            assertThat(take(quotas, subscription, 1_000, 1)).isEqualTo(new Taken(999));
            postgres.stop();
            try {
                for (int i = 0; i < 9; i++) {
                    assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Taken.class);
                }
                assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Unavailable.class);
            } finally {
                postgres.start();
            }
            await("leases come again", Duration.ofSeconds(20), () ->
                    take(quotas, subscription, 1_000, 1) instanceof Taken);
        }
    }

    @Test
    void afterAKillTheUnusedUnitsOfTheNodeAreFreeAgainAndNoneIsSoldTwice() throws Exception {
        UUID subscription = UUID.randomUUID();
        long limit = 1_000;
        Path directory = root.resolve("killed");
        long used = 0;
        String nodeId = "";
        for (int run = 0; run < 3; run++) {
            try (UsageJournal journal = UsageJournal.open(
                    directory, JournalSettings.of(Durability.PROCESS), Clock.systemUTC())) {
                nodeId = journal.nodeId();
                // Not closed, as after a kill: what it leased and did not use stays leased.
                Quotas dying = Quotas.open(
                        dataSource, nodeId, journal.openReport().nextSequence(), UUID.randomUUID(), SETTINGS);
                for (int call = 0; call < 13; call++) {
                    assertThat(take(dying, subscription, limit, 2)).isInstanceOf(Taken.class);
                    if (call % 5 == 4) {
                        continue; // admitted, died before its answer: no event, nothing used
                    }
                    journal.append(event(nodeId, subscription, IN_NOVEMBER, Outcome.ANSWERED, 2, false))
                            .toCompletableFuture()
                            .join();
                    used += 2;
                }
                assertThat(leased(subscription)).isGreaterThan(used);
            }
        }
        long leasedByDead = leased(subscription);
        try (UsageJournal journal = UsageJournal.open(
                        directory, JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
                Quotas restarted = Quotas.open(
                        dataSource, nodeId, journal.openReport().nextSequence(), UUID.randomUUID(), SETTINGS)) {
            // Before the journal is shipped nobody knows what the dead runs used: nothing is freed, calls go on.
            assertThat(restarted.settleEarlierRuns()).isEmpty();
            assertThat(take(restarted, subscription, limit, 1)).isInstanceOf(Taken.class);
            journal.append(event(nodeId, subscription, IN_NOVEMBER, Outcome.ANSWERED, 1, false))
                    .toCompletableFuture()
                    .join();
            Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC()).shipAvailable();
            assertThat(restarted.settleEarlierRuns()).contains(leasedByDead - used);
            assertThat(restarted.settleEarlierRuns()).contains(0L);
            long taken = used + 1;
            while (take(restarted, subscription, limit, 1) instanceof Taken) {
                taken++;
            }
            assertThat(taken).isEqualTo(limit);
        }
    }

    /** A book whose next answer never arrives: what was asked is done all the same. */
    private static class LosingAnswers implements LeaseStore {
        private final LeaseStore book;
        private volatile boolean loses;

        LosingAnswers(LeaseStore book) {
            this.book = book;
        }

        private <T> T answer(T answer) throws SQLException {
            if (loses) {
                loses = false;
                throw new SQLException("the connection broke before the answer came");
            }
            return answer;
        }

        @Override
        public List<@Nullable Grant> lease(List<Wish> wishes) throws SQLException {
            return answer(book.lease(wishes));
        }

        @Override
        public Map<Key, Long> leased(List<Key> keys) throws SQLException {
            return book.leased(keys);
        }

        @Override
        public Map<Key, Held> giveBack(Map<Key, Return> returns) throws SQLException {
            return answer(book.giveBack(returns));
        }

        @Override
        public Optional<Long> settleEarlierRuns(long firstSequence) throws SQLException {
            return book.settleEarlierRuns(firstSequence);
        }

        @Override
        public Map<Key, Long> noteRecorded(Map<Key, Long> recorded, long before, boolean last) throws SQLException {
            return book.noteRecorded(recorded, before, last);
        }
    }

    private static Quotas over(LeaseStore store, QuotaSettings settings) {
        return new Quotas(store, 1, settings, Executors.newVirtualThreadPerTaskExecutor(), LeaseTime.SYSTEM, () -> {});
    }

    private static QuotaSettings hasty(Duration returnIdleAfter) {
        return new QuotaSettings(50, 1, Duration.ofSeconds(20), Duration.ZERO, Duration.ZERO, returnIdleAfter, 0, returnIdleAfter);
    }

    @Test
    void unitsOfALeaseWhoseAnswerWasLostAreTakenByTheSameRun() throws SQLException {
        UUID subscription = UUID.randomUUID();
        LosingAnswers store = new LosingAnswers(new LeaseBook(dataSource, "lost-lease", UUID.randomUUID()));
        try (Quotas quotas = over(store, hasty(Duration.ofMinutes(10)))) {
            store.loses = true;
            assertThat(take(quotas, subscription, 60, 1)).isInstanceOf(Unavailable.class);
            assertThat(leased(subscription)).as("granted, and the node was never told").isEqualTo(50);
            for (int unit = 1; unit <= 60; unit++) {
                assertThat(take(quotas, subscription, 60, 1)).isEqualTo(new Taken(60 - unit));
            }
            assertThat(take(quotas, subscription, 60, 1)).isInstanceOf(Exhausted.class);
        }
        assertThat(leased(subscription)).isEqualTo(60);
    }

    @Test
    void unitsThatWentBackOrNotAsNobodyWasToldAreNeitherLostNorSoldTwice() throws Exception {
        UUID subscription = UUID.randomUUID();
        LosingAnswers store = new LosingAnswers(new LeaseBook(dataSource, "lost-return", UUID.randomUUID()));
        try (Quotas quotas = over(store, hasty(Duration.ofMillis(1)))) {
            assertThat(take(quotas, subscription, 50, 1)).isEqualTo(new Taken(49));
            Thread.sleep(120); // it counts as idle by then
            store.loses = true;
            quotas.sweep();
            assertThat(leased(subscription)).as("they went back, and the node was never told").isEqualTo(1);
            for (int unit = 2; unit <= 50; unit++) {
                assertThat(take(quotas, subscription, 50, 1)).isInstanceOf(Taken.class);
            }
            assertThat(take(quotas, subscription, 50, 1)).isInstanceOf(Exhausted.class);
        }
        assertThat(leased(subscription)).isEqualTo(50);
    }

    @Test
    void whileAQuestionHangsNoMoreCallersAreKeptThanCameWithinTheirTime() throws Exception {
        UUID subscription = UUID.randomUUID();
        CountDownLatch hangs = new CountDownLatch(1);
        LosingAnswers store = new LosingAnswers(new LeaseBook(dataSource, "hangs", UUID.randomUUID())) {
            @Override
            public List<@Nullable Grant> lease(List<Wish> wishes) throws SQLException {
                try {
                    hangs.await();
                } catch (InterruptedException e) {
                    throw new SQLException(e);
                }
                return super.lease(wishes);
            }
        };
        QuotaSettings hasty = new QuotaSettings(
                50, 8, Duration.ofMillis(20), Duration.ZERO, Duration.ZERO, Duration.ofMinutes(10), 0, Duration.ofMinutes(10));
        try (Quotas quotas = over(store, hasty)) {
            for (int call = 0; call < 40; call++) {
                assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Unavailable.class);
                assertThat(quotas.waiting()).as("of %d callers", call + 1).isLessThan(5);
            }
            hangs.countDown();
            await("the question ends", Duration.ofSeconds(20), () -> take(quotas, subscription, 1_000, 1) instanceof Taken);
        }
        assertThat(leased(subscription)).as("who was told that it cannot be asked has taken nothing").isLessThanOrEqualTo(2);
    }

    @Test
    void aQuestionThatComesAfterALaterOneChangesNothing() throws SQLException {
        LeaseBook book = new LeaseBook(dataSource, "late", UUID.randomUUID());
        LeaseStore.Key key = new LeaseStore.Key(UUID.randomUUID(), NOVEMBER);
        assertThat(book.lease(List.of(new LeaseStore.Wish(key, 2, 100, 10, 10, 1, 0))))
                .containsExactly(new LeaseStore.Grant(new LeaseStore.Held(10, 10), 10));
        assertThat(book.lease(List.of(new LeaseStore.Wish(key, 1, 100, 10, 10, 1, 5)))).containsOnlyNulls();
        assertThatThrownBy(() -> book.giveBack(Map.of(key, new LeaseStore.Return(2, 3)))).isInstanceOf(SQLException.class);
        assertThat(leased(key.subscriptionId())).isEqualTo(10);
    }

    @Test
    void unitsBookedWithoutALeaseCountWhateverTheLimitAndAreNotSoldAgain() throws SQLException {
        UUID subscription = UUID.randomUUID();
        try (Quotas one = open("book-1", SETTINGS); Quotas two = open("book-2", SETTINGS)) {
            for (int unit = 0; unit < 100; unit++) {
                assertThat(take(one, subscription, 100, 1)).isInstanceOf(Taken.class);
            }
            one.book(subscription, NOVEMBER, 1_000);
            two.book(subscription, NOVEMBER, 500);
            awaitLeased(subscription, 1_600);
            assertThat(take(one, subscription, 100, 1)).isInstanceOf(Exhausted.class);
            long sold = 0;
            while (take(two, subscription, 2_000, 1) instanceof Taken) {
                sold++;
            }
            assertThat(sold).as("of the raised quota").isEqualTo(400);
        }
        assertThat(leased(subscription)).isEqualTo(2_000);
    }

    @Test
    void unitsUsedWhilePostgresIsAwayAreBookedWhenItIsBack() throws Exception {
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("owing", new QuotaSettings(10, 8, Duration.ofSeconds(5), Duration.ZERO, Duration.ofMillis(50),
                Duration.ofMillis(400), 0, Duration.ofMillis(400)))) {
            for (int unit = 0; unit < 10; unit++) {
                assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Taken.class);
            }
            postgres.stop();
            try {
                assertThat(take(quotas, subscription, 1_000, 1)).isInstanceOf(Unavailable.class);
                for (int call = 0; call < 30; call++) {
                    quotas.book(subscription, NOVEMBER, 1);
                }
            } finally {
                postgres.start();
            }
            awaitLeased(subscription, 40); // nobody calls any more: the sweeps do it
        }
        assertThat(leased(subscription)).isEqualTo(40);
    }

    @Test
    void aNodeLostWithItsDiskIsWrittenOffAndWhatTurnsUpLaterIsBookedAndNamed() throws Exception {
        UUID subscription = UUID.randomUUID();
        Path directory = root.resolve("lost");
        LostNodes lost = new LostNodes(dataSource);
        String nodeId;
        try (UsageJournal journal = UsageJournal.open(directory, JournalSettings.of(Durability.PROCESS), Clock.systemUTC())) {
            nodeId = journal.nodeId();
            Quotas dying = Quotas.open(dataSource, nodeId, 1, UUID.randomUUID(), hasty(Duration.ofMinutes(10)));
            assertThat(take(dying, subscription, 50, 7)).isInstanceOf(Taken.class);
            journal.append(event(nodeId, subscription, IN_NOVEMBER, Outcome.ANSWERED, 3, false)).toCompletableFuture().join();
            Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC()).shipAvailable();
            journal.append(event(nodeId, subscription, IN_NOVEMBER, Outcome.ANSWERED, 4, false)).toCompletableFuture().join();
        }
        assertThat(leased(subscription)).isEqualTo(50);
        assertThat(lost.writeOff("no-such-node", "operations", "test")).isEqualTo(new LostNodes.Outcome.Unknown());
        Postgres.run(dataSource, "INSERT INTO metering.usage_live_node (node_id, from_sequence, next_sequence, recorded_until, heard_at)"
                + " VALUES ('" + nodeId + "', 2, 3, now(), now()) ON CONFLICT (node_id) DO UPDATE SET heard_at = now()");
        assertThat(lost.writeOff(nodeId, "operations", "test")).as("it spoke a moment ago").isInstanceOf(LostNodes.Outcome.Alive.class);
        assertThat(leased(subscription)).isEqualTo(50);
        Postgres.run(dataSource, "UPDATE metering.usage_live_node SET heard_at = now() - interval '2 minutes' WHERE node_id = '" + nodeId + "'");
        assertThat(lost.writeOff(nodeId, "operations", "its disk broke")).isEqualTo(new LostNodes.Outcome.WrittenOff(2, 47));
        assertThat(leased(subscription)).as("what is stored of it was used").isEqualTo(3);
        assertThat(lost.list()).filteredOn(each -> each.nodeId().equals(nodeId)).singleElement()
                .satisfies(each -> assertThat(each.lateEvents()).isZero());
        try (Quotas others = open("others", SETTINGS)) {
            for (int unit = 0; unit < 47; unit++) {
                assertThat(take(others, subscription, 50, 1)).isInstanceOf(Taken.class);
            }
        }
        Shipper.ofDirectory(directory, dataSource, ShipperSettings.USUAL, Clock.systemUTC(),
                (node, next) -> Quotas.settleEnded(dataSource, node, next)).shipAvailable();
        assertThat(leased(subscription)).as("its journal turned up: what it used is booked beyond the limit").isEqualTo(54);
        assertThat(lost.list()).filteredOn(each -> each.nodeId().equals(nodeId)).singleElement()
                .satisfies(each -> assertThat(each.lateEvents()).isEqualTo(1));
    }

    @Test
    void unitsUsedAndNotBookedBeforeTheirNodeDiedAreBookedFromItsEvents() throws Exception {
        UUID leasedSome = UUID.randomUUID();
        UUID neverLeased = UUID.randomUUID();
        Path directory = root.resolve("owing-and-killed");
        String nodeId;
        try (UsageJournal journal = UsageJournal.open(directory, JournalSettings.of(Durability.PROCESS), Clock.systemUTC())) {
            nodeId = journal.nodeId();
            Quotas dying = Quotas.open(dataSource, nodeId, 1, UUID.randomUUID(), hasty(Duration.ofMinutes(10)));
            assertThat(take(dying, leasedSome, 5, 5)).isInstanceOf(Taken.class);
            for (UUID subscription : List.of(leasedSome, leasedSome, neverLeased)) {
                journal.append(event(nodeId, subscription, IN_NOVEMBER, Outcome.ANSWERED, 7, false)).toCompletableFuture().join();
            }
            journal.append(event(nodeId, neverLeased, IN_NOVEMBER, Outcome.ANSWERED, 9, true)).toCompletableFuture().join();
        }
        for (int start = 0; start < 2; start++) { // the second finds nothing more to square
            try (UsageJournal journal = UsageJournal.open(directory, JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
                    Quotas restarted = Quotas.open(dataSource, nodeId, journal.openReport().nextSequence(), UUID.randomUUID(),
                            SETTINGS)) {
                Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC()).shipAvailable();
                assertThat(restarted.settleEarlierRuns()).contains(start == 0 ? 5L - 3 * 7 : 0L);
                assertThat(leased(leasedSome)).isEqualTo(14);
                assertThat(leased(neverLeased)).isEqualTo(7);
                assertThat(take(restarted, leasedSome, 14, 1)).isInstanceOf(Exhausted.class);
            }
        }
    }

    @Test
    void aQuotaIsForgottenWhenItsMonthIsLongOverAndNeverSoldAnew() throws SQLException {
        UUID used = UUID.randomUUID();
        UUID inUse = UUID.randomUUID();
        AtomicLong nanos = new AtomicLong();
        LeaseTime time = new LeaseTime() {
            @Override
            public long nanos() {
                return nanos.get();
            }

            @Override
            public void completeAfter(Duration wait, CompletableFuture<QuotaDecision> answer, QuotaDecision otherwise) {
                LeaseTime.SYSTEM.completeAfter(wait, answer, otherwise);
            }
        };
        try (Quotas quotas = new Quotas(new LeaseBook(dataSource, "forgets", UUID.randomUUID()), 1, SETTINGS,
                Executors.newVirtualThreadPerTaskExecutor(), time, () -> {})) {
            MonthlyQuota kept = quotas.of(used, NOVEMBER);
            assertThat(kept.take(100, 1).toCompletableFuture().join()).isInstanceOf(Taken.class);
            nanos.addAndGet(Duration.ofDays(39).toNanos());
            quotas.sweep();
            assertThat(quotas.held()).as("it may be a long month").isEqualTo(1);
            assertThat(quotas.take(inUse, NOVEMBER.plusMonths(1), 100, 1).toCompletableFuture().join()).isInstanceOf(Taken.class);
            nanos.addAndGet(Duration.ofDays(2).toNanos());
            quotas.sweep();
            assertThat(quotas.held()).isEqualTo(1);
            assertThat(leased(used)).isEqualTo(1);
            assertThat(kept.take(100, 1).toCompletableFuture().join()).isInstanceOf(Unavailable.class);
            for (int again = 0; again < 5; again++) {
                nanos.addAndGet(Duration.ofSeconds(5).toNanos());
                assertThat(take(quotas, used, 100, 1)).isInstanceOf(Unavailable.class);
                quotas.sweep();
            }
            assertThat(leased(used)).as("what is down for this run is not taken for unused").isEqualTo(1);
        }
    }

    @Test
    void whatADeadNodeLeasedIsFreeOnceItsJournalIsShippedBySomebodyElse() throws Exception {
        UUID subscription = UUID.randomUUID();
        Path directory = root.resolve("shipped-by-another");
        Shipper foreign = Shipper.ofDirectory(directory, dataSource, ShipperSettings.USUAL, Clock.systemUTC(),
                (nodeId, nextSequence) -> Quotas.settleEnded(dataSource, nodeId, nextSequence));
        try (UsageJournal journal = UsageJournal.open(directory, JournalSettings.of(Durability.PROCESS), Clock.systemUTC())) {
            Quotas dying = Quotas.open(dataSource, journal.nodeId(), 1, UUID.randomUUID(), SETTINGS);
            assertThat(take(dying, subscription, 400, 3)).isInstanceOf(Taken.class);
            journal.append(event(journal.nodeId(), subscription, IN_NOVEMBER, Outcome.ANSWERED, 2, false))
                    .toCompletableFuture()
                    .join();
            assertThat(foreign.shipAvailable()).as("its node is alive").isZero();
            assertThat(leased(subscription)).isEqualTo(50);
        }
        foreign.shipAvailable();
        assertThat(leased(subscription)).isEqualTo(2);
        foreign.shipAvailable();
        assertThat(leased(subscription)).isEqualTo(2);
        try (UsageJournal journal = UsageJournal.open(directory, JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
                Quotas restarted = Quotas.open(dataSource, journal.nodeId(), journal.openReport().nextSequence(), UUID.randomUUID(),
                        SETTINGS)) {
            assertThat(restarted.settleEarlierRuns()).contains(0L);
            assertThat(take(restarted, subscription, 2, 1)).isInstanceOf(Exhausted.class);
        }
    }

    @Test
    void aWishThatCanNeverFitIsRefusedWithoutAsking() {
        UUID subscription = UUID.randomUUID();
        try (Quotas quotas = open("never", SETTINGS)) {
            assertThat(take(quotas, subscription, 0, 1)).isInstanceOf(Exhausted.class);
            assertThatThrownBy(() -> take(quotas, subscription, 5, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
