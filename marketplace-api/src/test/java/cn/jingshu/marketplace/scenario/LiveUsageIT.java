package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.gate.AccessRefresh;
import cn.jingshu.marketplace.gate.KnownBudgets;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage that no node can ship is seen at both of them, marked, and on no bill; once it is shipped it is the same usage. */
class LiveUsageIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final String PEPPER = "0123456789abcdef".repeat(4);

    @TempDir
    private static Path folder;

    private static RunningNode first;
    private static RunningNode second;
    private static List<RestCaller> nodes;
    private static Market market;

    @BeforeAll
    static void start() {
        first = RunningNode.start(folder.resolve("first"), Clock.systemUTC(), Map.of("jingshu.secrets.pepper", PEPPER));
        Map<String, Object> settings = new HashMap<>(first.postgres().settings());
        settings.put("jingshu.secrets.pepper", PEPPER);
        second = RunningNode.start(folder.resolve("second"), Clock.systemUTC(), settings);
        nodes = List.of(new RestCaller(first.httpPort()), new RestCaller(second.httpPort()));
        market = new Market(first);
        market.sellLibrary("2", "1.5");
    }

    @AfterAll
    static void stop() {
        nodes.forEach(RestCaller::close);
        second.close();
        first.close();
    }

    private static JsonNode usage(RestCaller node, String key) throws Exception {
        return Desk.json(node.get("/api/usage", key));
    }

    private static long sum(JsonNode report, String field) {
        long sum = 0;
        for (JsonNode line : report.path("days")) {
            sum += line.path(field).asLong();
        }
        return sum;
    }

    private static long billed(String key) throws Exception {
        JsonNode bill = Desk.json(nodes.getFirst().get("/api/statements/" + YearMonth.now(SHANGHAI), key));
        long quantity = 0;
        for (JsonNode line : bill.path("lines")) {
            quantity += line.path("quantity").asLong();
        }
        return quantity;
    }

    @Test
    void whatCannotBeShippedIsSeenAtEveryNodeAndOnNoBill() throws Exception {
        Subscription own = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(own);
        for (RestCaller node : nodes) {
            Until.holds(SOON, () -> node.get("/v1/library/books/absent", key).status(), status -> status == 200);
        }
        long tries = Until.holds(SOON, () -> usage(nodes.getFirst(), key), report -> !report.path("provisional").asBoolean()
                && sum(report, "calls") >= 2).path("days").path(0).path("calls").asLong();
        long before = sum(usage(nodes.getFirst(), key), "quantity");
        Instant held;
        try (Connection holder = DriverManager.getConnection(first.postgres().url(), "postgres", first.postgres().ownerPassword());
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT node_id FROM metering.journal_position FOR UPDATE"); // no shipper gets past this
            held = Instant.now();
            for (int call = 0; call < 30; call++) {
                assertThat(nodes.get(call % 2).get("/v1/library/books/b1", key).status()).isEqualTo(200);
            }
            for (RestCaller node : nodes) {
                JsonNode report = Until.holds(SOON, () -> usage(node, key), seen -> sum(seen, "quantity") == before + 30);
                assertThat(report.path("provisional").asBoolean()).isTrue();
                assertThat(sum(report, "provisionalQuantity")).isEqualTo(30);
                assertThat(sum(report, "provisionalCalls")).isEqualTo(30);
                assertThat(report.path("freshness").path("awaySince").isNull()).isTrue();
                assertThat(Instant.parse(report.path("freshness").path("storedAt").asText())).isBefore(held);
                Until.holds(SOON, () -> Instant.parse(usage(node, key).path("asOf").asText()), asOf -> asOf.isAfter(held));
            }
            assertThat(billed(key)).isEqualTo(before);
            Desk bank = Desk.of(first, nodes.getFirst(), "bank");
            String today = LocalDate.now(SHANGHAI).toString();
            assertThat(bank.text("/usage?from=" + today + "&to=" + today)).contains("其中 30 次刚刚发生、尚未入库");
            assertThat(bank.text("/dashboard")).contains("其中 30 为暂计");
            holder.rollback();
        }
        for (RestCaller node : nodes) {
            JsonNode report = Until.holds(SOON, () -> usage(node, key), seen -> !seen.path("provisional").asBoolean());
            assertThat(sum(report, "quantity")).isEqualTo(before + 30);
            assertThat(sum(report, "calls")).isGreaterThanOrEqualTo(tries + 30);
        }
        Until.holds(SOON, () -> billed(key), quantity -> quantity == before + 30);
    }

    @Test
    void aBudgetIsNotPassedOnTwoNodesThoughNothingCanBeShipped() throws Exception {
        Subscription own = market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(own);
        for (RestCaller node : nodes) {
            Until.holds(SOON, () -> node.get("/v1/library/books/absent", key).status(), status -> status == 200);
        }
        Desk studio = Desk.of(first, nodes.getFirst(), "app-studio");
        assertThat(studio.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"0.30\",\"hard\":true}").status()).isEqualTo(200);
        for (RunningNode node : List.of(first, second)) {
            Until.holds(SOON, () -> KnownBudgets.of(node.get(AccessRefresh.class)).values(), known -> known.contains(30_000L));
        }
        try (Connection holder = DriverManager.getConnection(first.postgres().url(), "postgres", first.postgres().ownerPassword());
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT node_id FROM metering.journal_position FOR UPDATE"); // no shipper gets past this
            int answered = 0;
            for (int call = 0; call < 40; call++) { // of 1.5 fen each: twenty are 30 fen
                RestCaller.Reply reply = nodes.get(call % 2).get("/v1/library/books/b1", key);
                answered += reply.status() == 200 ? 1 : 0;
                assertThat(reply.status() == 200 || reply.text().contains("\"code\":\"BUDGET_USED_UP\"")).as(reply.text()).isTrue();
            }
            assertThat(answered).as("not one too many, and few too few: an amount may yet be rounded up").isBetween(8, 20);
            assertThat(billed(key)).as("of all that nothing is shipped").isZero();
            holder.rollback();
            int before = answered;
            Until.holds(SOON, () -> billed(key), quantity -> quantity == before);
        }
        for (RestCaller node : nodes) {
            Until.holds(SOON, () -> node.get("/v1/library/books/b1", key).text(), text -> text.contains("\"code\":\"BUDGET_USED_UP\""));
        }
        Until.holds(SOON, () -> usage(nodes.getFirst(), key), report -> !report.path("provisional").asBoolean());
        assertThat(billed(key)).as("1.5 fen each of 30").isLessThanOrEqualTo(20);
        assertThat(studio.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"1.00\",\"hard\":true}").status()).isEqualTo(200);
        Until.holds(SOON, () -> nodes.getLast().get("/v1/library/books/b1", key).status(), status -> status == 200);
    }

    @Test
    void aCallIsFoundByItsIdsBeforeItIsStoredAtTheNodeThatAnsweredIt() throws Exception {
        Subscription own = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(own);
        for (RestCaller node : nodes) {
            Until.holds(SOON, () -> node.get("/v1/library/books/absent", key).status(), status -> status == 200);
        }
        Until.holds(SOON, () -> usage(nodes.getFirst(), key), report -> !report.path("provisional").asBoolean());
        String path;
        String why;
        try (Connection holder = DriverManager.getConnection(first.postgres().url(), "postgres", first.postgres().ownerPassword());
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT node_id FROM metering.journal_position FOR UPDATE"); // no shipper gets past this
            RestCaller.Reply reply = nodes.getFirst().get("/v1/library/books/b1", key);
            assertThat(reply.status()).isEqualTo(200);
            path = "/api/usage/events/" + reply.header("Jingshu-Event-Id");
            why = "/api/usage/why?request=" + reply.requestId();
            JsonNode event = Desk.json(nodes.getFirst().get(path, key));
            assertThat(event.path("provisional").asBoolean()).as(event.toString()).isTrue();
            assertThat(event.path("quantity").asLong()).isEqualTo(1);
            JsonNode explained = Desk.json(nodes.getFirst().get(why, key)).path("calls").path(0);
            assertThat(explained.path("verdict").asText()).isEqualTo("TO_BE_BILLED");
            assertThat(explained.path("provisional").asBoolean()).isTrue();
            assertThat(nodes.getLast().get(path, key).status()).as("the other node waits for its being stored").isEqualTo(404);
            String other = market.key(market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE));
            Until.holds(SOON, () -> nodes.getFirst().get("/api/usage", other).status(), status -> status == 200);
            assertThat(nodes.getFirst().get(path, other).status()).as("another's call").isEqualTo(404);
            assertThat(nodes.getFirst().get(why, other).status()).isEqualTo(404);
            holder.rollback();
        }
        for (RestCaller node : nodes) {
            Until.holds(SOON, () -> Desk.json(node.get(path, key)), seen -> seen.has("receivedAt") && !seen.path("provisional").asBoolean());
        }
    }
}
