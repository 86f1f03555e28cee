package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.LineEvents;
import cn.jingshu.marketplace.billing.MonthBills;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.billing.statement.Statement;
import cn.jingshu.marketplace.billing.statement.Statements;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.metering.usage.EventPage;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A consumer's account over three months, told in its order: each test goes on where the last ended. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StatementsIT {
    private static final YearMonth JANUARY = YearMonth.of(2027, 1);
    private static final YearMonth FEBRUARY = YearMonth.of(2027, 2);
    private static final Instant PRICE_CHANGE = Instant.parse("2027-01-20T04:34:56.789Z");

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static UsageRecords usage;
    private static String bank;
    private static String institute;
    private static UUID consumer;
    private static String wrongEvent = "";

    @BeforeAll
    static void openTheMarket() throws Exception {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1.37");
        rest = new RestCaller(node.httpPort());
        usage = new UsageRecords(node);
        bank = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        institute = market.key(market.subscribe("institute", "library", Purpose.PUBLIC_INTEREST, 1_000_000, Market.WIDE));
        consumer = market.person("bank").organisationId();
        for (String key : List.of(bank, institute)) {
            Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
        }
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    /** The event of the last of {@code times} pages of {@code rows} books. */
    private static String list(String key, int times, int rows) throws Exception {
        RestCaller.Reply last = rest.get("/v1/library/books?pageSize=" + rows, key);
        for (int i = 1; i < times; i++) {
            last = rest.get("/v1/library/books?pageSize=" + rows, key);
        }
        assertThat(last.status()).as(last.text()).isEqualTo(200);
        return usage.one(last.requestId()).eventId().toString();
    }

    private static Statement statement(YearMonth month) {
        return node.get(Statements.class).of(consumer, month).statement();
    }

    private static void close(YearMonth month) {
        assertThat(node.get(MonthClose.class).close(month, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
    }

    private static Balance balance() {
        return node.get(Accounts.class).balance(consumer);
    }

    /** Of every line of a month: its events, fetched page by page, and its days add up to its quantity. */
    private static void assertTraced(YearMonth month) {
        LineEvents events = node.get(LineEvents.class);
        List<Charge> charges = node.get(MonthClose.class).preview(month);
        assertThat(charges).isNotEmpty();
        for (Charge charge : charges) {
            assertThat(events.listDays(charge).stream().mapToLong(LineEvents.Day::quantity).sum())
                    .as("days of " + charge).isEqualTo(charge.quantity());
            long sum = 0;
            Set<UUID> seen = new HashSet<>();
            Optional<EventPage.Cursor> next = Optional.empty();
            do {
                LineEvents.Page page = events.listEvents(charge, next, 7);
                sum += page.events().stream().mapToLong(event -> event.event().quantity()).sum()
                        - page.takenBack().stream().mapToLong(event -> event.event().quantity()).sum();
                page.events().forEach(event -> assertThat(seen.add(event.event().eventId())).as("listed once").isTrue());
                next = page.next();
            } while (next.isPresent());
            assertThat(sum).as("events of " + charge).isEqualTo(charge.quantity());
        }
    }

    /** The account and the books say the same of this consumer. */
    private static void assertBooked() throws SQLException {
        Dimensions about = Dimensions.NONE.withConsumer(consumer.toString());
        Balances balances = node.get(Balances.class);
        assertThat(balances.balance(Chart.RECEIVABLES, about, ReadPoint.LATEST).debitBalance()).isEqualTo(balance().owed());
        assertThat(balances.balance(Chart.PREPAYMENTS, about, ReadPoint.LATEST).creditBalance()).isEqualTo(balance().prepaid());
        assertThat(node.get(Reconciliation.class).run(JANUARY)).allMatch(Reconciliation.Check::agrees);
    }

    private static Accounts.Received receive(String yuan, LocalDate on, String reference) {
        return node.get(Accounts.class).receive(
                new Accounts.Receipt(UUID.randomUUID(), consumer, Money.ofYuan(yuan), on, reference), market.person("operator").id());
    }

    @Test
    @Order(1)
    void aTopUpIsPaidAhead() throws SQLException {
        Accounts.Receipt topUp = new Accounts.Receipt(UUID.randomUUID(), consumer, Money.ofYuan("20"), LocalDate.of(2027, 1, 10), "B-1");
        assertThat(node.get(Accounts.class).receive(topUp, null))
                .isInstanceOfSatisfying(Accounts.Received.Booked.class, booked -> assertThat(booked.already()).isFalse());
        assertThat(node.get(Accounts.class).receive(topUp, null))
                .isInstanceOfSatisfying(Accounts.Received.Booked.class, booked -> assertThat(booked.already()).isTrue());
        assertThat(receive("5", LocalDate.of(2027, 1, 10), "B-1"))
                .isEqualTo(new Accounts.Received.Refused(Accounts.Fault.TRANSFER_KNOWN));
        assertThat(receive("5", LocalDate.of(2027, 1, 11), "B-2"))
                .isEqualTo(new Accounts.Received.Refused(Accounts.Fault.IN_THE_FUTURE));
        assertThat(node.get(Accounts.class).receive(new Accounts.Receipt(topUp.id(), consumer, Money.ofYuan("21"),
                topUp.receivedOn(), "B-1"), null)).isEqualTo(new Accounts.Received.Refused(Accounts.Fault.ID_TAKEN));
        assertThat(node.get(Accounts.class).receive(new Accounts.Receipt(UUID.randomUUID(), UUID.randomUUID(), Money.ofYuan("1"),
                topUp.receivedOn(), "B-3"), null)).isEqualTo(new Accounts.Received.Refused(Accounts.Fault.NO_SUCH_CONSUMER));
        assertThat(balance()).isEqualTo(new Balance(Money.ZERO, Money.ofYuan("20"), 1));
        assertBooked();
    }

    @Test
    @Order(2)
    void thePreviewIsTracedToItsCallsThoughThePriceChanges() throws Exception {
        list(bank, 20, 99);
        wrongEvent = list(bank, 1, 40);
        list(institute, 4, 50);
        market.setPrice("library", "2.255", PRICE_CHANGE);
        clock.moveTo(PRICE_CHANGE.plusSeconds(1));
        list(bank, 9, 97);
        assertTraced(JANUARY);
        Statement free = node.get(Statements.class).of(market.person("institute").organisationId(), JANUARY).statement();
        Statement.Line rows = free.lines().stream().filter(line -> line.operation().equals("ListBooks")).findFirst().orElseThrow();
        assertThat(rows.isFree()).isTrue();
        assertThat(rows.amount()).isEqualTo(Money.ZERO);
        assertThat(rows.shadow()).as("200 rows at the price of paid use then, 1.37 fen").isEqualTo(Money.ofFen(274));
        assertThat(free.closing().net()).isEqualTo(Money.ZERO);
    }

    @Test
    @Order(3)
    void theBillIsWhatThePreviewSaidAndPrepaymentIsUsedFirst() throws SQLException {
        clock.moveTo(Instant.parse("2027-01-28T08:00:00Z"));
        Statement preview = statement(JANUARY);
        assertThat(preview.isPreview()).isTrue();
        close(JANUARY);
        Statement bill = statement(JANUARY);
        assertThat(bill.lines()).isEqualTo(preview.lines()).isNotEmpty();
        assertThat(bill.movements()).isEqualTo(preview.movements());
        assertThat(bill.closing()).isEqualTo(preview.closing());
        assertThat(bill.heading().number()).isEqualTo(1);
        assertThat(bill.heading().dueOn()).isEqualTo(LocalDate.of(2027, 2, 12));
        assertThat(bill.charged().fen()).isGreaterThan(2_000);
        assertThat(bill.lines()).allMatch(line -> line.priceVersion() != null && line.ceilingVersion() != null);
        assertThat(bill.movements()).extracting(Movement::kind)
                .containsExactly(Movement.Kind.RECEIPT, Movement.Kind.CHARGES, Movement.Kind.SET_OFF);
        assertThat(balance()).isEqualTo(bill.closing());
        assertThat(balance().prepaid()).isEqualTo(Money.ZERO);
        assertThat(balance().owed()).isEqualTo(bill.charged().minus(Money.ofYuan("20")));
        assertTraced(JANUARY);
        assertBooked();
    }

    @Test
    @Order(4)
    void anIssuedStatementNeverChanges() {
        Statements.Shown issued = node.get(Statements.class).of(consumer, JANUARY);
        Statements.Listed listed = node.get(Statements.class).listOf(consumer).getFirst();
        assertThat(listed.sha256()).isEqualTo(issued.sha256());
        assertThat(node.get(MonthBills.class).issueUntil(JANUARY)).isZero();
        close(JANUARY);
        assertThat(node.get(Statements.class).of(consumer, JANUARY)).isEqualTo(issued);
        Database database = node.get(Database.class);
        for (String change : List.of("UPDATE market.statement SET charges_fen = 0", "DELETE FROM market.statement",
                "UPDATE market.account_movement SET owed_fen = 0", "DELETE FROM market.account_movement")) {
            assertThatThrownBy(() -> database.inTransaction(t -> t.change(change))).isInstanceOf(DatabaseException.class);
        }
        assertThatThrownBy(() -> database.inTransaction(t -> t.change("""
                INSERT INTO market.statement
                SELECT gen_random_uuid(), organisation_id, '2027-01-01', year, 3, issued_at, due_on, opening_fen, charges_fen,
                       vat_fen, closing_fen, last_movement, content, sha256
                  FROM market.statement WHERE number = 1 LIMIT 1
                """)))
                .isInstanceOfSatisfying(DatabaseException.class,
                        refused -> assertThat(refused.violates("statement_numbered_without_gap")).isTrue());
    }

    @Test
    @Order(5)
    void lateAndWrongCallsAreLinkedToTheLineTheyCorrect() throws Exception {
        clock.moveTo(Instant.parse("2027-01-29T08:00:00Z"));
        list(bank, 3, 11);
        clock.moveTo(Instant.parse("2027-02-03T08:00:00Z"));
        list(bank, 5, 13);
        Desk operator = Desk.of(node, rest, "operator");
        Desk colleague = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
        String id = UUID.randomUUID().toString();
        assertThat(operator.post("/api/usage/voids", Map.of("voidId", id, "eventId", wrongEvent, "reason", "counted twice")).status()).isEqualTo(201);
        assertThat(colleague.post("/api/usage/voids/" + id + "/approve", null).status()).isEqualTo(200);
        assertTraced(FEBRUARY);
        clock.moveTo(Instant.parse("2027-03-01T08:00:00Z"));
        close(FEBRUARY);
        assertTraced(JANUARY);
        assertTraced(FEBRUARY);
        Statement january = statement(JANUARY);
        Statement february = statement(FEBRUARY);
        List<Statement.Line> corrections = february.lines().stream().filter(Statement.Line::correction).toList();
        assertThat(corrections).hasSize(2); // 33 rows came late at the second price, 40 were taken back at the first
        assertThat(corrections).extracting(Statement.Line::quantity).containsExactlyInAnyOrder(33L, -40L);
        for (Statement.Line line : corrections) {
            assertThat(line.correctsStatement()).isEqualTo(JANUARY);
            assertThat(january.lines()).anySatisfy(corrected -> {
                assertThat(corrected.chargeId()).isEqualTo(line.corrects());
                assertThat(corrected.priceVersion()).isEqualTo(line.priceVersion());
            });
        }
        assertThat(february.opening()).isEqualTo(january.closing());
        assertThat(february.heading().number()).isEqualTo(2);
        assertBooked();
    }

    @Test
    @Order(6)
    void aPaymentLowersWhatIsOwedAndTheRestIsPaidAhead() throws SQLException {
        Money owed = balance().owed();
        assertThat(owed.isPositive()).isTrue();
        assertThat(receive(owed.plus(Money.ofYuan("1")).toYuan(), LocalDate.of(2027, 2, 27), "B-9"))
                .isInstanceOfSatisfying(Accounts.Received.Booked.class, booked -> {
                    assertThat(booked.movement().effectiveOn()).as("February is closed").isEqualTo(LocalDate.of(2027, 3, 1));
                    assertThat(booked.movement().owed()).isEqualTo(owed.negated());
                });
        assertThat(balance()).satisfies(now -> {
            assertThat(now.owed()).isEqualTo(Money.ZERO);
            assertThat(now.prepaid()).isEqualTo(Money.ofYuan("1"));
        });
        assertBooked();
        List<Long> numbers = new ArrayList<>();
        node.get(Accounts.class).listBefore(consumer, Long.MAX_VALUE, 100).forEach(each -> numbers.addFirst(each.number()));
        assertThat(numbers).startsWith(1L, 2L, 3L);
    }
}
