package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.verify.Check;
import cn.jingshu.ledger.verify.Finding;
import cn.jingshu.ledger.verify.Verifier;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Wrong events taken back in an open and in a closed month, told in their order: each test goes on where the last ended. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VoidedUsageIT {
    private static final YearMonth JANUARY = YearMonth.of(2027, 1);
    private static final YearMonth FEBRUARY = YearMonth.of(2027, 2);
    private static final YearMonth MARCH = YearMonth.of(2027, 3);
    private static final String AUDITED = """
            SELECT action FROM market.audit_log WHERE subject_kind = 'usage_event' AND subject_id = ? ORDER BY sequence
            """;

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static UsageRecords usage;
    private static Desk operator;
    private static Desk colleague;
    private static Desk bureau;
    private static String bank;
    private static String inOpenMonth = "";
    private static String inClosedMonth = "";
    private static String ofNovember = "";

    @BeforeAll
    static void openTheMarket() throws Exception {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1.37");
        rest = new RestCaller(node.httpPort());
        usage = new UsageRecords(node);
        operator = Desk.of(node, rest, "operator");
        colleague = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
        bureau = Desk.of(node, rest, "bureau");
        bank = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/absent", bank).status(), status -> status == 200);
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    /** Sessions end with time, and the clock of this story is set forward by months. */
    private static void sitDown() {
        operator = Desk.of(node, rest, "operator");
        colleague = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
        bureau = Desk.of(node, rest, "bureau");
    }

    private static void moveTo(String moment) {
        clock.moveTo(Instant.parse(moment));
        sitDown();
    }

    /** The event of a page of {@code rows} books. */
    private static String list(int rows) throws Exception {
        RestCaller.Reply reply = rest.get("/v1/library/books?pageSize=" + rows, bank);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return usage.one(reply.requestId()).eventId().toString();
    }

    private static String voided(String event) throws Exception {
        String id = UUID.randomUUID().toString();
        Desk.Answer asked = operator.post("/api/usage/voids", Map.of("voidId", id, "eventId", event, "reason", "counted twice"));
        assertThat(asked.status()).as(asked.text()).isEqualTo(201);
        Desk.Answer approved = colleague.post("/api/usage/voids/" + id + "/approve", null);
        assertThat(approved.status()).as(approved.text()).isEqualTo(200);
        return id;
    }

    private static List<Charge> rows(List<Charge> charges) {
        return charges.stream()
                .filter(charge -> charge.key().operation().equals("ListBooks"))
                .filter(charge -> charge.key().organisationId().equals(market.person("bank").organisationId()))
                .toList();
    }

    private static List<Charge> close(YearMonth month) {
        assertThat(node.get(MonthClose.class).close(month, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        return ((MonthClose.Outcome.Closed) node.get(MonthClose.class).close(month, _ -> {})).charges();
    }

    private static void assertReconciled(YearMonth month) throws SQLException {
        assertThat(node.get(Reconciliation.class).run(month)).allMatch(Reconciliation.Check::agrees);
    }

    private static JsonNode why(String event) throws Exception {
        RestCaller.Reply reply = rest.get("/api/usage/why?event=" + event, bank);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return Desk.json(reply).path("calls").path(0);
    }

    @Test
    @Order(1)
    void twoPeopleStandBehindAVoid() throws Exception {
        inOpenMonth = list(40);
        String id = UUID.randomUUID().toString();
        Map<String, String> wish = Map.of("voidId", id, "eventId", inOpenMonth, "reason", "counted twice");
        assertThat(Desk.of(node, rest, "bank").post("/api/usage/voids", wish).status()).isEqualTo(403);
        assertThat(bureau.post("/api/usage/voids", wish).status()).as("the bureau decides, it does not ask").isEqualTo(403);
        assertThat(rest.post("/api/usage/voids", bank, "{}", "Content-Type", "application/json").status()).isEqualTo(403);
        assertThat(rest.post("/api/usage/voids", null, "{}", "Content-Type", "application/json").status()).isEqualTo(401);
        assertThat(operator.post("/api/usage/voids", Map.of("voidId", id, "eventId", inOpenMonth, "reason", " ")).status()).isEqualTo(400);
        assertThat(operator.post("/api/usage/voids", Map.of("voidId", id, "eventId", UUID.randomUUID().toString(), "reason", "x")).status()).isEqualTo(404);
        assertThat(operator.post("/api/usage/voids", wish).status()).isEqualTo(201);
        assertThat(operator.post("/api/usage/voids", wish).status()).as("the same wish again").isEqualTo(201);
        assertThat(operator.post("/api/usage/voids", Map.of("voidId", id, "eventId", inOpenMonth, "reason", "another")).status()).isEqualTo(409);
        assertThat(operator.post("/api/usage/voids", Map.of("voidId", UUID.randomUUID().toString(), "eventId", inOpenMonth, "reason", "x")).status()).isEqualTo(409);
        assertThat(why(inOpenMonth).path("verdict").asText()).as("asked for is not approved").isEqualTo("TO_BE_BILLED");
        assertThat(why(inOpenMonth).path("voided").path("status").asText()).isEqualTo("REQUESTED");
        Desk.Answer own = operator.post("/api/usage/voids/" + id + "/approve", null);
        assertThat(own.status()).isEqualTo(422);
        assertThat(own.json().path("detailZh").asText()).contains("申请人不能审批");
        Desk auditor = Desk.hired(node, rest, market.person("bureau"), Role.AUDITOR);
        assertThat(auditor.post("/api/usage/voids/" + id + "/approve", null).status()).as("reads all, decides nothing").isEqualTo(403);
        assertThat(auditor.get("/api/usage/voids?status=REQUESTED").json().path("voids").path(0).path("voidId").asText()).isEqualTo(id);
        assertThat(bureau.post("/api/usage/voids/" + id + "/refuse", Map.of("reason", "not shown")).status()).isEqualTo(200);
        assertThat(colleague.post("/api/usage/voids/" + id + "/approve", null).status()).as("decided").isEqualTo(409);
        assertThat(rows(node.get(MonthClose.class).preview(JANUARY)).getFirst().quantity()).isEqualTo(40);
        List<String> audited =
                node.get(Database.class).inTransaction(t -> t.list(AUDITED, row -> row.text("action"), inOpenMonth));
        assertThat(audited).containsExactly("usage.void.request", "usage.void.refuse");
    }

    @Test
    @Order(2)
    void aVoidInAnOpenMonthLowersItsBill() throws Exception {
        inClosedMonth = list(25);
        list(10);
        assertThat(rows(node.get(MonthClose.class).preview(JANUARY)).getFirst().quantity()).isEqualTo(75);
        String id = voided(inOpenMonth);
        assertThat(colleague.post("/api/usage/voids/" + id + "/approve", null).status()).as("approved already").isEqualTo(200);
        assertThat(rows(node.get(MonthClose.class).preview(JANUARY)).getFirst().quantity()).isEqualTo(35);
        JsonNode single = Desk.json(rest.get("/api/usage/events/" + inOpenMonth, bank));
        assertThat(single.path("eventId").asText()).isEqualTo(inOpenMonth);
        assertThat(single.path("voided").path("reason").asText()).isEqualTo("counted twice");
        assertThat(single.path("voided").path("correction").asBoolean()).isFalse();
        assertThat(why(inOpenMonth).path("verdict").asText()).isEqualTo("VOID");
        assertThat(why(inOpenMonth).path("line").isNull()).isTrue();
        assertReconciled(JANUARY);
        moveTo("2027-02-02T02:00:00Z");
        assertThat(rows(close(JANUARY))).singleElement().satisfies(line -> {
            assertThat(line.quantity()).isEqualTo(35);
            assertThat(line.amount()).isEqualTo(UnitPrice.ofFen("1.37").times(35));
        });
        assertReconciled(JANUARY);
        assertThat(why(inClosedMonth).path("verdict").asText()).isEqualTo("BILLED");
        assertThat(why(inOpenMonth).path("verdict").asText()).isEqualTo("VOID");
        assertThat(why(inOpenMonth).path("line").isNull()).as("it was void before it could be billed").isTrue();
    }

    @Test
    @Order(3)
    void aVoidInAClosedMonthIsALineBelowZeroOnTheNextBill() throws Exception {
        voided(inClosedMonth);
        assertReconciled(JANUARY); // owed back, and named so
        JsonNode before = why(inClosedMonth);
        assertThat(before.path("verdict").asText()).isEqualTo("VOID");
        assertThat(before.path("line").path("quantity").asLong()).isEqualTo(35);
        assertThat(before.path("voided").path("correction").asBoolean()).isTrue();
        assertThat(before.path("takenBackBy").isNull()).isTrue();
        UUID organisation = market.person("bank").organisationId();
        List<Charge> preview = rows(node.get(MonthClose.class).preview(FEBRUARY, organisation));
        assertThat(preview).singleElement().satisfies(line -> assertThat(line.quantity()).isEqualTo(-25));
        moveTo("2027-03-02T02:00:00Z");
        List<Charge> february = close(FEBRUARY);
        Charge line = rows(february).getFirst();
        assertThat(rows(february)).isEqualTo(preview);
        assertThat(line.isCorrection()).isTrue();
        assertThat(line.amount()).isEqualTo(UnitPrice.ofFen("1.37").times(10).minus(UnitPrice.ofFen("1.37").times(35)));
        BookedEntry entry = node.get(Journal.class).listEntries(FEBRUARY, 0, 1_000).stream()
                .filter(booked -> booked.entry().entryId().equals(line.id()))
                .findFirst()
                .orElseThrow();
        assertThat(entry.entry().reason()).isEqualTo(EntryReason.ADJUSTMENT);
        assertThat(entry.entry().postings())
                .filteredOn(posting -> posting.account().equals(Chart.RECEIVABLES))
                .singleElement()
                .satisfies(posting -> {
                    assertThat(posting.side()).isEqualTo(Side.CREDIT);
                    assertThat(posting.amount()).isEqualTo(line.amount().negated());
                });
        assertThat(entry.entry().postings())
                .filteredOn(posting -> posting.account().equals(Chart.REVENUE))
                .singleElement()
                .satisfies(posting -> assertThat(posting.side()).isEqualTo(Side.DEBIT));
        assertReconciled(FEBRUARY);
        JsonNode after = why(inClosedMonth);
        assertThat(after.path("takenBackBy").path("chargeId").asText()).isEqualTo(line.id().toString());
        assertThat(after.path("takenBackBy").path("quantity").asLong()).isEqualTo(-25);
    }

    @Test
    @Order(4)
    void whereEveryEventOfALineIsVoidedAllOfItIsTakenBack() throws Exception {
        String only = list(8);
        moveTo("2027-04-02T02:00:00Z");
        Charge billed = rows(close(MARCH)).getFirst();
        assertThat(billed.quantity()).isEqualTo(8);
        voided(only);
        assertReconciled(MARCH);
        moveTo("2027-05-02T02:00:00Z");
        Charge back = rows(close(MARCH.plusMonths(1))).getFirst();
        assertThat(back.quantity()).isEqualTo(-8);
        assertThat(back.amount()).isEqualTo(billed.amount().negated());
        assertThat(Money.sum(List.of(back.vat(), billed.vat()))).isEqualTo(Money.ZERO);
        assertReconciled(MARCH.plusMonths(1));
    }

    @Test
    @Order(5)
    void lateUsageIsOnTheNextBillAndSaysSo() throws Exception {
        moveTo("2027-06-30T02:00:00Z");
        list(3);
        close(YearMonth.of(2027, 5));
        close(YearMonth.of(2027, 6)); // while June still runs
        String late = list(4);
        assertThat(why(late).path("verdict").asText()).isEqualTo("TO_BE_BILLED");
        assertThat(why(late).path("billMonth").asText()).isEqualTo("2027-07");
        moveTo("2027-08-01T02:00:00Z");
        close(YearMonth.of(2027, 7));
        JsonNode billed = why(late);
        assertThat(billed.path("verdict").asText()).isEqualTo("CORRECTED");
        assertThat(billed.path("line").path("billMonth").asText()).isEqualTo("2027-07");
        assertThat(billed.path("line").path("quantity").asLong()).isEqualTo(4);
        assertReconciled(YearMonth.of(2027, 7));
    }

    private static Desk.Answer refunded(Charge line) throws Exception {
        String id = UUID.randomUUID().toString();
        Desk.Answer asked = operator.post("/api/refunds", Map.of("refundId", id, "chargeId", line.id().toString(),
                "amountYuan", line.amount().toYuan(), "reason", "charged by mistake"));
        return asked.status() == 201 ? colleague.post("/api/refunds/" + id + "/grant", null) : asked;
    }

    /** 价格法第四十一条: the part paid too much is given back, once, whether a refund or a correction comes first. */
    @Test
    @Order(6)
    void theSameMoneyIsGivenBackOnceInWhicheverOrder() throws Exception {
        YearMonth september = YearMonth.of(2027, 9);
        moveTo("2027-09-02T02:00:00Z");
        close(YearMonth.of(2027, 8));
        String refundedFirst = list(30);
        moveTo("2027-10-02T02:00:00Z");
        Charge line = rows(close(september)).getFirst();
        assertThat(refunded(line).status()).isEqualTo(200);
        voided(refundedFirst);
        String voidedFirst = list(40);
        Charge preview = rows(node.get(MonthClose.class).preview(september.plusMonths(1))).stream()
                .filter(Charge::isCorrection).findFirst().orElseThrow();
        assertThat(preview.quantity()).isEqualTo(-30);
        assertThat(preview.amount()).as("a refund gave it back").isEqualTo(Money.ZERO);
        moveTo("2027-11-02T02:00:00Z");
        List<Charge> october = rows(close(september.plusMonths(1)));
        assertThat(october).contains(preview).hasSize(2);
        assertReconciled(september.plusMonths(1));
        Charge second = october.stream().filter(each -> !each.isCorrection()).findFirst().orElseThrow();
        voided(voidedFirst);
        assertThat(refunded(second).status()).as("before the void is billed").isEqualTo(200);
        String billedFirst = list(50);
        ofNovember = list(6);
        moveTo("2027-12-02T02:00:00Z");
        List<Charge> november = rows(close(september.plusMonths(2)));
        assertThat(november.stream().filter(Charge::isCorrection)).singleElement().satisfies(back -> {
            assertThat(back.quantity()).isEqualTo(-40);
            assertThat(back.amount()).isEqualTo(Money.ZERO);
        });
        assertReconciled(september.plusMonths(2));
        Charge third = november.stream().filter(each -> !each.isCorrection()).findFirst().orElseThrow();
        voided(billedFirst);
        moveTo("2028-01-02T02:00:00Z");
        assertThat(rows(close(september.plusMonths(3)))).singleElement().satisfies(back ->
                assertThat(back.amount()).isEqualTo(UnitPrice.ofFen("1.37").times(6).minus(third.amount())));
        assertThat(refunded(third).status()).as("a correction took it back").isEqualTo(422);
        Path bundle = data.resolve("refunds.zip");
        node.get(BundleExport.class).write(new Months(september, september.plusMonths(3)), bundle, ExportProgress.SILENT);
        assertThat(new Verifier(List.of()).verify(bundle).findings()).extracting(Finding::check)
                .isSubsetOf(Check.SIGNATURE);
    }

    @Test
    @Order(7)
    void aVoidBehindTheHouseIsFound() throws Exception {
        assertReconciled(YearMonth.of(2027, 12));
        node.get(Database.class).inTransaction(t -> t.join(connection -> cn.jingshu.metering.correction.Corrections.voidEvent(
                connection, UUID.randomUUID(), UUID.fromString(ofNovember), "nobody approved it here", "nobody")));
        assertThat(node.get(Reconciliation.class).run(YearMonth.of(2027, 12))).anyMatch(check -> !check.agrees());
    }
}
