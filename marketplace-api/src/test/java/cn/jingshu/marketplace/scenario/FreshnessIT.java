package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.products.domain.load.CsvSource;
import cn.jingshu.products.domain.load.LoadOutcome;
import cn.jingshu.products.domain.load.LoadProgress;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.domain.load.SourceFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What was loaded grows stale by the catalogue's cycle or by what was declared; from then on answers say so and cost nothing, until the next delivery. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FreshnessIT {
    private static final String TABLE = "institution_drug";
    private static final String DRUGS = "institution,name,kind,district,drug_code,drug_name,in_stock\n";
    private static final String ONE = DRUGS + "H42080001,荆门市第一人民医院,HOSPITAL,420802,XC08CAA001,氨氯地平,是\n";

    @TempDir
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static RestCaller rest;
    private static UsageRecords usage;
    private static String key = "";

    @BeforeAll
    static void open() {
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, java.util.Map.of());
        rest = new RestCaller(node.httpPort());
        usage = new UsageRecords(node);
        Market market = new Market(node);
        key = market.key(market.subscriptionOf("citizen-service", "prescription-public"));
    }

    @AfterAll
    static void close() {
        rest.close();
        node.close();
    }

    private static LoadOutcome load(String csv) throws Exception {
        Path file = Files.writeString(data.resolve("drugs.csv"), csv);
        return node.get(Loader.class).load(LoadRequest.of(node.get(LoadTables.class).findLoadable(TABLE).orElseThrow(),
                CsvSource.of(SourceFile.look(file, null), ','), LoadRequest.Mode.REPLACE), LoadProgress.NONE);
    }

    private static Desk desk(String name) {
        return Desk.of(node, rest, name); // a session does not outlive the leaps of this clock
    }

    private static JsonNode freshness() throws Exception {
        return desk("bureau").get("/api/freshness/" + TABLE).json();
    }

    private static Desk.Answer set(String person, String table, String freshFor) throws Exception {
        return desk(person).send("PUT", "/api/freshness/" + table, "{\"freshFor\": " + freshFor + "}");
    }

    /** Whether the call says in body and header that it rests on stale data, and how much it counts. */
    private static String call() throws Exception {
        RestCaller.Reply reply = Until.holds(Duration.ofSeconds(10),
                () -> rest.get("/v1/prescription/hospitals?drug=" + URLEncoder.encode("氨氯地平", StandardCharsets.UTF_8), key), given -> given.status() != 401);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        boolean said = Desk.json(reply).path("stale").asBoolean();
        assertThat(reply.header("Jingshu-Stale")).isEqualTo(said ? "true" : "");
        return (said ? "stale " : "fresh ") + usage.one(reply.requestId()).quantity();
    }

    @Test
    @Order(1)
    void madeUpRowsAreAsOldAsTheyLike() throws Exception {
        JsonNode made = freshness();
        assertThat(made.path("synthetic").asBoolean()).isTrue();
        assertThat(made.path("staleFrom").isMissingNode() || made.path("staleFrom").isNull()).isTrue();
        assertThat(made.path("freshFor").asText()).isEqualTo("PT1104H");
        assertThat(call()).isEqualTo("fresh 1");
    }

    @Test
    @Order(2)
    void fromTheEndOfItsCycleAndGraceAnAnswerIsMarkedAndFreeUntilTheNextDelivery() throws Exception {
        assertThat(load(ONE)).isInstanceOf(LoadOutcome.Loaded.class);
        JsonNode loaded = freshness();
        Instant loadedAt = Instant.parse(loaded.path("loadedAt").asText());
        assertThat(loaded.path("cycle").asText()).as("the catalogue says 定期 and no more").isEqualTo("PT744H");
        assertThat(loaded.path("cycleStated").asBoolean()).isFalse();
        assertThat(loaded.path("grace").asText()).isEqualTo("PT360H");
        assertThat(loaded.path("declared").asBoolean()).isFalse();
        Instant staleFrom = Instant.parse(loaded.path("staleFrom").asText());
        assertThat(staleFrom).isEqualTo(loadedAt.plus(Duration.ofDays(46)));
        assertThat(call()).isEqualTo("fresh 1");

        clock.moveTo(staleFrom.minus(Duration.ofHours(1)));
        assertThat(call()).isEqualTo("fresh 1");
        clock.moveTo(staleFrom);
        assertThat(call()).isEqualTo("stale 0");
        assertThat(freshness().path("stale").asBoolean()).isTrue();
        assertThat(desk("citizen-service").text("/products/prescription?lang=en")).contains("Table institution_drug is older than its update cycle");

        assertThat(load(ONE)).as("the same file, delivered again").isInstanceOf(LoadOutcome.AlreadyLoaded.class);
        assertThat(call()).isEqualTo("fresh 1");
        JsonNode confirmed = freshness();
        assertThat(confirmed.path("stale").asBoolean()).isFalse();
        assertThat(Instant.parse(confirmed.path("loadedAt").asText())).isEqualTo(loadedAt);
        assertThat(Instant.parse(confirmed.path("confirmedAt").asText())).isAfterOrEqualTo(staleFrom);
    }

    @Test
    @Order(3)
    void howLongItStaysFreshIsDeclaredForWhatIsThereAndByWhoMay() throws Exception {
        Desk.Answer day = set("bureau", TABLE, "\"P1D\"");
        assertThat(day.status()).as(day.text()).isEqualTo(200);
        assertThat(day.json().path("declared").asBoolean()).isTrue();
        Instant staleFrom = Instant.parse(day.json().path("staleFrom").asText());
        assertThat(staleFrom).isEqualTo(Instant.parse(day.json().path("confirmedAt").asText()).plus(Duration.ofDays(1)));
        clock.moveTo(staleFrom);
        assertThat(call()).isEqualTo("stale 0");
        assertThat(load(ONE + "P42080001,东宝药房,PHARMACY,420802,XC08CAA001,氨氯地平,否\n")).isInstanceOf(LoadOutcome.Loaded.class);
        assertThat(call()).isEqualTo("fresh 1");
        assertThat(set("bureau", TABLE, "null").json().path("freshFor").asText()).as("back to the catalogue's").isEqualTo("PT1104H");

        assertThat(set("housing", TABLE, "\"P1D\"").status()).as("another's table").isEqualTo(404);
        assertThat(set("operator", TABLE, "\"P1D\"").status()).isEqualTo(403);
        Desk.Answer longer = set("housing", "house", "\"P47D\"");
        assertThat(longer.status()).as(longer.text()).isEqualTo(422);
        assertThat(longer.code()).isEqualTo("RULE_BROKEN");
        String rules = desk("housing").get("/api/quality/house").text();
        assertThat(rules).contains("\"freshFor\":null").contains("REAL_ESTATE_UNIT");
        assertThat(desk("housing").send("PUT", "/api/quality/house", rules.replace("\"freshFor\":null", "\"freshFor\":\"P47D\"")).status())
                .as("nor with all its rules").isEqualTo(422);
        assertThat(set("housing", "house", "\"P46D\"").status()).isEqualTo(200);
        assertThat(set("bureau", "house", "\"P400D\"").json().path("freshFor").asText()).isEqualTo("PT9600H");
        assertThat(set("bureau", "house", "\"soon\"").status()).isEqualTo(400);
        assertThat(set("bureau", "house", "\"PT0S\"").status()).isEqualTo(400);
        assertThat(set("bureau", "house", "\"P11000D\"").status()).isEqualTo(400);
        assertThat(set("bureau", "gtfs_rt_vehicle", "\"P1D\"").status()).as("no row of a feed is kept").isEqualTo(404);
    }

    @Test
    @Order(4)
    void aDimensionThatCannotBeMeasuredIsSaidToBeSo() throws Exception {
        Desk bureau = desk("bureau");
        String id = bureau.get("/api/loads?table=" + TABLE).json().path("loads").get(0).path("id").asText();
        JsonNode load = bureau.get("/api/loads/" + id).json();
        assertThat(load.path("dimensions").findValuesAsText("dimension"))
                .containsExactly("NORMATIVITY", "COMPLETENESS", "ACCURACY", "CONSISTENCY", "TIMELINESS", "ACCESSIBILITY");
        for (JsonNode each : load.path("dimensions")) {
            boolean unmeasured = each.path("dimension").asText().equals("ACCURACY");
            assertThat(each.path("score").isNumber()).as(each.toString()).isEqualTo(!unmeasured);
        }
    }
}
