package cn.jingshu.metering.correction;

import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import cn.jingshu.metering.MeteringSchema;
import cn.jingshu.metering.Postgres;
import cn.jingshu.metering.correction.VoidAnswer.AlreadyVoid;
import cn.jingshu.metering.correction.VoidAnswer.IdTaken;
import cn.jingshu.metering.correction.VoidAnswer.UnknownEvent;
import cn.jingshu.metering.correction.VoidAnswer.Voided;
import cn.jingshu.metering.correction.VoidAnswer.VoidedBefore;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalSettings;
import cn.jingshu.metering.journal.JournalSettings.Durability;
import cn.jingshu.metering.journal.Shipper;
import cn.jingshu.metering.journal.ShipperSettings;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.metering.usage.HourTotal;
import cn.jingshu.metering.usage.PeriodTotal;
import cn.jingshu.metering.usage.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CorrectionsIT {
    private static final YearMonth OCTOBER = YearMonth.of(2026, 10);
    private static final Instant IN_OCTOBER = Instant.parse("2026-10-20T02:30:00Z");

    @TempDir
    private static Path root;

    private Postgres postgres;
    private DataSource dataSource;
    private Usage usage;
    private Corrections corrections;
    private UsageJournal journal;
    private Shipper shipper;

    @BeforeAll
    void start() throws IOException {
        postgres = new Postgres(root.resolve("postgres"));
        dataSource = postgres.dataSource();
        MeteringSchema.migrate(dataSource);
        usage = new Usage(dataSource);
        corrections = new Corrections(dataSource);
        journal = UsageJournal.open(
                root.resolve("journal"), JournalSettings.of(Durability.PROCESS), Clock.systemUTC());
        shipper = Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC());
    }

    @AfterAll
    void stop() throws IOException {
        journal.close();
        postgres.close();
    }

    private UsageEvent stored(UUID subscription, Instant occurredAt, long quantity) throws SQLException, IOException {
        UsageEvent event = event(journal.nodeId(), subscription, occurredAt, Outcome.ANSWERED, quantity, false);
        journal.append(event).toCompletableFuture().join();
        shipper.shipAvailable();
        return event;
    }

    @Test
    void aVoidTakesACallBackOutOfItsOwnHourAndMonth() throws Exception {
        UUID subscription = UUID.randomUUID();
        UsageEvent wrong = stored(subscription, IN_OCTOBER, 5);
        stored(subscription, IN_OCTOBER.plus(Duration.ofMinutes(1)), 3);
        VoidAnswer answer = corrections.voidEvent(UUID.randomUUID(), wrong.eventId(), "answered with old data", "li.hua");
        assertThat(answer).isInstanceOfSatisfying(Voided.class, voided -> {
            assertThat(voided.entry().eventId()).isEqualTo(wrong.eventId());
            assertThat(voided.entry().reason()).isEqualTo("answered with old data");
            assertThat(voided.entry().approvedBy()).isEqualTo("li.hua");
        });
        assertThat(usage.listPeriodTotals(OCTOBER, subscription))
                .extracting(PeriodTotal::calls, PeriodTotal::quantity, PeriodTotal::answerBytes)
                .containsExactly(tuple(1L, 3L, 202L));
        assertThat(usage.listHours(subscription, IN_OCTOBER.minusSeconds(3_600), IN_OCTOBER))
                .extracting(HourTotal::calls, HourTotal::quantity)
                .containsExactly(tuple(1L, 3L));
        assertThat(usage.listMismatches(OCTOBER)).isEmpty();
        assertThat(usage.findEvent(wrong.eventId()).orElseThrow().event()).isEqualTo(wrong); // the event stays
        assertThat(usage.listNodeCounts()).allMatch(node -> node.agrees());
    }

    @Test
    void aPeriodWhoseOnlyCallIsVoidHasNothingToBill() throws Exception {
        UUID subscription = UUID.randomUUID();
        UsageEvent only = stored(subscription, IN_OCTOBER, 1);
        corrections.voidEvent(UUID.randomUUID(), only.eventId(), "test call", "li.hua");
        assertThat(usage.listPeriodTotals(OCTOBER, subscription)).isEmpty();
        assertThat(usage.listPeriodTotals(OCTOBER)).noneMatch(total -> total.subscriptionId().equals(subscription));
        assertThat(usage.listMismatches(OCTOBER)).isEmpty();
    }

    @Test
    void anEventIsVoidedOnceAtMost() throws Exception {
        UsageEvent event = stored(UUID.randomUUID(), IN_OCTOBER, 2);
        UUID voidId = UUID.randomUUID();
        EventVoid entry = ((Voided) corrections.voidEvent(voidId, event.eventId(), "doubled", "li.hua")).entry();
        assertThat(corrections.voidEvent(voidId, event.eventId(), "doubled", "li.hua")).isEqualTo(new VoidedBefore(entry));
        assertThat(corrections.voidEvent(voidId, event.eventId(), "another reason", "li.hua")).isEqualTo(new IdTaken(entry));
        assertThat(corrections.voidEvent(UUID.randomUUID(), event.eventId(), "doubled", "li.hua"))
                .isEqualTo(new AlreadyVoid(entry));
        UUID unknown = UUID.randomUUID();
        assertThat(corrections.voidEvent(UUID.randomUUID(), unknown, "doubled", "li.hua"))
                .isEqualTo(new UnknownEvent(unknown));
        assertThat(corrections.findVoid(event.eventId())).contains(entry);
        assertThat(usage.listMismatches(OCTOBER)).isEmpty();
    }

    @Test
    void ofManyWhoVoidAnEventAtOnceOneDoes() throws Exception {
        UUID subscription = UUID.randomUUID();
        UsageEvent event = stored(subscription, IN_OCTOBER, 2);
        stored(subscription, IN_OCTOBER, 7);
        List<CompletableFuture<VoidAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return corrections.voidEvent(UUID.randomUUID(), event.eventId(), "doubled", "li.hua");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        assertThat(answers.stream().map(CompletableFuture::join))
                .filteredOn(answer -> answer instanceof Voided)
                .hasSize(1);
        assertThat(usage.listPeriodTotals(OCTOBER, subscription)).extracting(PeriodTotal::quantity).containsExactly(7L);
        assertThat(usage.listMismatches(OCTOBER)).isEmpty();
    }

    @Test
    void aVoidNeedsAReasonAndAnApproverAndIsNeverEdited() throws Exception {
        UsageEvent event = stored(UUID.randomUUID(), IN_OCTOBER, 2);
        assertThatThrownBy(() -> corrections.voidEvent(UUID.randomUUID(), event.eventId(), " ", "li.hua"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> corrections.voidEvent(UUID.randomUUID(), event.eventId(), "doubled", ""))
                .isInstanceOf(IllegalArgumentException.class);
        corrections.voidEvent(UUID.randomUUID(), event.eventId(), "doubled", "li.hua");
        for (String change : List.of(
                "UPDATE metering.usage_void SET quantity = 0",
                "DELETE FROM metering.usage_void",
                "TRUNCATE metering.usage_void")) {
            assertThatThrownBy(() -> Postgres.run(dataSource, change)).hasMessageContaining("append-only");
        }
    }

    @Test
    void whatReachesAClosedPeriodIsListedForTheNext() throws Exception {
        YearMonth september = YearMonth.of(2026, 9);
        Instant inSeptember = Instant.parse("2026-09-10T00:00:00Z");
        UUID subscription = UUID.randomUUID();
        UsageEvent early = stored(subscription, inSeptember, 4);
        Instant closedAt = databaseTime();
        assertThat(corrections.listLate(september, closedAt, Optional.empty(), 10).corrections()).isEmpty();
        List<UUID> records = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            records.add(stored(subscription, inSeptember.plusSeconds(i), 6).eventId());
        }
        UUID voidId = UUID.randomUUID();
        corrections.voidEvent(voidId, early.eventId(), "doubled", "li.hua");
        records.add(voidId);
        stored(subscription, IN_OCTOBER, 1); // of an open period
        List<Correction> late = new ArrayList<>();
        Optional<Correction.Cursor> next = Optional.empty();
        do {
            Correction.Page page = corrections.listLate(september, closedAt, next, 2);
            late.addAll(page.corrections());
            next = page.next();
        } while (next.isPresent());
        assertThat(late).extracting(Correction::recordId).containsExactlyElementsOf(records);
        assertThat(late).extracting(Correction::quantity).containsExactly(6L, 6L, 6L, 6L, 6L, -4L);
        assertThat(late.getLast().eventId()).isEqualTo(early.eventId());
        assertThat(late.stream().mapToLong(Correction::quantity).sum())
                .as("what the period's total moved by since the close")
                .isEqualTo(usage.listPeriodTotals(september, subscription).getFirst().quantity() - 4);
    }

    private Instant databaseTime() throws SQLException {
        return Instant.ofEpochSecond(
                0, 1_000 * Postgres.number(dataSource, "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)"));
    }

    @Test
    void anEventIsExplainedByItsId() throws Exception {
        UsageEvent event = stored(UUID.randomUUID(), IN_OCTOBER, 2);
        assertThat(usage.explain(event.eventId()).orElseThrow()).satisfies(explained -> {
            assertThat(explained.period()).isEqualTo(OCTOBER);
            assertThat(explained.voided()).isEmpty();
            assertThat(explained.billableQuantity()).isEqualTo(2);
            assertThat(explained.stored().receivedAt()).isAfter(IN_OCTOBER);
        });
        corrections.voidEvent(UUID.randomUUID(), event.eventId(), "doubled", "li.hua");
        assertThat(usage.explain(event.eventId()).orElseThrow()).satisfies(explained -> {
            assertThat(explained.voided().orElseThrow().reason()).isEqualTo("doubled");
            assertThat(explained.billableQuantity()).isZero();
        });
        assertThat(usage.explain(new UUID(3, 3))).isEmpty();
    }
}
