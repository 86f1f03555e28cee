package cn.jingshu.marketplace.scenario;

import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;
import java.math.BigInteger;
import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.bundle.Months;
import cn.jingshu.ledger.export.BundleExport;
import cn.jingshu.ledger.export.ExportProgress;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.EntryReason;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.JournalEntry;
import cn.jingshu.ledger.journal.PostResult;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.verify.Check;
import cn.jingshu.ledger.verify.Finding;
import cn.jingshu.ledger.verify.Verifier;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.RevenueGauge;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Locale;
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

/**
 * The end of a year, told in its order: shares are proposed and approved, the last month and then the year are closed, what is owed
 * is ordered and paid, and the bank's file is compared with it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class YearEndIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final YearMonth DECEMBER = YearMonth.of(2026, 12);
    private static final String ACCOUNT = "4200-0001";

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static Desk operator;
    private static Desk cashier;
    private static Desk bureau;
    private static Desk merchant;
    private static String key;
    private static String operatorId;
    private static String merchantId;

    @BeforeAll
    static void openTheMarket() throws Exception {
        clock = new ShiftedClock(Instant.parse("2026-11-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1.37");
        rest = new RestCaller(node.httpPort());
        operator = Desk.of(node, rest, "operator");
        cashier = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
        bureau = Desk.of(node, rest, "bureau");
        merchant = Desk.of(node, rest, "merchant2");
        operatorId = market.person("operator").organisationId().toString();
        merchantId = market.person("merchant2").organisationId().toString();
        key = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
    }

    /** Sessions end after some hours; this story takes months. */
    private static void signIn() {
        operator = Desk.of(node, rest, "operator");
        cashier = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
        bureau = Desk.of(node, rest, "bureau");
        merchant = Desk.of(node, rest, "merchant2");
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    private static ObjectNode score(String from) {
        ObjectNode json = JSON.createObjectNode().put("product", "library").put("from", from).put("operator", operatorId)
                .put("source", "测算报告〔2026〕7号");
        ArrayNode comparisons = json.putArray("comparisons");
        comparisons.addArray().add("1").add("2").add("1/2");
        comparisons.addArray().add("1/2").add("1").add("1/4");
        comparisons.addArray().add("2").add("4").add("1");
        ArrayNode parties = json.putArray("parties");
        parties.addObject().put("party", operatorId).put("processingCostFen", 100_000).put("demand", "3");
        parties.addObject().put("party", merchantId).put("processingCostFen", 300_000).put("demand", "1");
        ArrayNode groups = json.putArray("groups");
        group(groups, "40", operatorId);
        group(groups, "60", merchantId);
        group(groups, "120", operatorId, merchantId);
        return json;
    }

    private static void group(ArrayNode groups, String worth, String... parties) {
        ObjectNode group = groups.addObject().put("worth", worth);
        ArrayNode named = group.putArray("parties");
        for (String party : parties) {
            named.add(party);
        }
    }

    @Test
    @Order(1)
    void sharesAreComputedApprovedByAnotherAndNeverRetroactive() throws Exception {
        UUID id = UUID.randomUUID();
        String path = "/api/share-proposals/" + id;
        assertThat(operator.send("PUT", path, score("2026-11").toString()).code()).isEqualTo("RULE_BROKEN");
        assertThat(merchant.send("PUT", path, score("2026-12").toString()).status()).isEqualTo(403);
        ObjectNode stranger = score("2026-12");
        ((ObjectNode) stranger.path("parties").get(1)).put("party", market.person("bank").organisationId().toString());
        stranger.remove("groups");
        assertThat(operator.send("PUT", path, stranger.toString()).code()).isEqualTo("RULE_BROKEN");
        ObjectNode incomplete = score("2026-12");
        ((ArrayNode) incomplete.path("groups")).remove(2);
        assertThat(operator.send("PUT", path, incomplete.toString()).text()).contains("is missing");

        Desk.Answer proposed = operator.send("PUT", path, score("2026-12").toString());
        assertThat(proposed.status()).as(proposed.text()).isEqualTo(201);
        // Weights 2/7, 1/7 and 4/7; cost 1:3, demand 3:1, contribution 50:70 of the Shapley value.
        assertThat(proposed.json().path("consistencyRatio").asText()).isEqualTo("0.000000");
        assertThat(proposed.json().path("contributions").findValuesAsText("value")).containsExactlyInAnyOrder("50/1", "70/1");
        assertThat(operator.send("PUT", path, score("2026-12").toString()).status()).as("the same again").isEqualTo(200);
        assertThat(operator.send("PUT", path, score("2027-01").toString()).status()).as("other content").isEqualTo(409);

        String approval = "{\"citation\":\"分成比例批复〔2026〕2号\"}";
        assertThat(bureau.send("POST", path + "/approval", approval).status()).isEqualTo(428);
        assertThat(operator.send("POST", path + "/approval", approval, "If-Match", proposed.etag()).status()).isEqualTo(403);
        Desk.Answer approved = bureau.send("POST", path + "/approval", approval, "If-Match", proposed.etag());
        assertThat(approved.json().path("status").asText()).as(approved.text()).isEqualTo("APPROVED");
        assertThat(approved.json().path("recomputed").asBoolean()).isTrue();
        assertThat(bureau.send("POST", path + "/refusal", "{\"reason\":\"x\"}").status()).isEqualTo(409);

        JsonNode seen = merchant.get("/api/shares/2026-12").json().path("shares");
        assertThat(seen.findValuesAsText("product")).contains("library").doesNotContain("transit");
        assertThat(Desk.of(node, rest, "bank").get("/api/shares/2026-12").status()).isEqualTo(403);

        // Who shares sees how the criteria weigh, its own figures and their sums, and computes its portion again; nobody else's figures.
        JsonNode own = merchant.get(path).json();
        assertThat(own.path("inputs").isMissingNode() || own.path("inputs").isNull()).as(own.toString()).isTrue();
        assertThat(own.toString()).doesNotContain(operatorId, "\"worth\"");
        assertThat(own.path("contributions").findValuesAsText("party")).containsExactly(merchantId);
        assertThat(own.path("portions").findValuesAsText("party")).containsExactly(merchantId, "OTHERS");
        assertThat(own.path("own").get(0).path("processingCostFen").asText()).isEqualTo("300000");
        assertThat(own.path("whole").path("processingCostFen").asText()).isEqualTo("400000");
        BigFraction portion = BigFraction.ZERO;
        List<String> figures = List.of("processingCostFen", "demand", "contribution");
        for (int i = 0; i < figures.size(); i++) {
            portion = portion.add(fraction(own.path("weights").get(i)).multiply(fraction(own.path("own").get(0).path(figures.get(i))))
                    .divide(fraction(own.path("whole").path(figures.get(i)))));
        }
        assertThat(portion).isEqualTo(fraction(own.path("portions").get(0).path("portion")));
        assertThat(bureau.get(path).json().path("inputs").asText()).contains("\"processingCostFen\":100000");
        assertThat(Desk.of(node, rest, "merchant").get(path).status()).as("another merchant").isEqualTo(404);
    }

    @Test
    @Order(2)
    void aCostRestsOnItsDocument() throws Exception {
        String path = "/api/cost-vouchers/" + UUID.randomUUID();
        ObjectNode cost = JSON.createObjectNode().put("month", "2026-12").put("kind", "SHARED").put("amountYuan", "1.50")
                .put("inputVatYuan", "0.09").put("document", "记-0012").put("description", "机房电费")
                .put("documentSha256", "0".repeat(64));
        assertThat(operator.send("PUT", path, cost.toString()).status()).as("kept nowhere").isEqualTo(400);
        cost.put("documentReference", "档案室 2026-12-0012");
        assertThat(merchant.send("PUT", path, cost.toString()).status()).isEqualTo(403);
        assertThat(operator.send("PUT", path, cost.toString()).status()).isEqualTo(200);
        ObjectNode service = JSON.createObjectNode().put("month", "2026-12").put("kind", "MERCHANT_SERVICE")
                .put("merchant", merchantId).put("amountYuan", "2.00").put("document", "结-7").put("description", "加工服务");
        assertThat(operator.send("PUT", "/api/cost-vouchers/" + UUID.randomUUID(), service.toString()).status()).isEqualTo(200);
        JsonNode listed = operator.get("/api/cost-vouchers?month=2026-12").json().path("vouchers");
        assertThat(listed.findValuesAsText("documentReference")).contains("档案室 2026-12-0012");
    }

    private static PermittedRevenue permitted(int year, int last, String cost, Money carried) {
        return new PermittedRevenue(UUID.randomUUID(), year, year, last, Money.ofYuan(cost), Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO, year, year - 1,
                new BigDecimal("0.02"), BigDecimal.ZERO, Money.ZERO, false, carried, null, Money.ofYuan(cost).minus(carried), "成本调查报告");
    }

    private static void sign(PermittedRevenue revenue) {
        PermittedRevenues book = node.get(PermittedRevenues.class);
        RevenueGauge gauge = node.get(RevenueGauge.class);
        assertThat(book.propose(revenue, market.person("price").id(), gauge::leftToCarry)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
        assertThat(book.sign(revenue.id(), market.person("bureau").id(), "核定文件", gauge::leftToCarry)).isEqualTo(new PermittedRevenues.Outcome.Done(false));
    }

    @Test
    @Order(3)
    void theYearIsClosedBehindItsMonthsAndBindsOnce() throws Exception {
        assertThat(operator.post("/api/settlements/2026/close", null).code()).isEqualTo("RULE_BROKEN");
        sign(permitted(2026, 2026, "30.00", Money.ZERO));
        node.get(MonthClose.class).close(YearMonth.of(2026, 11), _ -> {});
        clock.moveTo(Instant.parse("2026-12-10T02:00:00Z"));
        for (int i = 0; i < 30; i++) {
            assertThat(rest.get("/v1/library/books?pageSize=99", key).status()).isEqualTo(200);
        }
        Until.holds(Duration.ofSeconds(20), () -> node.get(MonthClose.class).preview(DECEMBER).stream()
                .mapToLong(charge -> charge.quantity()).sum(), units -> units == 30 * 99);
        clock.moveTo(Instant.parse("2027-01-05T02:00:00Z"));
        signIn();
        assertThat(node.get(MonthClose.class).close(DECEMBER, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        assertThat(bureau.post("/api/settlements/2026/close", null).status()).isEqualTo(403);

        Desk.Answer closed = operator.post("/api/settlements/2026/close", null);
        assertThat(closed.status()).as(closed.text()).isEqualTo(200);
        JsonNode settlement = closed.json().path("settlement");
        assertThat(settlement.path("basis").asText()).isEqualTo("ANNUAL_BINDING");
        assertThat(settlement.path("recomputed").asBoolean()).isTrue();
        // 2,970 books at 1.37 fen are 40.69 yuan; the library uses no provider's resources.
        assertThat(settlement.path("grossYuan").asText()).isEqualTo("40.69");
        assertThat(settlement.path("earmarks").findValuesAsText("provider")).containsExactly("GENERAL");
        assertThat(settlement.path("sharedPaidCostsYuan").asText()).isEqualTo("1.50");
        assertThat(new Money(yuan(settlement, "treasuryYuan").plus(yuan(settlement, "operatorYuan"))
                .plus(Money.ofYuan(settlement.path("merchants").get(0).path("amountYuan").asText())).fen()))
                .isEqualTo(yuan(settlement, "netProfitYuan"));
        assertThat(settlement.path("inputs").asText()).contains("\\\"basis\\\":\\\"SCORED\\\"", "\"bookedOn\":\"2027-01-01\"");

        // 40.69 yuan are 38.39 without tax, and 30.00 were permitted.
        assertThat(credit(Chart.OVER_RECOVERY_FOUND, Dimensions.NONE.withServicePeriod(DECEMBER))).isEqualTo(Money.ofYuan("8.39"));
        assertThat(credit(Chart.OVER_RECOVERY_COUNTERPART, Dimensions.NONE)).isEqualTo(Money.ofYuan("-8.39"));

        Desk.Answer again = operator.post("/api/settlements/2026/close", null);
        assertThat(credit(Chart.OVER_RECOVERY_FOUND, Dimensions.NONE)).as("kept once").isEqualTo(Money.ofYuan("8.39"));
        assertThat(again.json().path("before").asBoolean()).isTrue();
        assertThat(again.json().path("settlement").path("sha256")).isEqualTo(settlement.path("sha256"));
        assertThat(operator.get("/api/settlements").json().path("settlements").findValuesAsText("period"))
                .containsExactly("2026-11", "2026-12", "2026");
        JsonNode earnings = merchant.get("/api/earnings").json().path("earnings");
        assertThat(earnings.findValuesAsText("period")).startsWith("2026", "2026-12");
        assertThat(earnings.get(0).path("recomputed").asBoolean()).isTrue();
        JsonNode part = merchant.get("/api/settlements/2026").json();
        assertThat(part.path("ownShareYuan")).isEqualTo(settlement.path("merchants").get(0).path("amountYuan"));
        assertThat(yuan(part, "ownShareYuan").plus(yuan(part, "othersShareYuan")).plus(yuan(part, "treasuryYuan")))
                .isEqualTo(yuan(part, "netProfitYuan"));
        assertThat(part.path("ownCostYuan").asText()).isEqualTo("2.00");
        assertThat(part.path("costsYuan").asText()).isEqualTo("3.50");
        assertThat(part.path("products").findValuesAsText("product")).containsExactly("library");
        assertThat(part.path("recomputed").asBoolean()).isTrue();
        for (String hidden : List.of("inputs", "result", "operatorYuan", "merchants", "merchantCosts", "earmarks")) {
            assertThat(part.has(hidden)).as(hidden).isFalse();
        }
        assertThat(part.toString()).doesNotContain(operatorId);
        assertThat(bureau.get("/api/settlements/2026").json().path("inputs").asText()).contains("SCORED");
        assertThat(Desk.of(node, rest, "merchant").get("/api/settlements/2026").status()).as("has no part in it").isEqualTo(404);
    }

    private static BigFraction fraction(JsonNode text) {
        String[] parts = text.asText().split("/", -1);
        return new BigFraction(new BigInteger(parts[0]), parts.length == 1 ? BigInteger.ONE : new BigInteger(parts[1]));
    }

    private static Money yuan(JsonNode json, String field) {
        return Money.ofYuan(json.path(field).asText());
    }

    private static ObjectNode order(String kind, String period, String party, String yuan) {
        return JSON.createObjectNode().put("kind", kind).put("period", period).put("party", party).put("amountYuan", yuan)
                .put("payeeName", "收款人").put("payeeBank", "荆楚银行").put("payeeAccount", "6200 0001");
    }

    private static JsonNode payable(String kind) throws Exception {
        for (JsonNode each : operator.get("/api/payables").json().path("payables")) {
            if (each.path("kind").asText().equals(kind)) {
                return each;
            }
        }
        throw new AssertionError("nothing is owed as " + kind);
    }

    /** An order that was drafted, approved by another and sent; answers it. */
    private static JsonNode sent(ObjectNode order) throws Exception {
        String path = "/api/payment-orders/" + UUID.randomUUID();
        Desk.Answer drafted = operator.send("PUT", path, order.toString());
        assertThat(drafted.status()).as(drafted.text()).isEqualTo(201);
        assertThat(operator.post(path + "/approval", null).status()).as("not by who drafted it").isEqualTo(403);
        assertThat(cashier.post(path + "/sending", Map.of()).status()).as("not approved yet").isEqualTo(409);
        assertThat(cashier.post(path + "/approval", null).json().path("status").asText()).isEqualTo("APPROVED");
        Desk.Answer sent = cashier.post(path + "/sending", Map.of());
        assertThat(sent.json().path("status").asText()).as(sent.text()).isEqualTo("SENT");
        return sent.json();
    }

    private static String statement(String opening, String closing, String... lines) {
        return "date,direction,amount_yuan,counterparty_name,counterparty_account,bank_reference,text\r\n"
                + "2027-01-01,OPENING," + opening + ",," + ACCOUNT + ",,\r\n" + String.join("", lines)
                + "2027-01-31,CLOSING," + closing + ",,,,\r\n";
    }

    private static String line(String day, String direction, String yuan, String account, String reference, String text) {
        return String.join(",", day, direction, yuan, "对方", account, reference, text) + "\r\n";
    }

    private static Money credit(cn.jingshu.ledger.account.AccountCode account, Dimensions about) {
        return node.get(Balances.class).balance(account, about, ReadPoint.LATEST).creditBalance();
    }

    @Test
    @Order(4)
    void whatIsOwedIsPaidOnceTheBankSaysSo() throws Exception {
        JsonNode remittance = payable("REMITTANCE");
        String owed = remittance.path("owedYuan").asText();
        Money bankBefore = credit(Chart.BANK, Dimensions.NONE);
        Money treasury = credit(Chart.TREASURY_PAYABLE, Dimensions.NONE);
        ObjectNode more = order("REMITTANCE", "2026", "GENERAL", Money.ofYuan(owed).plus(new Money(1)).toYuan());
        assertThat(operator.send("PUT", "/api/payment-orders/" + UUID.randomUUID(), more.toString()).code()).isEqualTo("RULE_BROKEN");
        assertThat(operator.send("PUT", "/api/payment-orders/" + UUID.randomUUID(),
                order("MERCHANT_SHARE", "2026-12", merchantId, "0.01").toString()).status()).as("months bind nobody").isEqualTo(400);
        JsonNode paid = sent(order("REMITTANCE", "2026", "GENERAL", owed));
        JsonNode service = sent(order("MERCHANT_COST", "2026-12", merchantId, "2.00"));
        assertThat(payable("REMITTANCE").path("leftYuan").asText()).isEqualTo("0.00");
        assertThat(credit(Chart.TREASURY_PAYABLE, Dimensions.NONE)).as("nothing is booked before the bank has paid").isEqualTo(treasury);

        Money closing = Money.ofYuan("100.00").minus(Money.ofYuan(owed)).minus(Money.ofYuan("1.59")).minus(Money.ofYuan("1.99"));
        String file = statement("100.00", closing.toYuan(),
                line("2027-01-06", "OUT", owed, "62000001", "B1", "上缴 " + paid.path("reference").asText()),
                line("2027-01-06", "OUT", "1.99", "62000001", "B2", "服务费 " + service.path("reference").asText()),
                line("2027-01-07", "OUT", "1.59", "999", "B3", "电费 记-0012"));
        assertThat(merchant.upload("/api/bank-files?name=jan.csv", file).status()).isEqualTo(403);
        Desk.Answer wrong = operator.upload("/api/bank-files?name=jan.csv", file.replace("CLOSING," + closing.toYuan(), "CLOSING,1.00"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text()).contains("the file says 1.00");
        Desk.Answer taken = operator.upload("/api/bank-files?name=jan.csv", file);
        assertThat(taken.status()).as(taken.text()).isEqualTo(200);
        assertThat(taken.json().path("matched").asInt()).isEqualTo(2);
        assertThat(taken.json().path("open").asInt()).isEqualTo(1);
        assertThat(operator.upload("/api/bank-files?name=other-name.csv", file).json().path("already").asBoolean()).isTrue();

        assertThat(operator.get("/api/payment-orders/" + paid.path("id").asText()).json().path("status").asText()).isEqualTo("CONFIRMED");
        assertThat(credit(Chart.TREASURY_PAYABLE, Dimensions.NONE)).isEqualTo(treasury.minus(Money.ofYuan(owed)));
        assertThat(credit(Chart.BANK, Dimensions.NONE)).isEqualTo(bankBefore.plus(Money.ofYuan(owed)));
        JsonNode open = operator.get("/api/bank-files").json();
        assertThat(open.path("shown").findValuesAsText("difference")).containsExactly("AMOUNT_DIFFERS");
        assertThat(open.path("lines").asInt()).isEqualTo(3);
    }

    @Test
    @Order(5)
    void whatComesBackIsOwedAgainAndOverlappingFilesCountOnce() throws Exception {
        JsonNode portion = payable("MERCHANT_SHARE");
        String owed = portion.path("owedYuan").asText();
        JsonNode order = sent(order("MERCHANT_SHARE", "2026", merchantId, owed));
        String out = line("2027-01-11", "OUT", owed, "62000001", "B4", order.path("reference").asText());
        operator.upload("/api/bank-files?name=a.csv", statement("50.00", Money.ofYuan("50.00").minus(Money.ofYuan(owed)).toYuan(), out));
        assertThat(payable("MERCHANT_SHARE").path("paidYuan").asText()).isEqualTo(owed);
        Money merchantOwed = credit(Chart.MERCHANT_PAYABLES, Dimensions.NONE.withMerchant(merchantId));

        Desk.Answer back = operator.upload("/api/bank-files?name=b.csv", statement("50.00", "50.00", out,
                line("2027-01-12", "IN", owed, "62000001", "B5", "退汇 " + order.path("reference").asText())));
        assertThat(back.json().path("seenBefore").asInt()).as(back.text()).isEqualTo(1);
        assertThat(operator.get("/api/payment-orders/" + order.path("id").asText()).json().path("status").asText()).isEqualTo("RETURNED");
        assertThat(credit(Chart.MERCHANT_PAYABLES, Dimensions.NONE.withMerchant(merchantId)))
                .isEqualTo(merchantOwed.plus(Money.ofYuan(owed)));
        assertThat(payable("MERCHANT_SHARE").path("leftYuan").asText()).isEqualTo(owed);

        Desk.Answer otherwise = operator.upload("/api/bank-files?name=c.csv", statement("50.00", "49.00",
                line("2027-01-11", "OUT", "1.00", "62000001", "B4", "x")));
        assertThat(otherwise.text()).contains("in an earlier file");
    }

    /** Somebody said that the bank had refused a transfer, and the bank's file shows that it paid. */
    @Test
    @Order(6)
    void whatTheBankPaidThoughItWasSaidToBeRefusedIsBookedByTwo() throws Exception {
        String owed = payable("OPERATOR_SHARE").path("owedYuan").asText();
        Money kept = credit(Chart.OPERATOR_RETAINED, Dimensions.NONE);
        Money bank = credit(Chart.BANK, Dimensions.NONE);
        JsonNode order = sent(order("OPERATOR_SHARE", "2026", Dimensions.AUTHORISED_OPERATION, owed));
        String path = "/api/payment-orders/" + order.path("id").asText();
        assertThat(operator.post(path + "/return", Map.of("reason", "银行电话告知拒付")).json().path("status").asText()).isEqualTo("RETURNED");
        assertThat(payable("OPERATOR_SHARE").path("leftYuan").asText()).isEqualTo(owed);
        String out = line("2027-01-13", "OUT", owed, "62000001", "B40", order.path("reference").asText());
        operator.upload("/api/bank-files?name=after.csv", statement("50.00", Money.ofYuan("50.00").minus(Money.ofYuan(owed)).toYuan(), out));
        String lines = "/api/bank-lines/" + openLine("PAID_AFTER_REFUSAL") + "/explanation";
        assertThat(node.get(Reconciliation.class).run(DECEMBER)).filteredOn(check -> !check.agrees()).singleElement()
                .satisfies(check -> assertThat(check.what()).contains("said to be refused"));
        assertThat(operator.post(lines, Map.of("reason", "回单显示已付")).json().path("difference").asText()).isEqualTo("SAID_BY_ONE");
        assertThat(operator.post(lines, Map.of("reason", "回单显示已付")).json().path("matchedKind").isTextual()).as("the same person again").isFalse();
        assertThat(operator.get(path).json().path("status").asText()).isEqualTo("RETURNED");
        assertThat(node.get(Reconciliation.class).run(DECEMBER)).anyMatch(check -> !check.agrees());
        assertThat(cashier.post(lines, Map.of("reason", "已核对回单")).json().path("matchedKind").asText()).isEqualTo("ORDER");
        assertThat(operator.get(path).json().path("status").asText()).isEqualTo("PAID_AFTER_ALL");
        assertThat(payable("OPERATOR_SHARE").path("leftYuan").asText()).as("not to be ordered again").isEqualTo("0.00");
        assertThat(credit(Chart.OPERATOR_RETAINED, Dimensions.NONE)).isEqualTo(kept.minus(Money.ofYuan(owed)));
        assertThat(credit(Chart.BANK, Dimensions.NONE)).isEqualTo(bank.plus(Money.ofYuan(owed)));
        assertThat(node.get(Reconciliation.class).run(DECEMBER)).allMatch(Reconciliation.Check::agrees);

        operator.upload("/api/bank-files?name=back.csv", statement("50.00", Money.ofYuan("50.00").plus(Money.ofYuan(owed)).toYuan(),
                line("2027-01-14", "IN", owed, "62000001", "B41", "退汇 " + order.path("reference").asText())));
        assertThat(operator.get(path).json().path("status").asText()).as("and what comes back is owed again").isEqualTo("RETURNED");
        assertThat(credit(Chart.OPERATOR_RETAINED, Dimensions.NONE)).isEqualTo(kept);
        assertThat(node.get(Reconciliation.class).run(DECEMBER)).allMatch(Reconciliation.Check::agrees);
    }

    private static String openLine(String difference) throws Exception {
        for (JsonNode each : operator.get("/api/bank-files").json().path("shown")) {
            if (each.path("difference").asText().equals(difference)) {
                return each.path("id").asText();
            }
        }
        throw new AssertionError("no open movement is " + difference);
    }

    @Test
    @Order(7)
    void whatNothingExplainsIsExplainedByAPerson() throws Exception {
        JsonNode line = operator.get("/api/bank-files").json().path("shown").get(0);
        String path = "/api/bank-lines/" + line.path("id").asText();
        assertThat(cashier.post(path + "/explanation", Map.of()).status()).isEqualTo(400);
        assertThat(cashier.post(path + "/explanation", Map.of("reason", "手续费已扣,差额见记-0013")).json().path("matchedKind").asText())
                .isEqualTo("EXPLAINED");
        assertThat(cashier.post(path + "/explanation", Map.of("reason", "x")).status()).isEqualTo(409);
        assertThat(operator.get("/api/bank-files").json().path("shown")).isEmpty();
    }

    @Test
    @Order(8)
    void whatConsumersPayComesOntoTheirAccounts() throws Exception {
        UUID bank = market.person("bank").organisationId();
        String code = market.organisationOf("bank").uscc().code();
        Accounts accounts = node.get(Accounts.class);
        Balance before = accounts.balance(bank);
        accounts.receive(new Accounts.Receipt(UUID.randomUUID(), bank, Money.ofYuan("3.00"), LocalDate.of(2027, 1, 4), "B8"), null);
        String other = market.organisationOf("institute").uscc().code();
        Desk.Answer taken = operator.upload("/api/bank-files?name=d.csv", statement("10.00", "33.00",
                line("2027-01-04", "IN", "20.00", "6222", "B6", "账单" + code + "-2026-0001"),
                line("2027-01-04", "IN", "3.00", "6222", "B8", "entered by hand before: " + code.toLowerCase(Locale.ROOT))));
        assertThat(taken.json().path("matched").asInt()).as(taken.text()).isEqualTo(2);
        assertThat(accounts.balance(bank).net()).isEqualTo(before.net().minus(Money.ofYuan("23.00")));

        Desk.Answer open = operator.upload("/api/bank-files?name=e.csv", statement("33.00", "36.00",
                line("2027-01-05", "IN", "1.00", "6222", "B9", "对方付款"),
                line("2027-01-05", "IN", "2.00", "6222", "B10", code + " " + other)));
        assertThat(open.json().path("open").asInt()).as("nobody named, or two").isEqualTo(2);
        assertThat(accounts.balance(bank).net()).isEqualTo(before.net().minus(Money.ofYuan("23.00")));
    }

    @Test
    @Order(9)
    void theBooksStillProveThemselves() throws Exception {
        assertThat(node.get(Reconciliation.class).run(DECEMBER))
                .anyMatch(check -> check.what().startsWith("2026: settlement computed again"))
                .allMatch(Reconciliation.Check::agrees);
        assertThat(node.get(Balances.class).trialBalance(ReadPoint.LATEST).accounts()).as("rounding is carried on, so nothing is left to book")
                .noneMatch(account -> account.account().equals(Chart.ROUNDING_RESIDUE) && !(account.debits().isZero() && account.credits().isZero()));
    }

    private static List<String> verified(String name, YearMonth from) throws Exception {
        Path bundle = data.resolve(name);
        node.get(BundleExport.class).write(new Months(from, YearMonth.of(2028, 1)), bundle, ExportProgress.SILENT);
        return new Verifier(List.of()).verify(bundle).findings().stream().filter(finding -> finding.check() != Check.SIGNATURE).map(Finding::en).toList();
    }

    @Test
    @Order(10)
    void whatWasEarnedTooMuchComesOffTheMemoWithTheYearThatDeductsIt() throws Exception {
        sign(permitted(2027, 2029, "100.00", Money.ofYuan("8.39")));
        assertThat(credit(new AccountCode("9001"), Dimensions.NONE)).as("deducted with the close of its year").isEqualTo(Money.ofYuan("8.39"));
        clock.moveTo(Instant.parse("2028-01-05T02:00:00Z"));
        signIn();
        for (int month = 1; month <= 12; month++) {
            assertThat(node.get(MonthClose.class).close(YearMonth.of(2027, month), _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        }
        assertThat(node.get(Reconciliation.class).run(DECEMBER)).allMatch(Reconciliation.Check::agrees);
        assertThat(operator.post("/api/settlements/2027/close", null).status()).isEqualTo(200);
        assertThat(credit(Chart.OVER_RECOVERY_DEDUCTED, Dimensions.NONE.withServicePeriod(YearMonth.of(2027, 12)))).isEqualTo(Money.ofYuan("-8.39"));
        assertThat(credit(new AccountCode("9001"), Dimensions.NONE)).isEqualTo(Money.ZERO);
        assertThat(node.get(Reconciliation.class).run(DECEMBER)).anyMatch(check -> check.what().contains("account 9001")).allMatch(Reconciliation.Check::agrees);

        String above = "2026: revenue 38.39 exceeds the permitted 30.00";
        assertThat(verified("right.zip", YearMonth.of(2026, 1))).containsExactly(above);
        assertThat(verified("next-year.zip", YearMonth.of(2028, 1))).isEmpty();
        Dimensions about = Dimensions.authorisedOperation();
        JournalEntry more = new JournalEntry(UUID.randomUUID(), LocalDate.of(2028, 1, 2), EntryReason.OVER_RECOVERY, "x", List.of(
                Posting.credit(Chart.OVER_RECOVERY_FOUND, new Money(1), about.withServicePeriod(DECEMBER)),
                Posting.debit(Chart.OVER_RECOVERY_DEDUCTED, new Money(3), about.withServicePeriod(YearMonth.of(2027, 12))),
                Posting.credit(Chart.OVER_RECOVERY_COUNTERPART, new Money(2), about)));
        assertThat(node.get(Journal.class).post(more)).isInstanceOf(PostResult.Posted.class);
        assertThat(node.get(Reconciliation.class).run(DECEMBER)).filteredOn(check -> !check.agrees()).singleElement()
                .isEqualTo(new Reconciliation.Check("over-recovery that closed years leave to deduct = account 9001", "0.00", "-0.02"));
        assertThat(verified("wrong.zip", YearMonth.of(2026, 1))).containsExactlyInAnyOrder(above, "the memo says that 2026 earned 8.40 above what was permitted, its revenue 8.39",
                "0.02 more of over-recovery was deducted than was found");
        JournalEntry less = new JournalEntry(UUID.randomUUID(), LocalDate.of(2028, 1, 3), EntryReason.OVER_RECOVERY, "x", List.of(
                Posting.credit(Chart.OVER_RECOVERY_DEDUCTED, new Money(7), about.withServicePeriod(YearMonth.of(2027, 12))),
                Posting.debit(Chart.OVER_RECOVERY_COUNTERPART, new Money(7), about)));
        assertThat(node.get(Journal.class).post(less)).isInstanceOf(PostResult.Posted.class);
        assertThat(verified("lacking.zip", YearMonth.of(2028, 1))).as("a bundle of the year that has the close of 2027 alone")
                .containsExactly("permitted revenues deduct 8.39, the memo of over-recovery 8.35, and has 0.05 left");
    }
}
