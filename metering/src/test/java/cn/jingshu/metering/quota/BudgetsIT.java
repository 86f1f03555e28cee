package cn.jingshu.metering.quota;

import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
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
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Budgets over several nodes, with a price that falls: the first 100 units cost 50 each, later ones 10. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BudgetsIT {
    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
    private static final Instant IN_NOVEMBER = Instant.parse("2026-11-10T00:00:00Z");
    private static final long DEAREST = 50;
    private static final QuotaSettings SETTINGS = new QuotaSettings(
            400, 8, Duration.ofSeconds(20), Duration.ZERO, Duration.ofMillis(50), Duration.ofMillis(50), 0, Duration.ofMillis(50));

    @TempDir
    private static Path root;

    private Postgres postgres;
    private DataSource dataSource;
    private Budgets budgets;

    @BeforeAll
    void start() throws IOException {
        postgres = new Postgres(root.resolve("postgres"));
        dataSource = postgres.dataSource();
        MeteringSchema.migrate(dataSource);
        budgets = new Budgets(dataSource);
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    private static long cost(long units) {
        return units <= 100 ? units * DEAREST : 100 * DEAREST + (units - 100) * 10;
    }

    private long units(UUID account) throws SQLException {
        return Postgres.number(dataSource, "SELECT COALESCE(sum(quantity), 0) FROM metering.usage_event WHERE subscription_id = '" + account + "'");
    }

    private void reckon(UUID account) throws SQLException {
        long stored = budgets.stored(NOVEMBER, List.of(account)).getOrDefault(account, 0L);
        budgets.free(NOVEMBER, Map.of(account, Budgets.Freed.anyhow(stored - cost(units(account)))));
    }

    /** A node with a journal, a shipper and the budgets. */
    private final class Node implements AutoCloseable {
        final UsageJournal journal;
        final Shipper shipper;
        final Quotas quotas;
        final UUID run = UUID.randomUUID();

        Node(String name) throws IOException {
            journal = UsageJournal.open(root.resolve(name), JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
            shipper = Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC());
            quotas = new Quotas(new LeaseBook(dataSource, journal.nodeId(), run, true), journal.openReport().nextSequence(),
                    SETTINGS, Executors.newVirtualThreadPerTaskExecutor(), LeaseTime.SYSTEM, () -> {},
                    () -> journal.stats().appendedEvents() + 1);
        }

        QuotaDecision take(UUID account, long limit, long units) {
            return quotas.take(account, NOVEMBER, limit, units * DEAREST).toCompletableFuture().join();
        }

        /** One call of one unit, answered and recorded. @return whether the budget allowed it */
        boolean call(UUID account, long limit) {
            boolean allowed = take(account, limit, 1) instanceof Taken;
            if (allowed) {
                journal.append(event(journal.nodeId(), account, IN_NOVEMBER, Outcome.ANSWERED, 1, false)).toCompletableFuture().join();
                quotas.recorded(account, NOVEMBER, DEAREST);
            }
            return allowed;
        }

        void ship() throws SQLException, IOException {
            quotas.noteRecorded();
            shipper.shipAvailable();
        }

        void die() throws IOException {
            journal.close(); // its leases are not given back
        }

        @Override
        public void close() throws Exception {
            quotas.close();
            shipper.shipAvailable();
            journal.close();
        }
    }

    @Test
    void nothingIsLeasedOfABudgetNobodyHasReckoned() throws Exception {
        UUID account = UUID.randomUUID();
        try (Node node = new Node("unreckoned")) {
            assertThat(node.take(account, 10_000, 1)).isInstanceOf(Unavailable.class);
            budgets.free(NOVEMBER, Map.of(account, Budgets.Freed.anyhow(-9_950L)));
            Thread.sleep(60); // so long PostgreSQL is left alone
            assertThat(node.take(account, 10_000, 1)).as("9,950 are spent").isEqualTo(new Taken(0));
            assertThat(node.take(account, 10_000, 1)).isInstanceOf(Exhausted.class);
            assertThat(node.take(account, 10_050, 1)).as("a raised budget counts at once").isInstanceOf(Taken.class);
        }
    }

    @Test
    void whatIsFreedForALimitHoldsForItAndForHigherOnesAlone() throws Exception {
        UUID account = UUID.randomUUID();
        UUID lowered = UUID.randomUUID();
        Budgets.Freed freed = new Budgets.Freed(-9_950, 10_000, -9_900); // two units and not one more, or one under any limit
        budgets.free(NOVEMBER, Map.of(account, freed, lowered, freed));
        try (Node node = new Node("reckoned-for-a-limit")) {
            assertThat(node.take(account, 10_000, 1)).isInstanceOf(Taken.class);
            assertThat(node.take(account, 10_000, 1)).isInstanceOf(Taken.class);
            assertThat(node.take(account, 10_000, 1)).isInstanceOf(Exhausted.class);
            assertThat(node.take(account, 10_050, 1)).as("nothing is known of what more would cost").isInstanceOf(Exhausted.class);
            assertThat(node.take(account, 10_200, 1)).as("what holds for any limit").isInstanceOf(Taken.class);
            assertThat(node.take(lowered, 9_990, 1)).as("a lower limit than it was reckoned for").isInstanceOf(Exhausted.class);
        }
    }

    /** What turns up of a run that was written off as lost: everything it held counts as used, whatever it says of itself afterwards. */
    @Test
    void aRunThatWasWrittenOffAndIsAliveNotesNothingThatIsRefused() throws Exception {
        UUID account = UUID.randomUUID();
        budgets.free(NOVEMBER, Map.of(account, Budgets.Freed.anyhow(0)));
        try (Node node = new Node("cut-off")) {
            assertThat(node.call(account, 10_000)).isTrue();
            LeaseStore book = new LeaseBook(dataSource, node.journal.nodeId(), UUID.randomUUID(), true);
            assertThat(book.settleEarlierRuns(1)).as("as the writing off does it").isPresent();
            LeaseStore own = new LeaseBook(dataSource, node.journal.nodeId(), node.run, true);
            LeaseStore.Key key = new LeaseStore.Key(account, NOVEMBER);
            long held = budgets.stored(NOVEMBER, List.of(account)).getOrDefault(account, 0L);
            assertThat(held).isPositive();
            assertThat(own.noteRecorded(Map.of(key, DEAREST), 2, false)).containsEntry(key, held);
            assertThat(own.noteRecorded(Map.of(key, DEAREST), 2, false)).containsEntry(key, held);
        }
    }

    @Test
    void overTwoNodesTheCostNeverPassesTheBudgetAndReachesItsLastUnit() throws Exception {
        UUID account = UUID.randomUUID();
        long limit = 7_005; // 100 units at 50 and 200 at 10: five are too little for one more
        reckon(account);
        AtomicBoolean done = new AtomicBoolean();
        try (Node one = new Node("cost-1"); Node two = new Node("cost-2")) {
            List<Thread> callers = new ArrayList<>();
            for (Node node : List.of(one, two)) {
                for (int t = 0; t < 3; t++) {
                    callers.add(Thread.ofVirtual().start(() -> {
                        while (!done.get()) {
                            node.call(account, limit);
                        }
                    }));
                }
            }
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (cost(units(account)) + 10 * DEAREST <= limit && System.nanoTime() < end) {
                for (Node node : List.of(one, two)) {
                    node.ship();
                    assertThat(cost(units(account))).isLessThanOrEqualTo(limit);
                }
                reckon(account);
            }
            done.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
            for (long before = -1; before < units(account); ) {
                one.ship();
                two.ship();
                before = units(account);
                one.ship(); // what was noted is passed now, and what came after it is noted
                two.ship();
                reckon(account);
                Thread.sleep(60); // so long a lease counts as idle
                one.quotas.sweep(); // what is too little for one more call there is of use here
                two.quotas.sweep();
                for (Node node : List.of(one, two)) {
                    while (node.call(account, limit)) {
                        assertThat(cost(units(account))).isLessThanOrEqualTo(limit);
                    }
                    node.ship();
                }
            }
            assertThat(cost(units(account))).isLessThanOrEqualTo(limit);
            assertThat(cost(units(account)) + DEAREST).as("not one more fits at its dearest, though most cost a fifth of it").isGreaterThan(limit);
        }
    }

    @Test
    void whatADeadNodeHeldComesBackOnceItsEventsAreStored() throws Exception {
        UUID account = UUID.randomUUID();
        long limit = 4_000;
        reckon(account);
        Node dying = new Node("dead");
        for (int call = 0; call < 20; call++) {
            assertThat(dying.call(account, limit)).isTrue();
            if (call % 7 == 3) {
                dying.ship(); // and so not the last two
            }
        }
        assertThat(dying.take(account, limit, 1)).as("admitted, and never answered").isInstanceOf(Taken.class);
        dying.die();
        reckon(account);
        try (Node other = new Node("lives")) {
            long before = 0;
            while (other.call(account, limit)) {
                before++;
            }
            assertThat(before).as("what the dead node had leased is not to be had").isLessThan(60);
            try (Node again = new Node("dead")) {
                assertThat(again.quotas.settleEarlierRuns()).as("its events are not all stored").isEmpty();
                again.shipper.shipAvailable();
                assertThat(again.quotas.settleEarlierRuns().orElseThrow()).isPositive();
                other.ship();
                reckon(account);
                long after = 0;
                while (other.call(account, limit)) {
                    after++;
                }
                assertThat(20 + before + after).as("4,000 at 50 are 80 units").isEqualTo(80);
            }
        }
    }

    @Test
    void whatANodeNotesLastCountsWhenItsJournalIsStored() throws Exception {
        UUID account = UUID.randomUUID();
        reckon(account);
        Node node = new Node("stops");
        for (int call = 0; call < 5; call++) {
            assertThat(node.call(account, 100_000)).isTrue();
            node.quotas.noteRecorded(); // what is noted first is not passed: nothing is shipped
        }
        assertThat(budgets.stored(NOVEMBER, List.of(account))).containsEntry(account, 0L);
        node.close();
        assertThat(budgets.stored(NOVEMBER, List.of(account))).containsEntry(account, 5 * DEAREST);
        assertThat(Postgres.number(dataSource, "SELECT leased_units FROM metering.quota_period WHERE subscription_id = '" + account + "'"))
                .as("the rest went back").isEqualTo(5 * DEAREST);
    }

    @Test
    void quotasAreSettledAsIfThereWereNoBudgets() throws Exception {
        UUID account = UUID.randomUUID();
        reckon(account);
        try (Node node = new Node("both")) {
            assertThat(node.call(account, 100_000)).isTrue();
            node.ship();
            long leased = Postgres.number(dataSource, "SELECT leased_units FROM metering.quota_period WHERE subscription_id = '" + account + "'");
            LeaseBook units = new LeaseBook(dataSource, "nobody", UUID.randomUUID());
            assertThat(units.settleEarlierRuns(1)).contains(0L);
            assertThat(Postgres.number(dataSource, "SELECT leased_units FROM metering.quota_period WHERE subscription_id = '" + account + "'"))
                    .isEqualTo(leased);
        }
    }
}
