package cn.jingshu.metering.usage;

import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.correction.Corrections;
import cn.jingshu.metering.correction.VoidAnswer;
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
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RetentionIT {
    private static final UUID SUBSCRIPTION = new UUID(1, 1);
    private final YearMonth thisMonth = YearMonth.now(ZoneOffset.ofHours(8)); // PostgreSQL asks the same clock

    @TempDir
    private static Path root;

    private Postgres postgres;
    private DataSource dataSource;
    private Usage usage;
    private Retention retention;
    private UsageJournal journal;
    private Shipper shipper;

    @BeforeAll
    void start() throws IOException {
        postgres = new Postgres(root.resolve("postgres"));
        dataSource = postgres.dataSource();
        MeteringSchema.migrate(dataSource);
        usage = new Usage(dataSource);
        retention = new Retention(dataSource, Retention.LEAST_MONTHS);
        journal = UsageJournal.open(
                root.resolve("journal"), JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
        shipper = Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC());
    }

    @AfterAll
    void stop() throws IOException {
        journal.close();
        postgres.close();
    }

    private UsageEvent stored(YearMonth month, long quantity) throws SQLException, IOException {
        Instant moment = month.atDay(15).atStartOfDay().toInstant(ZoneOffset.UTC);
        UsageEvent event = event(journal.nodeId(), SUBSCRIPTION, moment, Outcome.ANSWERED, quantity, false);
        journal.append(event).toCompletableFuture().join();
        shipper.shipAvailable();
        return event;
    }

    private static String partition(YearMonth month) {
        return "metering.usage_event_%04d_%02d".formatted(month.getYear(), month.getMonthValue());
    }

    @Test
    void noCommandLosesAMonthThatMustBeKept() throws Exception {
        YearMonth young = thisMonth.minusMonths(2);
        stored(young, 1);
        assertThat(retention.isLocked()).isTrue();
        for (String command : List.of(
                "DROP TABLE " + partition(young),
                "DROP TABLE " + partition(young) + " CASCADE",
                "DROP TABLE metering.usage_event CASCADE",
                "ALTER TABLE metering.usage_event DETACH PARTITION " + partition(young),
                "ALTER TABLE " + partition(young) + " RENAME TO gone",
                "ALTER TABLE metering.usage_event RENAME TO gone",
                "ALTER TABLE " + partition(young) + " SET SCHEMA public")) {
            assertThatThrownBy(() -> Postgres.run(dataSource, command))
                    .as(command)
                    .hasMessageContaining("must stay");
        }
        assertThat(Postgres.number(dataSource, "SELECT count(*) FROM " + partition(young))).isPositive();
    }

    @Test
    void aMonthIsKeptThreeYearsFromItsEndWhoeverAsks() throws Exception {
        YearMonth last = thisMonth.minusMonths(36); // three years after its end have not passed
        YearMonth before = thisMonth.minusMonths(37);
        stored(last, 1);
        stored(before, 1);
        assertThat(retention.listDroppable()).contains(before).doesNotContain(last);
        assertThat(retention.listStored()).anySatisfy(stored -> {
            assertThat(stored.month()).isEqualTo(last);
            assertThat(stored.droppable()).isFalse();
            assertThat(stored.bytes()).isPositive();
            assertThat(stored.keptUntil())
                    .isEqualTo(last.plusMonths(37).atDay(1).atStartOfDay().toInstant(ZoneOffset.ofHours(8)));
        });
        assertThatThrownBy(() -> retention.drop(last)).hasMessageContaining("are kept until");
        assertThatThrownBy(() -> Postgres.run(
                        dataSource, "SELECT metering.drop_usage_month(CAST('" + last.atDay(1) + "' AS date), 1)"))
                .hasMessageContaining("are kept until");
        Retention longer = new Retention(dataSource, 60);
        assertThat(longer.listDroppable()).doesNotContain(before);
        assertThatThrownBy(() -> longer.drop(before)).hasMessageContaining("are kept until");
        assertThatThrownBy(() -> new Retention(dataSource, 35)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDroppedMonthKeepsItsTotalsVoidsAndCounts() throws Exception {
        YearMonth old = YearMonth.of(2021, 3);
        UsageEvent wrong = stored(old, 5);
        UsageEvent right = stored(old, 7);
        stored(old.plusMonths(1), 11);
        Corrections corrections = new Corrections(dataSource);
        assertThat(corrections.voidEvent(UUID.randomUUID(), wrong.eventId(), "doubled", "li.hua"))
                .isInstanceOf(VoidAnswer.Voided.class);
        List<PeriodTotal> billed = usage.listPeriodTotals(old);
        List<PeriodTotal> billedToOne = usage.listPeriodTotals(old, SUBSCRIPTION);
        assertThat(billed).extracting(PeriodTotal::quantity).containsExactly(7L);
        assertThat(retention.listDroppable()).contains(old, old.plusMonths(1));

        assertThat(retention.drop(old)).isEqualTo(2);
        assertThat(retention.drop(old)).isZero();
        assertThat(retention.listStored()).extracting(Retention.StoredMonth::month).doesNotContain(old);

        assertThat(usage.findEvent(right.eventId())).isEmpty();
        assertThat(usage.listPeriodTotals(old)).isEqualTo(billed);
        assertThat(usage.listPeriodTotals(old, SUBSCRIPTION)).isEqualTo(billedToOne);
        assertThat(usage.listMismatches(old)).isEmpty();
        assertThat(usage.listNodeCounts()).allMatch(NodeCount::agrees);
        assertThat(corrections.findVoid(wrong.eventId())).isPresent();
        assertThat(corrections.voidEvent(UUID.randomUUID(), right.eventId(), "too late", "li.hua"))
                .isInstanceOf(VoidAnswer.UnknownEvent.class);
        assertThat(usage.listPeriodTotals(old.plusMonths(1))).extracting(PeriodTotal::quantity).containsExactly(11L);
        assertThatThrownBy(() -> Postgres.run(
                        dataSource, "SELECT metering.ensure_usage_partition(CAST('2021-03-01' AS date))"))
                .hasMessageContaining("were dropped after their time");
    }
}
