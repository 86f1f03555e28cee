package cn.jingshu.metering.usage;

import static cn.jingshu.metering.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsageIT {
    private static final UUID ANNE = new UUID(1, 1);
    private static final UUID BOB = new UUID(1, 2);
    /** 1 November 2026, 00:30 in Shanghai; still October in UTC. */
    private static final Instant NEW_MONTH = Instant.parse("2026-10-31T16:30:00Z");

    @TempDir
    private static Path root;

    private Postgres postgres;
    private DataSource dataSource;
    private Usage usage;
    private final List<UsageEvent> events = new ArrayList<>();

    @BeforeAll
    void ship() throws IOException, SQLException {
        postgres = new Postgres(root.resolve("postgres"));
        dataSource = postgres.dataSource();
        MeteringSchema.migrate(dataSource);
        usage = new Usage(dataSource);
        try (UsageJournal journal = UsageJournal.open(
                root.resolve("journal"), JournalSettings.of(Durability.PROCESS), Clock.systemUTC())) {
            String node = journal.nodeId();
            events.add(event(node, ANNE, NEW_MONTH.minus(Duration.ofHours(1)), Outcome.ANSWERED, 5, false)); // October
            for (int minute = 0; minute < 90; minute++) {
                events.add(event(node, ANNE, NEW_MONTH.plus(Duration.ofMinutes(minute)), Outcome.ANSWERED, 2, false));
            }
            events.add(event(node, ANNE, NEW_MONTH, Outcome.NOT_FOUND, 0, false));
            events.add(event(node, ANNE, NEW_MONTH, Outcome.ANSWERED, 9, true));
            events.add(event(node, BOB, NEW_MONTH, Outcome.ANSWERED, 1, false));
            events.stream()
                    .map(event -> journal.append(event).toCompletableFuture())
                    .toList()
                    .forEach(CompletableFuture::join);
            Shipper.of(journal, dataSource, ShipperSettings.USUAL, Clock.systemUTC()).shipAvailable();
        }
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    @Test
    void aBillIsSummedByShanghaiMonthWithSandboxApart() throws SQLException {
        assertThat(usage.listPeriodTotals(YearMonth.of(2026, 11)))
                .extracting(PeriodTotal::subscriptionId, PeriodTotal::sandbox, PeriodTotal::calls, PeriodTotal::quantity)
                .containsExactly(
                        tuple(ANNE, false, 91L, 180L),
                        tuple(ANNE, true, 1L, 9L),
                        tuple(BOB, false, 1L, 1L));
        assertThat(usage.listPeriodTotals(YearMonth.of(2026, 10), ANNE))
                .extracting(PeriodTotal::quantity)
                .containsExactly(5L);
        assertThat(usage.listPeriodTotals(YearMonth.of(2026, 12))).isEmpty();
    }

    @Test
    void hoursAddUpToTheMonth() throws SQLException {
        List<HourTotal> hours = usage.listHours(ANNE, NEW_MONTH.minus(Duration.ofDays(1)), NEW_MONTH.plus(Duration.ofDays(1)));
        assertThat(hours.stream().filter(hour -> !hour.sandbox()).mapToLong(HourTotal::quantity).sum()).isEqualTo(185);
        assertThat(hours)
                .filteredOn(hour -> hour.hour().equals(Instant.parse("2026-10-31T16:00:00Z"))
                        && hour.outcome() == Outcome.ANSWERED
                        && !hour.sandbox())
                .singleElement()
                .satisfies(hour -> assertThat(hour.calls()).isEqualTo(30));
        assertThat(usage.listHours(NEW_MONTH.minus(Duration.ofDays(1)), NEW_MONTH.plus(Duration.ofDays(1))))
                .hasSize(hours.size() + 1);
    }

    @Test
    void aDayBeginsAtMidnightInShanghai() throws SQLException {
        LocalDate first = LocalDate.of(2026, 11, 1);
        assertThat(usage.listDays(ANNE, first, first.plusDays(1)))
                .extracting(DayTotal::day, DayTotal::outcome, DayTotal::sandbox, DayTotal::quantity)
                .containsExactly(
                        tuple(first, Outcome.ANSWERED, false, 180L),
                        tuple(first, Outcome.ANSWERED, true, 9L),
                        tuple(first, Outcome.NOT_FOUND, false, 0L));
        assertThat(usage.listDays(ANNE, first.minusDays(1), first)).hasSize(1);
    }

    @Test
    void pagesShowEachEventOnceTheYoungestFirst() throws SQLException {
        List<UsageEvent> expected = events.stream()
                .filter(event -> event.subscriptionId().equals(ANNE))
                .sorted(Comparator.comparing(UsageEvent::occurredAt)
                        .thenComparing(event -> event.eventId().toString())
                        .reversed())
                .toList();
        List<UsageEvent> seen = new ArrayList<>();
        Optional<EventPage.Cursor> next = Optional.empty();
        int pages = 0;
        do {
            EventPage page = usage.listEvents(
                    ANNE, NEW_MONTH.minus(Duration.ofDays(1)), NEW_MONTH.plus(Duration.ofDays(1)), next, 31);
            page.events().forEach(stored -> seen.add(stored.event()));
            next = page.next();
            pages++;
        } while (next.isPresent());
        assertThat(seen).isEqualTo(expected);
        assertThat(pages).isEqualTo(3); // 93 events, and no empty page after the last
        assertThatThrownBy(() -> usage.listEvents(ANNE, NEW_MONTH, NEW_MONTH, Optional.empty(), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void eventsAreFoundBySubscriptionProductOperationAndOutcome() throws SQLException {
        Instant from = NEW_MONTH.minus(Duration.ofDays(1));
        Instant to = NEW_MONTH.plus(Duration.ofDays(1));
        assertThat(ids(filter(from, to, Set.of(), "", "", null, ""))).hasSize(events.size());
        assertThat(ids(EventFilter.of(BOB, from, to))).containsExactly(events.getLast().eventId());
        assertThat(ids(filter(from, to, Set.of(ANNE, BOB), "", "", null, ""))).hasSize(events.size());
        assertThat(ids(filter(from, to, Set.of(new UUID(0, 9)), "", "", null, ""))).isEmpty();
        assertThat(ids(filter(from, to, Set.of(ANNE), "transit", "ListVehicles", Outcome.NOT_FOUND, "")))
                .containsExactly(events.get(91).eventId());
        assertThat(ids(filter(from, to, Set.of(), "lending", "", null, ""))).isEmpty();
        assertThat(ids(filter(from, to, Set.of(), "", "GetVehicle", null, ""))).isEmpty();
        assertThat(ids(filter(NEW_MONTH, NEW_MONTH.plusSeconds(1), Set.of(ANNE), "", "", Outcome.ANSWERED, "")))
                .as("half-open, so the end is not in it")
                .hasSize(2);
        assertThat(ids(filter(from, to, Set.of(), "", "", null, events.get(5).requestId())))
                .contains(events.get(5).eventId());
        assertThat(ids(filter(from, to, Set.of(), "", "", null, "no such request"))).isEmpty();
        assertThat(ids(EventFilter.of(ANNE, from, NEW_MONTH))).containsExactly(events.getFirst().eventId());
    }

    /** Nothing asked of what is empty or null. */
    private static EventFilter filter(
            Instant from,
            Instant to,
            Set<UUID> subscriptions,
            String product,
            String operation,
            @Nullable Outcome outcome,
            String requestId) {
        return new EventFilter(
                from,
                to,
                Optional.of(subscriptions).filter(ids -> !ids.isEmpty()),
                Optional.of(product).filter(text -> !text.isEmpty()),
                Optional.of(operation).filter(text -> !text.isEmpty()),
                Optional.ofNullable(outcome),
                Optional.of(requestId).filter(text -> !text.isEmpty()));
    }

    @Test
    void theEventsOfAJournalAreReadInItsOrderUpToItsPosition() throws SQLException {
        NodePosition position = usage.listPositions().getFirst();
        assertThat(position.nextSequence()).isEqualTo(events.size() + 1);
        List<UsageEvent> seen = new ArrayList<>();
        for (long from = 1; from < position.nextSequence(); from += 40) {
            usage.listInOrder(position.nodeId(), from, Math.min(from + 40, position.nextSequence()))
                    .forEach(stored -> seen.add(stored.event()));
        }
        assertThat(seen).isEqualTo(events);
        assertThat(usage.listInOrder("node-000000000000", 1, 100)).isEmpty();
        assertThatThrownBy(() -> usage.listInOrder(position.nodeId(), 1, 1_002))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** All pages of 20, each event once. */
    private List<UUID> ids(EventFilter filter) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        Optional<EventPage.Cursor> next = Optional.empty();
        do {
            EventPage page = usage.listEvents(filter, next, 20);
            page.events().forEach(stored -> ids.add(stored.event().eventId()));
            next = page.next();
        } while (next.isPresent());
        assertThat(ids).doesNotHaveDuplicates();
        return ids;
    }

    @Test
    void anEventIsFoundByItsId() throws SQLException {
        assertThat(usage.findEvent(events.get(7).eventId()).orElseThrow().event()).isEqualTo(events.get(7));
        assertThat(usage.findEvent(events.get(7).eventId()).orElseThrow().sequence()).isEqualTo(8);
        assertThat(usage.findEvent(new UUID(0, 1))).isEmpty();
    }

    @Test
    void aTotalThatIsNotTheSumOfItsEventsIsFound() throws SQLException {
        YearMonth november = YearMonth.of(2026, 11);
        assertThat(usage.listMismatches(november)).isEmpty();
        Postgres.run(dataSource, "UPDATE metering.usage_hour SET quantity = quantity + 1"
                + " WHERE subscription_id = '00000000-0000-0001-0000-000000000002'");
        try {
            assertThat(usage.listMismatches(november)).singleElement().satisfies(one -> {
                assertThat(one.subscriptionId()).isEqualTo(BOB);
                assertThat(one.eventQuantity()).isEqualTo(1);
                assertThat(one.totalQuantity()).isEqualTo(2);
            });
        } finally {
            Postgres.run(dataSource, "UPDATE metering.usage_hour SET quantity = quantity - 1"
                    + " WHERE subscription_id = '00000000-0000-0001-0000-000000000002'");
        }
        assertThat(usage.listNodeCounts()).singleElement().satisfies(node -> {
            assertThat(node.agrees()).isTrue();
            assertThat(node.storedEvents()).isEqualTo(events.size());
        });
    }
}
