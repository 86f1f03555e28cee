package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.gate.AccessRefresh;
import cn.jingshu.marketplace.gate.KnownBudgets;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What a consumer may spend, by its own budget and by its credit, on a running node. */
class LimitsIT {
    private static final String ROWS = "/v1/library/books?pageSize=";
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;

    @BeforeAll
    static void openTheMarket() throws Exception {
        ShiftedClock clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of());
        market = new Market(node);
        market.sellLibrary("5", "1");
        rest = new RestCaller(node.httpPort());
    }

    @AfterAll
    static void closeTheMarket() {
        rest.close();
        node.close();
    }

    private static String key(String consumer, Purpose purpose) throws Exception {
        String key = market.key(market.subscribe(consumer, "library", purpose, 1_000_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/absent", key).status(),
                status -> status == 200 || status == 402);
        return key;
    }

    private static void answered(String key) throws Exception {
        Until.holds(SOON, () -> rest.get(ROWS + 1, key).status(), status -> status == 200);
    }

    private static void refused(String key, String code) throws Exception {
        Until.holds(SOON, () -> rest.get(ROWS + 1, key).text(), text -> text.contains("\"code\":\"" + code + "\""));
    }

    private static List<String> told(Desk desk) throws Exception {
        List<String> kinds = new ArrayList<>();
        for (JsonNode each : desk.get("/api/notifications").json()) {
            kinds.add(each.path("kind").asText());
        }
        return kinds;
    }

    @Test
    void aHardBudgetStopsPaidCallsAloneAndWarnsBefore() throws Exception {
        String paid = key("bank", Purpose.INDUSTRY);
        String free = key("bank", Purpose.PUBLIC_INTEREST);
        Desk owner = Desk.of(node, rest, "bank");
        assertThat(owner.send("PUT", "/api/account/budget", "{\"hard\":true}").status()).isEqualTo(400);
        assertThat(owner.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"1.005\"}").status()).isEqualTo(400);
        assertThat(owner.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"-1\"}").status()).isEqualTo(400);
        assertThat(owner.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"99999999999999\",\"hard\":true}").status()).isEqualTo(400);
        assertThat(owner.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"9e16\",\"hard\":true}").status()).isEqualTo(400);
        Desk.Answer set = owner.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"3.00\",\"hard\":true}");
        assertThat(set.status()).as(set.text()).isEqualTo(200);
        Until.holds(SOON, () -> KnownBudgets.of(node.get(AccessRefresh.class)).values(), known -> known.contains(300_000L));
        assertThat(rest.get(ROWS + 80, paid).status()).isEqualTo(200);
        assertThat(rest.get(ROWS + 80, paid).status()).isEqualTo(200);
        assertThat(rest.get(ROWS + 85, paid).status()).isEqualTo(200);
        Until.holds(SOON, () -> told(owner), kinds -> kinds.contains("BUDGET_80"));
        assertThat(owner.get("/api/account").json().path("stops")).isEmpty();
        RestCaller.Reply tooLarge = rest.get(ROWS + 60, paid);
        assertThat(tooLarge.text()).as("2.45 are spent, and 0.60 more would pass the budget").contains("\"code\":\"BUDGET_USED_UP\"");
        // What fits to the last fen is answered, once what was taken for the calls before is squared with what they cost.
        Until.holds(SOON.multipliedBy(4), () -> rest.get(ROWS + 55, paid).status(), status -> status == 200);
        assertThat(rest.get(ROWS + 1, paid).text()).as("and nothing after it, not for a moment").contains("\"code\":\"BUDGET_USED_UP\"");
        Until.holds(SOON, () -> told(owner), kinds -> kinds.contains("BUDGET_STOPPED"));
        assertThat(rest.get(ROWS + 1, free).status()).as("free use goes on").isEqualTo(200);
        assertThat(told(owner)).contains("BUDGET_100", "BUDGET_STOPPED");
        assertThat(owner.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"30.00\",\"hard\":true}").status()).isEqualTo(200);
        answered(paid);
        assertThat(owner.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"1.00\",\"hard\":false}").status()).isEqualTo(200);
        answered(paid);
        assertThat(Desk.hired(node, rest, market.person("bank"), Role.DEVELOPER)
                .send("PUT", "/api/account/budget", "{\"budgetYuan\":\"1\"}").status()).as("the owner alone").isEqualTo(403);
    }

    @Test
    void whatIsPaidAheadIsAllThatCanBeUsed() throws Exception {
        UUID studio = market.person("app-studio").organisationId();
        Desk operator = Desk.of(node, rest, "operator");
        String paid = key("app-studio", Purpose.INDUSTRY);
        answered(paid);
        assertThat(Desk.of(node, rest, "bank").send("PUT", "/api/accounts/" + studio + "/terms",
                "{\"creditLimitYuan\":\"0\",\"reason\":\"x\"}").status()).isEqualTo(403);
        assertThat(operator.send("PUT", "/api/accounts/" + studio + "/terms", "{\"creditLimitYuan\":\"0\"}").status())
                .as("a reason is needed").isEqualTo(400);
        Desk.Answer agreed = operator.send("PUT", "/api/accounts/" + studio + "/terms",
                "{\"creditLimitYuan\":\"0\",\"reason\":\"先付后用\"}");
        assertThat(agreed.json().path("mode").asText()).as(agreed.text()).isEqualTo("PREPAID");
        refused(paid, "PREPAID_USED_UP");
        String receipt = UUID.randomUUID().toString();
        Map<String, String> topUp = Map.of("receiptId", receipt, "amountYuan", "2.00", "receivedOn", "2027-01-10",
                "bankReference", "B-77");
        assertThat(operator.post("/api/accounts/" + studio + "/receipts", topUp).status()).isEqualTo(201);
        assertThat(operator.post("/api/accounts/" + studio + "/receipts", topUp).status()).as("the same again").isEqualTo(200);
        answered(paid);
        for (int i = 0; i < 3; i++) {
            assertThat(rest.get(ROWS + 70, paid).status()).isIn(200, 402);
        }
        refused(paid, "PREPAID_USED_UP");
        assertThat(operator.send("PUT", "/api/accounts/" + studio + "/terms",
                "{\"creditLimitYuan\":\"1.00\",\"reason\":\"先用后付\"}").json().path("mode").asText()).isEqualTo("CREDIT_LIMIT");
        answered(paid);
        assertThat(operator.send("PUT", "/api/accounts/" + studio + "/terms", "{\"reason\":\"不限额\"}").json().path("mode").asText())
                .isEqualTo("POSTPAID");
        answered(paid);
    }
}
