package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.billing.account.Accounts;
import cn.jingshu.marketplace.billing.account.Movement;
import cn.jingshu.marketplace.billing.statement.Statements;
import cn.jingshu.marketplace.party.Organisations;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.payment.PayBackThatDies;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.marketplace.subscription.Subscriptions;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
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
        String key = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books?pageSize=99", key).status(), status -> status == 200);
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
        for (Subscription each : node.get(Subscriptions.class).listOf(consumer)) { // those of the demo city, too
            if (each.status() == Subscription.Status.ACTIVE || each.status() == Subscription.Status.PENDING) {
                assertThat(node.get(Subscriptions.class).end(each.id(), market.person("operator").id(), "leaves"))
                        .isInstanceOf(Subscriptions.Outcome.Done.class);
            }
        }
        assertThat(ask(UUID.randomUUID(), asked("1.00")).text()).contains("not billed yet");
        clock.moveTo(Instant.parse("2027-02-03T02:00:00Z"));
        signIn();
        assertThat(node.get(MonthClose.class).close(JANUARY, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        ahead = prepaid();
        assertThat(ahead).as("what was used is paid from it").isLessThan(Money.ofYuan("5000.00"));

        assertThat(ask(UUID.randomUUID(), asked(ahead.plus(new Money(1)).toYuan())).text()).contains("more than it has paid ahead", ahead.toYuan());
        assertThat(ask(UUID.randomUUID(), asked("1.00").put("payeeName", "另一公司")).text()).contains("registered name");
        assertThat(ask(UUID.randomUUID(), asked("0.00")).status()).isEqualTo(400);
        assertThat(Desk.of(node, rest, "bank").send("PUT", "/api/pay-backs/" + UUID.randomUUID(), asked("1.00").toString()).status()).isEqualTo(403);
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
}
