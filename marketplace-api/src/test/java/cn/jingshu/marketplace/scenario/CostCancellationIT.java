package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.SettlementPeriod;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.billing.Reconciliation;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.payment.Payable;
import cn.jingshu.marketplace.payment.PaymentOrder;
import cn.jingshu.marketplace.payment.Payments;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
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

/** A wrong cost is taken back, by two above the limit, in its own month or the first one open; what a merchant was not owed is not paid. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CostCancellationIT {
    private static final YearMonth JANUARY = YearMonth.of(2027, 1);

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static final ShiftedClock CLOCK = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
    private static RunningNode node;
    private static RestCaller rest;
    private static Market market;
    private static Desk operator;
    private static Desk colleague;
    private static String merchant;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(data.resolve("node"), CLOCK, Map.of());
        market = new Market(node);
        rest = new RestCaller(node.httpPort());
        merchant = market.person("merchant2").organisationId().toString();
        operator = Desk.of(node, rest, "operator");
        colleague = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
    }

    /** Again, since a session ends before a month does. */

    private static void signIn() throws Exception {
        operator = Desk.of(node, rest, "operator");
        colleague = Desk.hired(node, rest, market.person("operator"), Role.OPERATIONS);
    }

    @AfterAll
    static void stop() {
        rest.close();
        node.close();
    }

    private static String voucher(String kind, String yuan, String more) throws Exception {
        String id = UUID.randomUUID().toString();
        Desk.Answer entered = operator.send("PUT", "/api/cost-vouchers/" + id, """
                {"month": "2027-01", "kind": "%s", "amountYuan": "%s", "document": "记-%s", "documentSha256": "%s", "documentReference": "档案室",
                 "description": "机房电费"%s}""".formatted(kind, yuan, id.substring(0, 8), "ab".repeat(32), more));
        assertThat(entered.status()).as(entered.text()).isEqualTo(200);
        return id;
    }

    private static String service(String yuan) throws Exception {
        return voucher("MERCHANT_SERVICE", yuan, ", \"merchant\": \"" + merchant + "\"");
    }

    private static Desk.Answer cancel(String voucher, String id) throws Exception {
        return operator.post("/api/cost-vouchers/" + voucher + "/cancellations", Map.of("id", id, "reason", "重复入账"));
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static Money balance(AccountCode account) {
        return node.get(Balances.class).balance(account, Dimensions.NONE, ReadPoint.LATEST).debitBalance();
    }

    @Test
    @Order(1)
    void withinTheLimitOnePersonCancelsOnce() throws Exception {
        Money costs = balance(Chart.ADMINISTRATION);
        Money bank = balance(Chart.BANK);
        String voucher = voucher("SHARED", "20.00", ", \"inputVatYuan\": \"1.20\"");
        assertThat(balance(Chart.ADMINISTRATION)).isEqualTo(costs.plus(Money.ofYuan("20")));
        String id = id();
        for (int i = 0; i < 2; i++) {
            Desk.Answer cancelled = cancel(voucher, id);
            assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(201);
            assertThat(cancelled.json().path("status").asText()).isEqualTo("BOOKED");
            assertThat(cancelled.json().path("month").asText()).isEqualTo("2027-01");
            assertThat(cancelled.json().path("amountYuan").asText()).isEqualTo("21.20");
        }
        assertThat(balance(Chart.ADMINISTRATION)).isEqualTo(costs);
        assertThat(balance(Chart.BANK)).isEqualTo(bank);
        assertThat(cancel(voucher, id()).code()).isEqualTo("CONFLICT");
        assertThat(cancel(id(), id()).status()).isEqualTo(404);
        assertThat(cancel(voucher("SHARED", "3.00", ""), id).code()).as("the id is taken").isEqualTo("CONFLICT");
        JsonNode entry = operator.get("/api/entries?month=2027-01").json().path("entries");
        assertThat(entry.toString()).contains("\"" + id + "\"").contains("重复入账");
    }

    @Test
    @Order(2)
    void aboveTheLimitASecondPersonApproves() throws Exception {
        Money costs = balance(Chart.COST_OF_SERVICE);
        String voucher = voucher("DIRECT_PAID", "1000.01", "");
        String refused = id();
        assertThat(cancel(voucher, refused).json().path("status").asText()).isEqualTo("OPEN");
        String path = "/api/cost-vouchers/cancellations/";
        assertThat(operator.post(path + refused + "/approve", null).code()).isEqualTo("RULE_BROKEN");
        assertThat(operator.post(path + refused + "/refuse", Map.of("reason", "x")).code()).isEqualTo("RULE_BROKEN");
        assertThat(colleague.post(path + refused + "/withdraw", Map.of("reason", "x")).code()).isEqualTo("RULE_BROKEN");
        assertThatThrownBy(() -> node.get(Database.class).inTransaction(t -> t.change(
                "UPDATE market.cost_cancellation SET status = 'BOOKED', period = DATE '2027-01-01' WHERE id = ?", UUID.fromString(refused))))
                .hasMessageContaining("cost_cancellation_four_eyes");
        assertThat(colleague.post(path + refused + "/refuse", Map.of("reason", "凭证无误")).json().path("status").asText()).isEqualTo("REFUSED");
        String withdrawn = id();
        cancel(voucher, withdrawn);
        assertThat(operator.post(path + withdrawn + "/withdraw", Map.of("reason", "误提")).json().path("status").asText()).isEqualTo("WITHDRAWN");
        assertThat(balance(Chart.COST_OF_SERVICE)).isEqualTo(costs.plus(Money.ofYuan("1000.01")));
        String id = id();
        cancel(voucher, id);
        for (int i = 0; i < 2; i++) {
            Desk.Answer approved = colleague.post(path + id + "/approve", null);
            assertThat(approved.json().path("status").asText()).as(approved.text()).isEqualTo("BOOKED");
        }
        assertThat(colleague.post(path + id + "/refuse", Map.of("reason", "x")).code()).isEqualTo("CONFLICT");
        assertThat(colleague.post(path + id() + "/approve", null).status()).isEqualTo(404);
        assertThat(balance(Chart.COST_OF_SERVICE)).isEqualTo(costs);
        assertThat(operator.get(path.substring(0, path.length() - 1) + "?status=BOOKED").json().path("cancellations").findValuesAsText("id")).contains(id)
                .doesNotContain(refused, withdrawn);
        assertThatThrownBy(() -> node.get(Database.class).inTransaction(t -> t.change("UPDATE market.cost_cancellation SET reason = 'x' WHERE id = ?",
                UUID.fromString(id)))).hasMessageContaining("is decided");
    }

    private static List<PartyAmount> services(YearMonth month) {
        return close(month).settlement().result().merchantCosts();
    }

    private static MonthClose.Outcome.Closed close(YearMonth month) {
        MonthClose.Outcome outcome = node.get(MonthClose.class).close(month, _ -> {});
        assertThat(outcome).isInstanceOf(MonthClose.Outcome.Closed.class);
        return (MonthClose.Outcome.Closed) outcome;
    }

    private static Money left(YearMonth month) {
        return node.get(Payments.class).listPayables().stream().filter(each -> each.key().equals(key(month))).map(Payable::left).findFirst().orElse(Money.ZERO);
    }

    private static Payable.Key key(YearMonth month) {
        return new Payable.Key(Payable.Kind.MERCHANT_COST, SettlementPeriod.month(month), merchant);
    }

    @Test
    @Order(3)
    void aMerchantsServiceIsOwedLessInItsMonthAndAfterItsClose() throws Exception {
        String right = service("500.00");
        assertThat(cancel(service("300.00"), id()).json().path("month").asText()).isEqualTo("2027-01");
        String late = voucher("SHARED", "40.00", "");
        CLOCK.moveTo(Instant.parse("2027-02-02T02:00:00Z"));
        signIn();
        assertThat(services(JANUARY)).containsExactly(new PartyAmount(merchant, Money.ofYuan("500")));
        assertThat(left(JANUARY)).isEqualTo(Money.ofYuan("500"));

        assertThat(cancel(right, id()).json().path("month").asText()).isEqualTo("2027-02");
        assertThat(left(JANUARY)).as("at once, and not only with the settlement of February").isEqualTo(Money.ZERO);
        assertThat(node.get(Payments.class).draft(UUID.randomUUID(), key(JANUARY), Money.ofYuan("1"), new PaymentOrder.Payee("x", "y", "z"),
                market.person("operator").id())).isInstanceOf(Payments.Outcome.NotOwed.class);
        Money costs = balance(Chart.ADMINISTRATION);
        assertThat(cancel(late, id()).json().path("month").asText()).isEqualTo("2027-02");
        assertThat(balance(Chart.ADMINISTRATION)).isEqualTo(costs.minus(Money.ofYuan("40")));
        CLOCK.moveTo(Instant.parse("2027-03-02T02:00:00Z"));
        signIn();
        assertThat(services(JANUARY.plusMonths(1))).containsExactly(new PartyAmount(merchant, Money.ofYuan("-500")));
        assertThat(left(JANUARY)).isEqualTo(Money.ZERO);
        assertThat(left(JANUARY.plusMonths(1))).isEqualTo(Money.ZERO);
        assertThat(balance(Chart.MERCHANT_PAYABLES)).isEqualTo(Money.ZERO);
        assertThat(node.get(Reconciliation.class).run(JANUARY.plusMonths(2))).allMatch(Reconciliation.Check::agrees);
    }

    private static Payments.Outcome order(YearMonth month, String yuan) {
        return node.get(Payments.class).draft(
                UUID.randomUUID(), key(month), Money.ofYuan(yuan), new PaymentOrder.Payee("x", "y", "z"), market.person("operator").id());
    }

    /** What was ordered of a month before its service was cancelled is taken of the merchant's later months: no more is ordered than is owed in all. */
    @Test
    @Order(4)
    void whatWasPaidAndCancelledIsNotPaidAgain() throws Exception {
        YearMonth march = JANUARY.plusMonths(2);
        String id = UUID.randomUUID().toString();
        String service = """
                {"month": "%s", "kind": "MERCHANT_SERVICE", "amountYuan": "%s", "document": "记-%s", "documentSha256": "%s", "documentReference": "档案室",
                 "description": "服务", "merchant": "%s"}""";
        assertThat(operator.send("PUT", "/api/cost-vouchers/" + id, service.formatted(march, "500", id.substring(0, 8), "ab".repeat(32), merchant)).status())
                .isEqualTo(200);
        CLOCK.moveTo(Instant.parse("2027-04-02T02:00:00Z"));
        signIn();
        assertThat(services(march)).containsExactly(new PartyAmount(merchant, Money.ofYuan("500")));
        assertThat(order(march, "500")).isInstanceOf(Payments.Outcome.Done.class);
        assertThat(cancel(id, id()).json().path("month").asText()).isEqualTo("2027-04");
        Desk.Answer again = operator.send("PUT", "/api/cost-vouchers/" + id, service.formatted(march, "500", id.substring(0, 8), "ab".repeat(32), merchant));
        assertThat(again.status()).as("cancelled, and entered by nobody since").isNotEqualTo(200);
        assertThat(again.text()).contains("cancelled");
        String next = UUID.randomUUID().toString();
        assertThat(operator.send("PUT", "/api/cost-vouchers/" + next,
                service.formatted(march.plusMonths(1), "700", next.substring(0, 8), "ab".repeat(32), merchant)).status()).isEqualTo(200);
        CLOCK.moveTo(Instant.parse("2027-05-02T02:00:00Z"));
        signIn();
        assertThat(services(march.plusMonths(1))).containsExactly(new PartyAmount(merchant, Money.ofYuan("200")));
        assertThat(order(march.plusMonths(1), "200.01")).isEqualTo(new Payments.Outcome.NotOwed(Money.ofYuan("200")));
        assertThat(order(march.plusMonths(1), "200")).isInstanceOf(Payments.Outcome.Done.class);
        assertThat(order(march.plusMonths(1), "0.01")).isInstanceOf(Payments.Outcome.NotOwed.class);
    }

    private static UUID drafted(YearMonth month, String yuan) {
        return ((Payments.Outcome.Done) order(month, yuan)).order().id();
    }

    /** What an order pays is cancelled after it was drafted, or approved: then it goes no further, and what is still owed is ordered anew. */
    @Test
    @Order(5)
    void anOrderIsStoppedByTheCancellationOfWhatItPays() throws Exception {
        YearMonth may = JANUARY.plusMonths(4);
        List<String> services = new ArrayList<>();
        for (String yuan : List.of("300", "200", "100")) {
            String id = id();
            assertThat(operator.send("PUT", "/api/cost-vouchers/" + id, """
                    {"month": "%s", "kind": "MERCHANT_SERVICE", "amountYuan": "%s", "document": "记-%s", "documentSha256": "%s", "documentReference": "档案室",
                     "description": "服务", "merchant": "%s"}""".formatted(may, yuan, id.substring(0, 8), "ab".repeat(32), merchant)).status()).isEqualTo(200);
            services.add(id);
        }
        CLOCK.moveTo(Instant.parse("2027-06-02T02:00:00Z"));
        signIn();
        services(may);
        Payments payments = node.get(Payments.class);
        UUID first = drafted(may, "400");
        UUID second = drafted(may, "150");
        assertThat(colleague.post("/api/payment-orders/" + second + "/approval", null).json().path("status").asText()).isEqualTo("APPROVED");
        cancel(services.get(1), id());
        Desk.Answer stopped = colleague.post("/api/payment-orders/" + first + "/approval", null);
        assertThat(stopped.code()).as(stopped.text()).isEqualTo("RULE_BROKEN");
        assertThat(stopped.text()).as("400 are owed, and 150 of them ordered").contains("250.00");
        assertThat(payments.send(second, market.person("operator").id(), null)).isEqualTo(new Payments.Outcome.NotOwed(Money.ofYuan("0")));
        assertThat(payments.find(second).orElseThrow().status()).isEqualTo(PaymentOrder.Status.APPROVED);
        assertThat(payments.cancel(first, market.person("operator").id(), "服务已作废")).isInstanceOf(Payments.Outcome.Done.class);
        assertThat(payments.send(second, market.person("operator").id(), null)).isInstanceOf(Payments.Outcome.Done.class);
        assertThat(payments.cancel(drafted(may, "250"), market.person("operator").id(), "x")).isInstanceOf(Payments.Outcome.Done.class);
    }
}
