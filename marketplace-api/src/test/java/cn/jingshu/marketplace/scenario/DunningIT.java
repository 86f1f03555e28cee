package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A bill that is not paid, and money that is given back, told in their order: each test goes on where the last ended. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DunningIT {
    private static final YearMonth JANUARY = YearMonth.of(2027, 1);
    private static final String BOOK = "/v1/library/books?pageSize=1";
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static Desk operator;
    private static Desk colleague;
    private static UUID consumer;
    private static String paid;
    private static String free;
    private static String charge = "";
    private static String statement = "";
    private static Money charged = Money.ZERO;

    @BeforeAll
    static void openTheMarket() throws Exception {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1.37");
        rest = new RestCaller(node.httpPort());
        UsageRecords usage = new UsageRecords(node);
        paid = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        free = market.key(market.subscribe("bank", "library", Purpose.PUBLIC_INTEREST, 1_000_000, Market.WIDE));
        consumer = market.person("bank").organisationId();
        operator = Desk.of(node, rest, "operator");
        colleague = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
        for (String key : List.of(paid, free)) {
            Until.holds(Duration.ofSeconds(10), () -> rest.get(BOOK, key).status(), status -> status == 200);
        }
        for (int i = 0; i < 20; i++) {
            usage.one(rest.get("/v1/library/books?pageSize=90", paid).requestId());
        }
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    private static void moveTo(String moment) {
        clock.moveTo(Instant.parse(moment));
        operator = Desk.of(node, rest, "operator");
        colleague = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
    }

    /** The states the bank's statement was brought to by a run today. */
    private static List<String> run() throws Exception {
        List<String> states = new ArrayList<>();
        for (JsonNode step : operator.post("/api/dunning/run", null).json().path("steps")) {
            if (step.path("organisationId").asText().equals(consumer.toString())) {
                states.add(step.path("state").asText());
            }
        }
        return states;
    }

    @Test
    @Order(1)
    void aBillIsIssuedWithADay() throws Exception {
        moveTo("2027-02-01T02:00:00Z");
        assertThat(node.get(MonthClose.class).close(JANUARY, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        JsonNode listed = operator.get("/api/statements?organisation=" + consumer).json();
        assertThat(listed).hasSize(1);
        JsonNode bill = listed.path(0);
        statement = bill.path("statementId").asText();
        charged = Money.ofYuan(bill.path("chargedYuan").asText());
        assertThat(charged.fen()).isGreaterThan(2_400);
        assertThat(bill.path("openYuan").asText()).isEqualTo(charged.toYuan());
        assertThat(bill.path("state").asText()).isEqualTo("OPEN");
        assertThat(bill.path("dueOn").asText()).isEqualTo("2027-02-16");
        Desk.Answer content = operator.get("/api/statements/2027-01/document.json?organisation=" + consumer);
        assertThat(content.json().path("status").asText()).isEqualTo("FINAL");
        charge = content.json().path("lines").findParents("chargeId").stream()
                .filter(line -> line.path("operation").asText().equals("ListBooks") && !line.path("priceVersion").isNull())
                .findFirst().orElseThrow().path("chargeId").asText();
        for (String form : List.of("csv", "pdf")) {
            assertThat(rest.get("/api/statements/2027-01/document." + form, paid).status()).isEqualTo(200);
        }
        JsonNode days = operator.get("/api/statements/2027-01/lines/" + charge + "/days?organisation=" + consumer).json();
        JsonNode events = operator.get("/api/statements/2027-01/lines/" + charge + "/events?limit=1000&organisation=" + consumer).json();
        long sum = 0;
        for (JsonNode event : events.path("events")) {
            sum += event.path("quantity").asLong();
        }
        assertThat(sum).isEqualTo(days.path("quantity").asLong());
        assertThat(Desk.of(node, rest, "app-studio").get("/api/statements?organisation=" + consumer).status())
                .as("another's bills").isEqualTo(404);
    }

    @Test
    @Order(2)
    void oneStepAtATimeUntilPaidCallsAreSuspended() throws Exception {
        moveTo("2027-02-16T02:00:00Z");
        assertThat(run()).as("the day itself").isEmpty();
        moveTo("2027-04-20T02:00:00Z");
        assertThat(run()).as("late, and still nobody is suspended unwarned").containsExactly("DUE");
        assertThat(run()).containsExactly("REMINDED");
        assertThat(run()).isEmpty();
        moveTo("2027-04-30T02:00:00Z");
        assertThat(run()).containsExactly("FINAL_NOTICE");
        moveTo("2027-05-14T02:00:00Z");
        assertThat(run()).isEmpty();
        assertThat(rest.get(BOOK, paid).status()).isEqualTo(200);
        moveTo("2027-05-15T02:00:00Z");
        assertThat(run()).containsExactly("SUSPENDED");
        assertThat(run()).isEmpty();
        Until.holds(SOON, () -> rest.get(BOOK, paid).text(), text -> text.contains("PAYMENT_OVERDUE"));
        assertThat(rest.get(BOOK, free).status()).as("the public interest").isEqualTo(200);
        assertThat(Desk.of(node, rest, "bank").post("/api/dunning/run", null).status()).isEqualTo(403);
    }

    @Test
    @Order(3)
    void whoPaysGoesOnAtOnce() throws Exception {
        Money half = Money.ofFen(charged.fen() / 2);
        receive(half, "B-1");
        assertThat(rest.get(BOOK, paid).text()).as("half is not all").contains("PAYMENT_OVERDUE");
        receive(charged.minus(half), "B-2");
        Until.holds(SOON, () -> rest.get(BOOK, paid).status(), status -> status == 200);
        JsonNode bill = operator.get("/api/statements?organisation=" + consumer).json().path(0);
        assertThat(bill.path("state").asText()).isEqualTo("SETTLED");
        assertThat(bill.path("openYuan").asText()).isEqualTo("0.00");
        List<String> told = new ArrayList<>();
        Desk.of(node, rest, "bank").get("/api/notifications").json().forEach(each -> told.addFirst(each.path("kind").asText()));
        assertThat(told).contains("STATEMENT_ISSUED", "DUE", "REMINDER", "FINAL_NOTICE", "SUSPENDED", "SETTLED", "REINSTATED");
    }

    private static void receive(Money amount, String reference) throws Exception {
        Desk.Answer received = operator.post("/api/accounts/" + consumer + "/receipts", Map.of("receiptId",
                UUID.randomUUID().toString(), "amountYuan", amount.toYuan(), "receivedOn", "2027-05-15", "bankReference", reference));
        assertThat(received.status()).as(received.text()).isEqualTo(201);
    }

    @Test
    @Order(4)
    void aRefundHasTwoPeopleBehindItAndNeverExceedsItsLine() throws Exception {
        String id = UUID.randomUUID().toString();
        Map<String, String> wish = Map.of("refundId", id, "chargeId", charge, "amountYuan", "5.30", "reason", "价格超过上限");
        assertThat(Desk.of(node, rest, "bank").post("/api/refunds", wish).status()).isEqualTo(403);
        assertThat(operator.post("/api/refunds", Map.of("refundId", UUID.randomUUID().toString(), "chargeId", charge,
                "amountYuan", "999999", "reason", "x")).status()).isEqualTo(422);
        assertThat(operator.post("/api/refunds", wish).status()).isEqualTo(201);
        assertThat(operator.post("/api/refunds/" + id + "/grant", null).status()).as("four eyes").isEqualTo(422);
        Desk.Answer granted = colleague.post("/api/refunds/" + id + "/grant", null);
        assertThat(granted.status()).as(granted.text()).isEqualTo(200);
        assertThat(colleague.post("/api/refunds/" + id + "/refuse", Map.of("reason", "x")).status()).isEqualTo(409);
        JsonNode note = operator.get("/api/credit-notes?organisation=" + consumer).json().path(0);
        assertThat(note.path("creditNote").asText()).endsWith("-2027-C0001");
        assertThat(note.path("statementId").asText()).isEqualTo(statement);
        assertThat(note.path("amountYuan").asText()).isEqualTo("5.30");
        assertThat(note.path("vatYuan").asText()).isEqualTo("0.30");
        assertThat(note.path("lines").path(0).path("corrects").asText()).isEqualTo(charge);
        assertThat(node.get(Accounts.class).balance(consumer).prepaid()).isEqualTo(Money.ofYuan("5.30"));
        clock.moveTo(Instant.parse("2027-06-01T02:00:00Z"));
        for (YearMonth month = JANUARY.plusMonths(1); month.isBefore(YearMonth.of(2027, 6)); month = month.plusMonths(1)) {
            assertThat(node.get(MonthClose.class).close(month, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        }
        assertThat(node.get(Reconciliation.class).run(JANUARY)).allMatch(Reconciliation.Check::agrees);
    }

    @Test
    @Order(5)
    void anInvoiceIsNotedAndNeverIssued() throws Exception {
        moveTo("2027-06-02T02:00:00Z");
        assertThat(note("1234", "2027-06-01", charged, null).status()).isEqualTo(400);
        assertThat(note("26420000000000000001", "2027-06-01", charged, null).status()).as("of another year").isEqualTo(400);
        assertThat(note("27990000000000000001", "2027-06-01", charged, null).status()).as("of no province").isEqualTo(400);
        assertThat(note("27420000000000000001", "2027-06-03", charged, null).status()).as("tomorrow").isEqualTo(422);
        assertThat(note("27420000000000000001", "2027-06-01", charged.plus(Money.ofFen(1)), null).status()).isEqualTo(422);
        Desk.Answer blue = note("27420000000000000001", "2027-06-01", charged, null);
        assertThat(blue.status()).as(blue.text()).isEqualTo(201);
        assertThat(note("27420000000000000001", "2027-06-01", charged.minus(Money.ofFen(1)), null).status()).isIn(409, 422);
        String invoice = blue.json().path("invoiceId").asText();
        assertThat(note("27420000000000000002", "2027-06-02", charged.plus(Money.ofFen(1)), invoice).status()).isEqualTo(422);
        assertThat(note("27420000000000000002", "2027-06-02", Money.ofYuan("5.30"), invoice).status()).isEqualTo(201);
        assertThat(note("27420000000000000003", "2027-06-02", charged, invoice).status()).as("a part was taken back").isEqualTo(422);
        String csv = operator.text("/api/invoices.csv?from=2027-06-01&to=2027-07-01");
        assertThat(csv).contains("'27420000000000000001", "RED", "-5.30");
        BundleExport export = node.get(BundleExport.class);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        export.write(export.files().stream().filter(file -> file.name().equals("focus-1-2.csv")).findFirst().orElseThrow(), new Months(JANUARY, JANUARY),
                out, ExportProgress.SILENT);
        try (CSVParser rows = CSVParser.parse(out.toString(StandardCharsets.UTF_8), CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get())) {
            assertThat(rows.getRecords()).allSatisfy(row -> assertThat(row.get("InvoiceId"))
                    .isEqualTo(row.get("BillingAccountId").equals(consumer.toString()) ? "27420000000000000001" : ""))
                    .anySatisfy(row -> assertThat(row.get("x_ChargeId")).isEqualTo(charge));
        }
    }

    private static Desk.Answer note(String number, String issuedOn, Money amount, @Nullable String redOf) throws Exception {
        Map<String, String> sent = new HashMap<>(Map.of("invoiceId", UUID.randomUUID().toString(), "statementId", statement,
                "number", number, "issuedOn", issuedOn, "amountYuan", amount.toYuan(), "vatYuan", "0.30"));
        if (redOf != null) {
            sent.put("redOf", redOf);
        }
        return operator.post("/api/invoices", sent);
    }
}
