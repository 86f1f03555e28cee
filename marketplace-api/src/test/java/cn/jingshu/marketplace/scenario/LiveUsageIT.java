package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

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
    void aBudgetStopsCallsThoughNothingCanBeShipped() throws Exception {
        Subscription own = market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(own);
        for (RestCaller node : nodes) {
            Until.holds(SOON, () -> node.get("/v1/library/books/absent", key).status(), status -> status == 200);
        }
        Desk studio = Desk.of(first, nodes.getFirst(), "app-studio");
        assertThat(studio.send("PUT", "/api/account/budget", "{\"budgetYuan\":\"0.30\",\"hard\":true}").status()).isEqualTo(200);
        try (Connection holder = DriverManager.getConnection(first.postgres().url(), "postgres", first.postgres().ownerPassword());
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT node_id FROM metering.journal_position FOR UPDATE"); // no shipper gets past this
            for (int call = 0; call < 30; call++) { // of 1.5 fen each: beyond 30 fen by the twentieth
                nodes.get(call % 2).get("/v1/library/books/b1", key);
            }
            for (RestCaller node : nodes) {
                Until.holds(SOON, () -> node.get("/v1/library/books/b1", key).text(), text -> text.contains("\"code\":\"BUDGET_USED_UP\""));
            }
            assertThat(billed(key)).as("of all that nothing is shipped").isZero();
            holder.rollback();
        }
        Until.holds(SOON, () -> billed(key), quantity -> quantity >= 20);
        assertThat(nodes.getFirst().get("/v1/library/books/b1", key).text()).as("and it stays so").contains("BUDGET_USED_UP");
    }
}
