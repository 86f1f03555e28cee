package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.PendingEntries;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.ClosingThatDies;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.billing.statement.Statements;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.payment.PayBackThatDies;
import cn.jingshu.marketplace.payment.PayBacks;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import cn.jingshu.metering.event.BillingPeriod;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
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

/** A consumer leaves and gets back what it had paid ahead, told in its order: each test goes on where the last ended. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PayBackIT {
    private static final YearMonth JANUARY = YearMonth.of(2027, 1);
    private static final YearMonth FEBRUARY = YearMonth.of(2027, 2);
    private static final String OURS = "42000000001";
    private static final String THEIRS = "62000009";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static Desk operator;
    private static Desk cashier;
    private static UUID consumer;
    private static String name;
    private static String key = "";
    private static UUID event = new UUID(0, 0);
    private static Money ahead = Money.ZERO;

    @BeforeAll
    static void openTheMarket() throws Exception {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1.37");
        rest = new RestCaller(node.httpPort());
        operator = Desk.of(node, rest, "operator");
        cashier = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
        consumer = market.person("bank").organisationId();
        name = node.get(Organisations.class).find(consumer).orElseThrow().nameZh();
        key = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        RestCaller.Reply used = Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books?pageSize=99", key), reply -> reply.status() == 200);
        event = new UsageRecords(node).one(used.requestId()).eventId();
        Until.holds(Duration.ofSeconds(20), () -> node.get(MonthClose.class).preview(JANUARY).stream()
                .mapToLong(charge -> charge.quantity()).sum(), units -> units > 0);
        ObjectNode receipt = JSON.createObjectNode().put("receiptId", UUID.randomUUID().toString()).put("amountYuan", "5000.00")
                .put("receivedOn", "2027-01-10").put("bankReference", "IN-1");
        assertThat(operator.post("/api/accounts/" + consumer + "/receipts", receipt).status()).isEqualTo(201);
    }

    /** Sessions end after some hours; this story takes months. */
    private static void signIn() {
        operator = Desk.of(node, rest, "operator");
        cashier = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    private static ObjectNode asked(String yuan) {
        return JSON.createObjectNode().put("organisation", consumer.toString()).put("amountYuan", yuan).put("payeeName", name)
                .put("payeeBank", "荆楚银行").put("payeeAccount", THEIRS).put("reason", "退出市场");
    }

    private static Desk.Answer ask(UUID id, ObjectNode request) throws Exception {
        return operator.send("PUT", "/api/pay-backs/" + id, request.toString());
    }

    private static Money credit(AccountCode account) {
        return node.get(Balances.class).balance(account, Dimensions.NONE, ReadPoint.LATEST).creditBalance();
    }

    private static Money prepaid() {
        return node.get(Accounts.class).balance(consumer).prepaid();
    }

    private static String state(UUID id) throws Exception {
        for (var each : operator.get("/api/pay-backs").json().path("payBacks")) {
            if (each.path("id").asText().equals(id.toString())) {
                return each.path("status").asText();
            }
        }
        throw new AssertionError("no pay-back " + id);
    }

    @Test
    @Order(1)
    void onlyWhoHasLeftAndOwesNothingMoreIsPaidBack() throws Exception {
        assertThat(ask(UUID.randomUUID(), asked("1.00")).text()).contains("still subscribes");
        assertThat(rest.get("/api/pay-backs", key).status()).as("people read it, programs do not").isEqualTo(403);
        assertThat(rest.get("/api/pay-backs", null).status()).isEqualTo(401);
        for (Subscription each : node.get(Subscriptions.class).listOf(consumer)) { // those of the demo city, too
            if (each.status() == Subscription.Status.ACTIVE || each.status() == Subscription.Status.PENDING) {
                assertThat(node.get(Subscriptions.class).end(each.id(), market.person("operator").id(), "leaves"))
                        .isInstanceOf(Subscriptions.Outcome.Done.class);
            }
        }
        assertThat(ask(UUID.randomUUID(), asked("1.00")).text()).contains("not billed yet");
        clock.moveTo(Instant.parse("2027-02-03T02:00:00Z"));
        signIn();
        assertThat(ask(UUID.randomUUID(), asked("1.00")).text()).as("a month is over that nobody has closed, nor one before it").contains("not billed yet");
        String purpose = "UPDATE metering.usage_event SET purpose_class = '%1$s' WHERE purpose_class = '%2$s'";
        asOwner(purpose.formatted("UNHEARD_OF", "INDUSTRY"));
        Desk.Answer unpriced = ask(UUID.randomUUID(), asked("1.00"));
        assertThat(unpriced.status()).as("use without a lawful price is not billed yet either").isEqualTo(422);
        assertThat(unpriced.text()).contains("not billed yet", "UNHEARD_OF");
        asOwner(purpose.formatted("INDUSTRY", "UNHEARD_OF"));
        assertThatThrownBy(() -> new ClosingThatDies(node).beforeStep(JANUARY, "issuing statements")).isInstanceOf(ClosingThatDies.Died.class);
        assertThat(ask(UUID.randomUUID(), asked("5000.00")).text()).as("it is rated and booked, and on no statement").contains("not billed yet");
        assertThat(node.get(MonthClose.class).close(JANUARY, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        ahead = prepaid();
        assertThat(ahead).as("what was used is paid from it").isLessThan(Money.ofYuan("5000.00"));

        assertThat(ask(UUID.randomUUID(), asked(ahead.plus(new Money(1)).toYuan())).text()).contains("more than it has paid ahead", ahead.toYuan());
        assertThat(ask(UUID.randomUUID(), asked("1.00").put("payeeName", "另一公司")).text()).contains("registered name");
        assertThat(ask(UUID.randomUUID(), asked("0.00")).status()).isEqualTo(400);
        assertThat(Desk.of(node, rest, "merchant").send("PUT", "/api/pay-backs/" + UUID.randomUUID(), asked("1.00").toString()).status()).isEqualTo(403);
        assertThat(Desk.of(node, rest, "app-studio").send("PUT", "/api/pay-backs/" + UUID.randomUUID(), asked("1.00").toString()).status())
                .as("an owner asks for its own organisation").isEqualTo(404);
    }

    @Test
    @Order(2)
    void aboveTheLimitTwoPeopleAnswerForItAndACrashLeavesNothingHalfDone() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(ask(id, asked(ahead.toYuan())).status()).isEqualTo(201);
        assertThat(ask(id, asked(ahead.toYuan())).status()).as("the same again").isEqualTo(200);
        assertThat(ask(id, asked("1.00")).status()).as("other content").isEqualTo(409);
        assertThat(ask(UUID.randomUUID(), asked("1.00")).text()).contains("another one has not ended");
        assertThat(operator.post("/api/pay-backs/" + id + "/approval", null).status()).as("above the limit").isEqualTo(403);

        assertThatThrownBy(() -> new PayBackThatDies(node).approve(id, market.person("treasury").id()))
                .isInstanceOf(PayBackThatDies.Died.class);
        assertThat(state(id)).isEqualTo("REQUESTED");
        assertThat(prepaid()).isEqualTo(ahead);
        assertThat(credit(Chart.PREPAYMENTS_RETURNED)).isEqualTo(Money.ZERO);

        assertThat(cashier.post("/api/pay-backs/" + id + "/approval", null).json().path("status").asText()).isEqualTo("APPROVED");
        assertThat(cashier.post("/api/pay-backs/" + id + "/approval", null).status()).as("the same again").isEqualTo(200);
        assertThat(prepaid()).as("it can be spent no more").isEqualTo(Money.ZERO);
        assertThat(credit(Chart.PREPAYMENTS_RETURNED)).isEqualTo(ahead);
        assertThatThrownBy(() -> new PayBackThatDies(node).cancel(id, market.person("operator").id()))
                .isInstanceOf(PayBackThatDies.Died.class);
        assertThat(state(id)).isEqualTo("APPROVED");
        assertThat(prepaid()).isEqualTo(Money.ZERO);
        assertThat(Desk.of(node, rest, "bank").get("/api/pay-backs").json().path("payBacks").findValuesAsText("id")).containsExactly(id.toString());
        assertThat(Desk.of(node, rest, "merchant").get("/api/pay-backs").json().path("payBacks").size()).isZero();

        bankSaysSo(id);
    }

    private static String file(String opening, String closing, String... lines) {
        return "date,direction,amount_yuan,counterparty_name,counterparty_account,bank_reference,text\r\n"
                + "2027-02-01,OPENING," + opening + ",," + OURS + ",,\r\n" + String.join("", lines)
                + "2027-02-28,CLOSING," + closing + ",,,,\r\n";
    }

    private static String line(String direction, String yuan, String account, String reference, String text) {
        return String.join(",", "2027-02-03", direction, yuan, "对方", account, reference, text) + "\r\n";
    }

    private static void bankSaysSo(UUID id) throws Exception {
        String reference = operator.post("/api/pay-backs/" + id + "/approval", null).json().path("reference").asText();
        Money bank = credit(Chart.BANK);
        String left = Money.ofYuan("9000.00").minus(ahead).toYuan();
        operator.upload("/api/bank-files?name=a.csv", file("9000.00", left, line("OUT", ahead.toYuan(), THEIRS, "OUT-1", reference)));
        assertThat(operator.get("/api/bank-files").json().path("shown").findValuesAsText("difference")).containsExactly("NOT_SENT");
        assertThat(operator.post("/api/pay-backs/" + id + "/sending", Map.of("bankReference", "OUT-1")).json().path("status").asText())
                .isEqualTo("SENT");
        assertThat(operator.post("/api/bank-lines/matching", null).json().path("matched").asInt()).isEqualTo(1);
        assertThat(state(id)).isEqualTo("PAID");
        assertThat(credit(Chart.PREPAYMENTS_RETURNED)).isEqualTo(Money.ZERO);
        assertThat(credit(Chart.BANK)).isEqualTo(bank.plus(ahead));
        reconciled();

        // The account was closed: the money comes back, and is paid ahead again.
        operator.upload("/api/bank-files?name=b.csv", file(left, "9000.00", line("IN", ahead.toYuan(), THEIRS, "IN-9", "退汇 " + reference)));
        assertThat(state(id)).isEqualTo("RETURNED");
        assertThat(prepaid()).isEqualTo(ahead);
        assertThat(credit(Chart.BANK)).isEqualTo(bank);
        reconciled();
    }

    private static void reconciled() throws Exception {
        assertThat(node.get(Reconciliation.class).run(JANUARY)).anyMatch(each -> each.what().contains("2241")).allMatch(Reconciliation.Check::agrees);
    }

    @Test
    @Order(3)
    void upToTheLimitOnePersonIsEnoughAndWhatIsGivenUpIsPaidAheadAgain() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(ask(id, asked("1000.00")).status()).isEqualTo(201);
        assertThat(operator.post("/api/pay-backs/" + id + "/approval", null).status()).isEqualTo(200);
        assertThat(prepaid()).isEqualTo(ahead.minus(Money.ofYuan("1000.00")));
        assertThat(operator.post("/api/pay-backs/" + id + "/cancellation", Map.of("reason", "另有安排")).json().path("status").asText())
                .isEqualTo("CANCELLED");
        assertThat(operator.post("/api/pay-backs/" + id + "/sending", Map.of()).status()).as("it is over").isEqualTo(409);
        assertThat(prepaid()).isEqualTo(ahead);
        reconciled();
    }

    @Test
    @Order(4)
    void theStatementTellsTheConsumer() {
        clock.moveTo(Instant.parse("2027-03-03T02:00:00Z"));
        assertThat(node.get(MonthClose.class).close(FEBRUARY, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        assertThat(node.get(Statements.class).of(consumer, FEBRUARY).statement().movements()).extracting(Movement::kind).containsExactly(
                Movement.Kind.PAY_BACK, Movement.Kind.PAY_BACK_ENDED, Movement.Kind.PAY_BACK, Movement.Kind.PAY_BACK_ENDED);
    }

    /** Asked for, approved and sent; @return its reference */
    private static String sent(UUID id, String yuan) throws Exception {
        assertThat(ask(id, asked(yuan)).status()).isEqualTo(201);
        Desk.Answer approved = operator.post("/api/pay-backs/" + id + "/approval", null);
        assertThat(approved.status()).as(approved.text()).isEqualTo(200);
        assertThat(operator.post("/api/pay-backs/" + id + "/sending", Map.of()).json().path("status").asText()).isEqualTo("SENT");
        return approved.json().path("reference").asText();
    }

    /** What a file leaves unexplained. */
    private static int open(String name, String opening, String closing, String... lines) throws Exception {
        Desk.Answer taken = operator.upload("/api/bank-files?name=" + name, file(opening, closing, lines));
        assertThat(taken.json().path("file").path("lines").asInt()).as(taken.text()).isEqualTo(lines.length);
        return taken.json().path("open").asInt();
    }

    @Test
    @Order(5)
    void slicesCountTogetherAndWhoSentItDoesNotSayThatTheBankRefused() throws Exception {
        signIn();
        UUID first = UUID.randomUUID();
        String reference = sent(first, "600.00");
        assertThat(open("c.csv", "9000.00", "8400.00", line("OUT", "600.00", THEIRS, "OUT-2", reference))).isZero();
        assertThat(state(first)).isEqualTo("PAID");

        UUID second = UUID.randomUUID();
        Desk.Answer slice = ask(second, asked("500.00"));
        assertThat(slice.json().path("aloneLimitYuan").asText()).as("what the first one left of it").isEqualTo("400.00");
        assertThat(slice.json().path("payeeAccount").asText()).as("who tells the bank to pay needs all of it").isEqualTo(THEIRS);
        assertThat(Desk.of(node, rest, "bank").get("/api/pay-backs").json().path("payBacks").findValuesAsText("payeeAccount"))
                .hasSize(4).containsOnly("****0009");
        assertThat(Desk.of(node, rest, "treasury").get("/api/pay-backs").json().path("payBacks").findValuesAsText("payeeAccount")).containsOnly("****0009");
        assertThat(operator.post("/api/pay-backs/" + second + "/approval", null).status()).as("600 and 500 are above 1000").isEqualTo(403);
        assertThat(cashier.post("/api/pay-backs/" + second + "/approval", null).status()).isEqualTo(200);
        assertThat(operator.post("/api/pay-backs/" + second + "/sending", Map.of()).status()).isEqualTo(200);
        Desk.Answer alone = operator.post("/api/pay-backs/" + second + "/return", Map.of("reason", "账号有误"));
        assertThat(alone.status()).isEqualTo(403);
        assertThat(alone.text()).contains("another person than sent it");
        assertThat(state(second)).isEqualTo("SENT");
        assertThat(operator.upload("/api/pay-backs/" + second + "/evidence?name=a.pdf", "no paper").status()).isEqualTo(400);
        assertThat(operator.upload("/api/pay-backs/" + UUID.randomUUID() + "/evidence?name=a.pdf", "%PDF-1.7 x").status()).isEqualTo(404);
        Desk.Answer papers = cashier.upload("/api/pay-backs/" + second + "/evidence?name=a.pdf", "%PDF-1.7 refused");
        assertThat(papers.json().path("papers").size()).as(papers.text()).isEqualTo(1);
        assertThat(cashier.upload("/api/pay-backs/" + second + "/evidence?name=a.pdf", "%PDF-1.7 refused").json().path("papers").size()).isEqualTo(1);
        String kept = "/api/pay-backs/" + second + "/evidence/" + papers.json().at("/papers/0/sha256").asText();
        assertThat(operator.text(kept)).isEqualTo("%PDF-1.7 refused");
        assertThat(Desk.of(node, rest, "bank").get("/api/pay-backs/" + second + "/evidence").status()).isEqualTo(403);
        assertThatThrownBy(() -> node.get(Database.class).inTransaction(t -> t.change("DELETE FROM market.pay_back_evidence")))
                .as("it stays").isInstanceOf(DatabaseException.class);
        assertThat(cashier.post("/api/pay-backs/" + second + "/return", Map.of("reason", "账号有误")).json().path("status").asText()).isEqualTo("RETURNED");
        assertThat(prepaid()).isEqualTo(ahead.minus(Money.ofYuan("600.00")));
        reconciled();
        paidAfterAll(second);
    }

    /** The bank pays what was said to be refused; two people say so, and when it comes back it is paid ahead again. */
    private static void paidAfterAll(UUID refused) throws Exception {
        Money bank = credit(Chart.BANK);
        String reference = node.get(PayBacks.class).find(refused).orElseThrow().reference();
        assertThat(open("after.csv", "8400.00", "7900.00", line("OUT", "500.00", THEIRS, "OUT-90", reference))).isEqualTo(1);
        String path = "";
        for (JsonNode each : operator.get("/api/bank-files").json().path("shown")) {
            path = each.path("difference").asText().equals("PAID_AFTER_REFUSAL") ? "/api/bank-lines/" + each.path("id").asText() + "/explanation" : path;
        }
        operator.post(path, Map.of("reason", "回单显示已付"));
        assertThat(state(refused)).isEqualTo("RETURNED");
        assertThat(cashier.post(path, Map.of("reason", "已核对")).json().path("matchedKind").asText()).isEqualTo("PAY_BACK");
        assertThat(state(refused)).isEqualTo("PAID_AFTER_ALL");
        assertThat(prepaid()).isEqualTo(ahead.minus(Money.ofYuan("1100.00")));
        assertThat(credit(Chart.BANK)).isEqualTo(bank.plus(Money.ofYuan("500.00")));
        reconciled();
        assertThat(open("back.csv", "7900.00", "8400.00", line("IN", "500.00", THEIRS, "IN-91", "退汇 " + reference))).isZero();
        assertThat(state(refused)).isEqualTo("RETURNED");
        assertThat(prepaid()).isEqualTo(ahead.minus(Money.ofYuan("600.00")));
        reconciled();
    }

    @Test
    @Order(6)
    void whatComesBackBeforeItIsSeenToGoOutLeavesNoLineOpen() throws Exception {
        Money bank = credit(Chart.BANK);
        Money before = prepaid();
        UUID oneDay = UUID.randomUUID();
        String reference = sent(oneDay, "300.00"); // the bank lists a day's incoming money first
        assertThat(open("d.csv", "8400.00", "8400.00", line("IN", "300.00", THEIRS, "IN-10", "退汇 " + reference),
                line("OUT", "300.00", THEIRS, "OUT-3", reference))).isZero();
        assertThat(state(oneDay)).isEqualTo("RETURNED");

        UUID twoFiles = UUID.randomUUID();
        String late = sent(twoFiles, "200.00");
        assertThat(open("e.csv", "8400.00", "8600.00", line("IN", "200.00", THEIRS, "IN-11", "退汇 " + late))).isZero();
        assertThat(state(twoFiles)).isEqualTo("RETURNED");
        assertThat(open("f.csv", "8600.00", "8400.00", line("OUT", "200.00", THEIRS, "OUT-4", late))).isZero();
        assertThat(open("g.csv", "8400.00", "8200.00", line("OUT", "200.00", THEIRS, "OUT-5", late))).as("a second time is nobody's").isEqualTo(1);
        assertThat(prepaid()).isEqualTo(before);
        assertThat(credit(Chart.BANK)).isEqualTo(bank);
        reconciled();
    }

    private static String csrf(String page) {
        return page.replaceFirst("(?s).*name=\"csrf\" value=\"([^\"]+)\".*", "$1");
    }

    private static String multipart(String csrf, String reason, String paper) {
        String part = "--x\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";
        return part.formatted("csrf", csrf) + part.formatted("reason", reason)
                + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"回单.pdf\"\r\nContent-Type: application/pdf\r\n\r\n" + paper + "\r\n--x--\r\n";
    }

    @Test
    @Order(7)
    void aConsumerAsksForItselfOnItsPageAndTwoOfTheOperatorSeeToItAboveTheLimit() throws Exception {
        Money before = prepaid();
        Desk bank = Desk.of(node, rest, "bank");
        assertThat(bank.get("/api/pay-backs/available").json().path("mostYuan").asText()).isEqualTo(before.toYuan());
        assertThat(bank.get("/api/pay-backs/available").json().path("obstacle").isNull()).isTrue();
        assertThat(bank.get("/api/pay-backs/available?organisation=" + market.person("app-studio").organisationId()).status()).isEqualTo(404);

        UUID id = UUID.randomUUID();
        String form = "application/x-www-form-urlencoded";
        String page = bank.text("/pay-backs");
        assertThat(page).contains(name, "name=\"payeeAccount\"");
        String asking = "csrf=" + csrf(page) + "&id=" + id + "&payeeBank=bank&payeeAccount=" + THEIRS + "&reason=leaves&amount=";
        RestCaller.Reply wrong = bank.form("/pay-backs", form, asking + "1.234");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("amount-error", "value=\"1.234\"");
        assertThat(bank.form("/pay-backs", form, asking + "900000").text()).contains("amount-error", before.toYuan());
        assertThat(bank.form("/pay-backs", form, asking + "500.00").status()).isEqualTo(303);
        assertThat(bank.form("/pay-backs/" + id, form, "csrf=" + csrf(page) + "&step=APPROVE").status()).as("not by itself").isEqualTo(403);
        assertThat(bank.get("/api/pay-backs/available").json().path("obstacle").asText()).isEqualTo("ONE_IS_OPEN");

        String token = csrf(operator.text("/pay-backs"));
        assertThat(operator.form("/pay-backs/" + id, form, "csrf=" + token + "&step=APPROVE").status()).isEqualTo(303);
        RestCaller.Reply alone = operator.form("/pay-backs/" + id, form, "csrf=" + token + "&step=SEND");
        assertThat(alone.status()).as("who asked is none of ours").isEqualTo(422);
        assertThat(operator.post("/api/pay-backs/" + id + "/sending", Map.of()).status()).isEqualTo(403);
        assertThat(state(id)).isEqualTo("APPROVED");
        String other = csrf(cashier.text("/pay-backs"));
        assertThat(cashier.form("/pay-backs/" + id, form, "csrf=" + other + "&step=SEND&bankReference=OUT-9").status()).isEqualTo(303);

        String type = "multipart/form-data; boundary=x";
        RestCaller.Reply unproved = operator.form("/pay-backs/" + id + "/refusal", type, multipart(token, "账号有误", "no paper"));
        assertThat(unproved.status()).isEqualTo(422);
        assertThat(unproved.text()).contains("file-" + id + "-error");
        assertThat(cashier.form("/pay-backs/" + id + "/refusal", type, multipart(other, "账号有误", "%PDF-1.7")).status()).as("it sent it").isEqualTo(422);
        assertThat(state(id)).isEqualTo("SENT");
        assertThat(operator.form("/pay-backs/" + id + "/refusal", type, multipart(token, "账号有误", "%PDF-1.7 no")).status()).isEqualTo(303);
        assertThat(state(id)).isEqualTo("RETURNED");
        assertThat(prepaid()).isEqualTo(before);
        String shown = operator.text("/pay-backs");
        String link = shown.replaceFirst("(?s).*href=\"(/pay-backs/" + id + "/evidence/[0-9a-f]{64})\".*", "$1");
        RestCaller.Reply paper = operator.reply(link);
        assertThat(paper.text()).isEqualTo("%PDF-1.7 no");
        assertThat(paper.header("Content-Type")).isEqualTo("application/pdf");
        assertThat(paper.header("Content-Disposition")).startsWith("attachment");
        assertThat(bank.reply(link).status()).isEqualTo(403);
        assertThat(bank.text("/pay-backs")).contains("账号有误").doesNotContain(THEIRS, "/evidence/");
        reconciled();
    }

    private static Money held() {
        return node.get(PendingEntries.class).reserved(Chart.PREPAYMENTS, Side.DEBIT, Dimensions.NONE);
    }

    /** Asked for is held: it pays for nothing else until it is booked, given up, or its time is over; the books know nothing of it meanwhile. */
    @Test
    @Order(8)
    void moneyIsHeldFromTheAskingOnAndWhatNobodyApprovesInItsTimeLapses() throws Exception {
        Money before = prepaid();
        Desk bank = Desk.of(node, rest, "bank");
        UUID givenUp = UUID.randomUUID();
        assertThat(ask(givenUp, asked("700.00")).json().path("heldUntil").asText()).isNotEmpty();
        assertThat(held()).isEqualTo(Money.ofYuan("700.00"));
        assertThat(prepaid()).as("nothing is booked").isEqualTo(before);
        assertThat(bank.get("/api/pay-backs/available").json().path("mostYuan").asText()).isEqualTo(before.minus(Money.ofYuan("700.00")).toYuan());
        assertThatThrownBy(() -> new PayBackThatDies(node).cancel(givenUp, market.person("operator").id())).isInstanceOf(PayBackThatDies.Died.class);
        assertThat(held()).as("with the step its hold comes back").isEqualTo(Money.ofYuan("700.00"));
        assertThat(operator.post("/api/pay-backs/" + givenUp + "/cancellation", Map.of("reason", "另有安排")).status()).isEqualTo(200);
        assertThat(held()).isEqualTo(Money.ZERO);

        UUID late = UUID.randomUUID();
        assertThat(ask(late, asked("600.00")).status()).isEqualTo(201);
        clock.moveTo(clock.instant().plus(Duration.ofDays(31)));
        signIn();
        assertThat(held()).as("its time is over").isEqualTo(Money.ZERO);
        for (YearMonth month = YearMonth.of(2027, 2); month.isBefore(BillingPeriod.of(clock.instant()).month()); month = month.plusMonths(1)) {
            node.get(MonthClose.class).close(month, _ -> {});
        }
        assertThat(cashier.post("/api/pay-backs/" + late + "/approval", null).text()).contains("asked for again");
        assertThat(state(late)).isEqualTo("CANCELLED");
        assertThat(cashier.post("/api/pay-backs/" + late + "/approval", null).status()).isEqualTo(409);

        // Approved in the month after, while the one it was asked in is still open: it is owed from the approval on.
        clock.moveTo(Instant.parse("2027-04-28T02:00:00Z"));
        signIn();
        UUID monthAfter = UUID.randomUUID();
        assertThat(ask(monthAfter, asked("500.00")).status()).isEqualTo(201);
        clock.moveTo(Instant.parse("2027-05-02T02:00:00Z"));
        signIn();
        assertThat(cashier.post("/api/pay-backs/" + monthAfter + "/approval", null).json().path("status").asText()).isEqualTo("APPROVED");
        assertThat(held()).isEqualTo(Money.ZERO);
        assertThat(credit(Chart.PREPAYMENTS_RETURNED)).isEqualTo(Money.ofYuan("500.00"));
        assertThat(node.get(Balances.class).balance(Chart.PREPAYMENTS_RETURNED, Dimensions.NONE, ReadPoint.endOf(YearMonth.of(2027, 4))).creditBalance())
                .as("in April's balance sheet").isEqualTo(Money.ZERO);
        assertThat(operator.post("/api/pay-backs/" + monthAfter + "/cancellation", Map.of("reason", "另有安排")).status()).isEqualTo(200);
        assertThat(node.get(MonthClose.class).close(YearMonth.of(2027, 4), _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);

        // The month it was asked in is closed before it is approved: what was reserved in it is let go, and booked in the next.
        clock.moveTo(Instant.parse("2027-05-28T02:00:00Z"));
        signIn();
        UUID across = UUID.randomUUID();
        assertThat(ask(across, asked("500.00")).status()).isEqualTo(201);
        clock.moveTo(Instant.parse("2027-06-03T02:00:00Z"));
        signIn();
        assertThat(node.get(MonthClose.class).close(YearMonth.of(2027, 5), _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        assertThat(cashier.post("/api/pay-backs/" + across + "/approval", null).json().path("status").asText()).isEqualTo("APPROVED");
        assertThat(held()).isEqualTo(Money.ZERO);
        assertThat(prepaid()).isEqualTo(before.minus(Money.ofYuan("500.00")));
        reconciled();
        assertThat(operator.post("/api/pay-backs/" + across + "/cancellation", Map.of("reason", "另有安排")).status()).isEqualTo(200);
        assertThat(prepaid()).isEqualTo(before);

        // Nobody looked at it: whoever asks next finds it over.
        UUID forgotten = UUID.randomUUID();
        assertThat(ask(forgotten, asked("600.00")).status()).isEqualTo(201);
        clock.moveTo(clock.instant().plus(Duration.ofDays(31)));
        signIn();
        assertThat(node.get(MonthClose.class).close(YearMonth.of(2027, 6), _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        UUID next = UUID.randomUUID();
        assertThat(ask(next, asked("600.00")).status()).isEqualTo(201);
        assertThat(state(forgotten)).isEqualTo("CANCELLED");
        assertThat(held()).isEqualTo(Money.ofYuan("600.00"));
        assertThat(cashier.post("/api/pay-backs/" + next + "/approval", null).status()).isEqualTo(200);
        assertThat(held()).as("booked as it was reserved").isEqualTo(Money.ZERO);
        assertThat(operator.post("/api/pay-backs/" + next + "/cancellation", Map.of("reason", "另有安排")).status()).isEqualTo(200);
        reconciled();
    }

    @Test
    @Order(9)
    void whatChangedInAClosedMonthIsBilledFirst() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(operator.post("/api/usage/voids", Map.of("voidId", id.toString(), "eventId", event.toString(), "reason", "counted twice")).status())
                .isEqualTo(201);
        assertThat(cashier.post("/api/usage/voids/" + id + "/approve", null).status()).isEqualTo(200);
        assertThat(ask(UUID.randomUUID(), asked("1.00")).text()).as("January is closed, and says something else now").contains("not billed yet");
    }

    /** As the superuser, past every trigger. */
    private static void asOwner(String sql) throws SQLException {
        RunningNode.Postgres postgres = node.postgres();
        try (Connection owner = DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
                Statement statement = owner.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(sql);
        }
    }
}
