package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.runtime.Commands;
import cn.jingshu.marketplace.runtime.RunningNode;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Masked samples by command and by endpoint, beside a running node; and the sealing key's command. */
class TwinSamplesIT {
    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static RunningNode node;
    private static RestCaller rest;
    private static Desk operator;
    private static Desk bureau;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(data.resolve("node"), Clock.systemUTC(), Map.of());
        rest = new RestCaller(node.httpPort());
        operator = Desk.of(node, rest, "operator");
        bureau = Desk.of(node, rest, "bureau");
    }

    @AfterAll
    static void close() {
        rest.close();
        node.close();
    }

    private static Commands.Ran run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, List.of("--data", node.data().toString()));
        return Commands.run(all.toArray(String[]::new));
    }

    private static void asOwner(String sql) throws Exception {
        RunningNode.Postgres postgres = node.postgres();
        try (Connection connection = DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Moves the day of a decision, which nobody else can. */
    private static void decidedEarlier(UUID id, int days) throws Exception {
        asOwner("ALTER TABLE market.twin_sample DISABLE TRIGGER twin_sample_decided_once; UPDATE market.twin_sample SET decided_at = decided_at - "
                + days + " * INTERVAL '1 day' WHERE id = '" + id + "'; ALTER TABLE market.twin_sample ENABLE TRIGGER twin_sample_decided_once");
    }

    private static Map<String, Object> wish(UUID id, String product) {
        return Map.of("id", id.toString(), "product", product, "version", 1, "rows", 200, "reason", "联调测试");
    }

    @Test
    void madeUpRowsAreSampledAtOnceRealOnesOnlyWhenAnotherPersonHasApproved() throws Exception {
        JsonNode twins = operator.get("/api/twins").json().path("twins");
        assertThat(twins).isNotEmpty().allMatch(each -> each.path("current").path("kind").asText().equals("SYNTHETIC"));
        assertThat(run("sample").out()).contains("health", "rental", "synthetic since");
        assertThat(run("sample", "--product", "transit").status()).isEqualTo(1);
        assertThat(run("sample", "--product", "health", "--rows", "0").status()).isEqualTo(2);

        String sampled = "";
        for (JsonNode each : twins) {
            String product = each.path("product").asText();
            if (each.path("aboutPeople").asBoolean()) {
                Commands.Ran ran = run("sample", "--product", product, "--rows", "300");
                assertThat(ran.out()).as(product).contains("Report ", "SHA-256 ");
                if (ran.status() == 0) {
                    sampled = product;
                    assertThat(ran.out()).contains("sampled", "classes of 5 subjects or more", "named anew", "share of people at risk");
                } else {
                    assertThat(ran.out()).contains("withheld", "nothing was sampled");
                }
            }
        }
        assertThat(sampled).as("a product whose demonstration can be sampled").isNotEmpty();
        JsonNode report = operator.get("/api/twins/" + sampled + "/reports?limit=1").json().path("reports").path(0);
        assertThat(report.path("kind").asText()).isEqualTo("SAMPLED");
        assertThat(report.path("k").asInt()).isGreaterThanOrEqualTo(5);
        assertThat(report.path("intact").asBoolean()).isTrue();
        assertThat(report.path("digest").asText()).hasSize(64);
        assertThat(run("sample", "--product", sampled, "--k", "2", "--rows", "100000").out()).contains("Report ");
        assertThat(run("sample", "--product", sampled, "--report").out()).contains(report.path("digest").asText().substring(0, 16));

        asOwner("UPDATE domain_keeping.newest_load SET synthetic = false");
        assertThat(run("sample", "--product", sampled)).satisfies(ran -> {
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.out()).contains("another person has to approve it");
        });
        UUID id = UUID.randomUUID();
        Desk.Answer proposed = operator.post("/api/twin-samples", wish(id, sampled));
        assertThat(proposed.json().path("status").asText()).as(proposed.text()).isEqualTo("OPEN");
        assertThat(proposed.json().path("personal").asBoolean()).isTrue();
        assertThat(operator.post("/api/twin-samples/" + id + "/draw", null).code()).isEqualTo("RULE_BROKEN");
        assertThat(operator.post("/api/twin-samples/" + id + "/approve", Map.of("reason", "me")).status()).isEqualTo(403);
        assertThat(bureau.post("/api/twin-samples", wish(UUID.randomUUID(), sampled)).status()).isEqualTo(403);
        Desk.Answer approved = bureau.post("/api/twin-samples/" + id + "/approve", Map.of("reason", "个人信息保护影响评估 2026-17"));
        assertThat(approved.json().path("status").asText()).as(approved.text()).isEqualTo("APPROVED");

        decidedEarlier(id, 31);
        assertThat(run("sample", "--approval", id.toString()).out()).as("an approval does not hold for ever").contains("has to be proposed anew");
        assertThat(operator.post("/api/twin-samples/" + id + "/draw", null).code()).isEqualTo("RULE_BROKEN");
        decidedEarlier(id, -2);
        Commands.Ran drawn = run("sample", "--approval", id.toString());
        String status = operator.get("/api/twin-samples/" + id).json().path("status").asText();
        JsonNode newest = operator.get("/api/twins/" + sampled + "/reports?limit=1").json().path("reports").path(0);
        assertThat(newest.path("approval").asText()).isEqualTo(id.toString());
        boolean held = newest.path("shareAtRisk").asDouble() <= 0.05;
        assertThat(status).as(drawn.out()).isEqualTo(held ? "DRAWN" : "WITHHELD");
        assertThat(drawn.status()).isEqualTo(held ? 0 : 1);
        assertThat(run("sample", "--approval", id.toString()).out()).as("an approval is used once").contains("decided already, or was used");
        assertThat(bureau.post("/api/twins/" + sampled + "/1/make-up", null).json().path("kind").asText()).isEqualTo("SYNTHETIC");
        asOwner("UPDATE domain_keeping.newest_load SET synthetic = true");
    }

    @Test
    void theSealingKeyIsChangedBesideARunningNode() {
        Commands.Ran check = run("reseal", "--check");
        assertThat(check.out()).contains("key 0, AES_256_GCM", "Every value is sealed with the key in use.");
        assertThat(check.status()).isZero();
        Commands.Ran done = run("reseal");
        assertThat(done.out()).contains("No value is sealed with another key");
        assertThat(done.status()).isZero();
        assertThat(run("reseal", "--check").out()).contains("done");
    }
}
