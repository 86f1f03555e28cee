package cn.jingshu.metering.usage;

import static cn.jingshu.metering.Events.NOON;
import static cn.jingshu.metering.Events.await;
import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.ShipperSettings;
import cn.jingshu.metering.journal.UsageJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Usage in a rush, as nodes with threads of their own say it; step by step it is held by the simulation and {@code LiveTotalsIT}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LiveUsageIT {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    /** Batches of a few events and rests that never end by themselves: shipping is behind all the time. */
    private static final ShipperSettings BEHIND = new ShipperSettings(
            70, Duration.ofSeconds(3), 1, Duration.ofSeconds(3), Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(10));

    @TempDir
    private static Path root;

    private Postgres postgres;
    private DataSource dataSource;
    private Usage usage;
    private LiveUsage live;
    private int journals;

    @BeforeAll
    void start() throws IOException {
        postgres = new Postgres(root.resolve("postgres"));
        dataSource = postgres.dataSource();
        MeteringSchema.migrate(dataSource);
        usage = new Usage(dataSource);
        live = new LiveUsage(dataSource);
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    private Path newDirectory() {
        return root.resolve("journal-" + journals++);
    }

    private static UsageJournal open(Path directory) throws IOException {
        return UsageJournal.open(directory, JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
    }

    private static void append(UsageJournal journal, UUID subscription, int events) {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            UsageEvent event = event(journal.nodeId(), subscription, NOON.plusSeconds(i % 7_200), Outcome.ANSWERED, 2, false);
            stages.add(journal.append(event).toCompletableFuture());
        }
        stages.forEach(CompletableFuture::join);
    }

    private LiveAnswer<DayTotal> days(UUID subscription) {
        try {
            return live.listDays(subscription, DAY, DAY.plusDays(1));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long calls(UUID subscription) {
        return days(subscription).totals().stream().mapToLong(each -> each.total().calls()).sum();
    }

    private long shipped(UUID subscription) throws SQLException {
        return usage.listPeriodTotals(YearMonth.of(2026, 11), subscription).stream().mapToLong(PeriodTotal::calls).sum();
    }

    @Test
    void usageIsSeenBeforeItIsShippedAndCountedOnceWhileItIs() throws Exception {
        UUID subscription = UUID.randomUUID();
        Random random = new Random(5);
        try (UsageJournal journal = open(newDirectory());
                Shipper shipper = Shipper.of(journal, dataSource, BEHIND, Clock.systemUTC())) {
            shipper.start(Duration.ofSeconds(1));
            AtomicBoolean done = new AtomicBoolean();
            long[] appended = new long[1];
            CompletableFuture<Long> reader = CompletableFuture.supplyAsync(() -> watch(subscription, done));
            for (int round = 0; round < 40; round++) {
                int more = random.nextInt(1, 40);
                append(journal, subscription, more);
                appended[0] += more;
                if (round % 10 == 9) {
                    long expected = appended[0];
                    await("all calls are seen", Duration.ofSeconds(20), () -> calls(subscription) == expected);
                    assertThat(days(subscription).provisionalCalls()).isEqualTo(expected - shipped(subscription));
                }
                if (round == 25) {
                    shipper.shipAvailable();
                }
            }
            done.set(true);
            assertThat(reader.join()).isBetween(1L, appended[0]);
            shipper.shipAvailable();
            LiveAnswer<DayTotal> all = days(subscription);
            assertThat(all.provisionalCalls()).isZero();
            assertThat(all.totals()).singleElement().satisfies(day -> {
                assertThat(day.total().calls()).isEqualTo(appended[0]);
                assertThat(day.total().quantity()).isEqualTo(2 * appended[0]);
                assertThat(day.provisionalQuantity()).isZero();
            });
            assertThat(shipped(subscription)).isEqualTo(appended[0]);
        }
    }

    /** Looks again and again: what was seen once never becomes less. @return the most that was seen */
    private long watch(UUID subscription, AtomicBoolean done) {
        long most = 0;
        while (!done.get()) {
            LiveAnswer<DayTotal> answer = days(subscription);
            long calls = answer.totals().stream().mapToLong(each -> each.total().calls()).sum();
            assertThat(calls).as("calls seen").isGreaterThanOrEqualTo(most);
            assertThat(answer.totals()).allSatisfy(each -> {
                assertThat(each.provisionalCalls()).isBetween(0L, each.total().calls());
                assertThat(each.provisionalQuantity()).isEqualTo(2 * each.provisionalCalls());
            });
            most = calls;
        }
        return most;
    }

    @Test
    void whatADeadNodeSaidCountsOnceAndIsSaidToBeOld() throws Exception {
        UUID subscription = UUID.randomUUID();
        Path dead = newDirectory();
        try (UsageJournal living = open(newDirectory());
                Shipper shipper = Shipper.of(living, dataSource, BEHIND, Clock.systemUTC())) {
            shipper.start(Duration.ofSeconds(1));
            append(living, subscription, 100);
            String deadNode = sayAndDie(dead, subscription, 230);
            await("both nodes' calls are seen", Duration.ofSeconds(20), () -> calls(subscription) == 330);
            Postgres.run(dataSource, "UPDATE metering.usage_live_node SET heard_at = heard_at - interval '1 minute', recorded_until = recorded_until - interval '1 minute' WHERE node_id = '%s'"
                    .formatted(deadNode));
            assertThat(live.freshness().awaySince()).isPresent();
            assertThat(days(subscription).freshness().asOf().orElseThrow())
                    .isAfterOrEqualTo(live.freshness().awaySince().orElseThrow());

            // Somebody ships what the dead node left: from the first batch on its sums count nothing.
            Shipper foreign = Shipper.ofDirectory(dead, dataSource, BEHIND, Clock.systemUTC(), (_, _) -> {});
            AtomicBoolean done = new AtomicBoolean();
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
                while (!done.get()) {
                    assertThat(calls(subscription)).isBetween(100L, 330L);
                }
            });
            assertThat(foreign.shipAvailable()).isEqualTo(230);
            done.set(true);
            reader.join();
            assertThat(calls(subscription)).isEqualTo(330);
            assertThat(live.freshness().awaySince()).isEmpty();
        }
        assertThat(shipped(subscription)).isEqualTo(330);
        assertThat(calls(subscription)).isEqualTo(330);
    }

    /** What a killed process leaves: its journal, what it said, and nothing else. */
    private String sayAndDie(Path directory, UUID subscription, int events) throws Exception {
        UsageJournal journal = open(directory);
        Shipper shipper = Shipper.of(journal, dataSource, BEHIND, Clock.systemUTC());
        shipper.shipAvailable(); // learns where its journal stands
        append(journal, subscription, events);
        cn.jingshu.metering.journal.Looks.twice(shipper);
        journal.close();
        return journal.nodeId();
    }

    @Test
    void aNodeThatStopsInGoodOrderLeavesNothingBehind() throws Exception {
        UUID subscription = UUID.randomUUID();
        String node;
        try (UsageJournal journal = open(newDirectory());
                Shipper shipper = Shipper.of(journal, dataSource, BEHIND, Clock.systemUTC())) {
            node = journal.nodeId();
            shipper.start(Duration.ofSeconds(1));
            append(journal, subscription, 10);
            await("its calls are seen", Duration.ofSeconds(20), () -> calls(subscription) == 10);
        }
        assertThat(Postgres.number(dataSource, "SELECT count(*) FROM metering.usage_live_node WHERE node_id = '%s'".formatted(node)))
                .isZero();
        assertThat(Postgres.number(dataSource, "SELECT count(*) FROM metering.usage_live WHERE node_id = '%s'".formatted(node)))
                .isZero();
        assertThat(calls(subscription)).isEqualTo(10);
    }

    @Test
    void whoAsksForSomeSubscriptionsIsToldOfThemByHourWithWhatIsNotShipped() throws Exception {
        UUID one = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        UUID third = UUID.randomUUID();
        try (UsageJournal journal = open(newDirectory());
                Shipper shipper = Shipper.of(journal, dataSource, BEHIND, Clock.systemUTC())) {
            shipper.start(Duration.ofSeconds(1));
            append(journal, one, 7_300); // two hours and a bit of the third
            append(journal, other, 3);
            append(journal, third, 5);
            await("all are seen", Duration.ofSeconds(20), () -> calls(one) == 7_300 && calls(other) == 3 && calls(third) == 5);
            LiveAnswer<HourTotal> hours = live.listHours(Set.of(one, other), NOON, NOON.plus(Duration.ofHours(3)));
            assertThat(hours.totals()).filteredOn(each -> each.total().subscriptionId().equals(one))
                    .extracting(each -> each.total().hour(), each -> each.total().calls())
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(NOON, 3_700L),
                            org.assertj.core.groups.Tuple.tuple(NOON.plus(Duration.ofHours(1)), 3_600L));
            assertThat(hours.totals()).extracting(each -> each.total().subscriptionId()).doesNotContain(third).contains(other);
            assertThat(live.listHours(Set.of(one), NOON.plus(Duration.ofHours(2)), NOON.plus(Duration.ofHours(3))).totals()).isEmpty();
            assertThat(usage.freshness().shippedAt()).isNotNull();
            assertThat(hours.freshness().asOf().orElseThrow()).isBeforeOrEqualTo(Instant.now());
        }
    }
}
