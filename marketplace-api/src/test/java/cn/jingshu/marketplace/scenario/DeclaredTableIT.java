package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.catalogue.TableDeclarations;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.products.domain.ResourceTable;
import cn.jingshu.products.domain.load.CsvSource;
import cn.jingshu.products.domain.load.LoadOutcome;
import cn.jingshu.products.domain.load.LoadProgress;
import cn.jingshu.products.domain.load.LoadRequest;
import cn.jingshu.products.domain.load.LoadTables;
import cn.jingshu.products.domain.load.Loader;
import cn.jingshu.products.domain.load.SourceFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;


/** A resource that no product of the code reads: its provider declares a table, loads it, and a merchant sells what it tells, without our code. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeclaredTableIT {
    private static final String BUILDING = """
            {"name": "r_building", "resource": "A2.4.2", "reason": "《房屋建筑统一编码》及楼栋普查成果",
             "columns": [
               {"name": "building_code", "type": "TEXT", "keeping": "PLAIN", "protection": "INTERNAL", "required": true, "zh": "幢编号", "en": "code of the building"},
               {"name": "district", "type": "TEXT", "keeping": "PLAIN", "protection": "PUBLIC", "required": true, "zh": "区县", "en": "district"},
               {"name": "floors", "type": "INTEGER", "keeping": "PLAIN", "protection": "INTERNAL", "required": true, "zh": "层数", "en": "floors"},
               {"name": "finished_on", "type": "DATE", "keeping": "PLAIN", "protection": "INTERNAL", "required": false, "zh": "竣工日期", "en": "day it was finished"}],
             "key": ["building_code"], "indexes": [["district"]]}
            """;
    private static final String WITH_LIFTS = BUILDING.replace("\"day it was finished\"}", """
            "day it was finished"},
               {"name": "lifts", "type": "INTEGER", "keeping": "PLAIN", "protection": "INTERNAL", "required": false, "zh": "电梯数", "en": "lifts"}""");
    private static final String BUILDINGS = """
            {"code": "buildings", "version": 1, "kind": "sql", "nameZh": "楼栋", "nameEn": "Buildings", "summaryZh": "按区列出楼栋。", "summaryEn": "Buildings of a district.",
             "resources": ["A2.4.2"],
             "operations": [{"name": "ListBuildings", "path": "list", "meter": "ROW", "summaryZh": "列出", "summaryEn": "Lists",
               "parameters": [{"name": "district", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "区县", "docEn": "district", "example": "东宝区", "required": true}],
               "columns": [
                 {"name": "building_code", "type": "STRING", "sensitivity": "INTERNAL", "docZh": "幢编号", "docEn": "code", "resources": ["A2.4.2"]},
                 {"name": "floors", "type": "INT64", "sensitivity": "INTERNAL", "docZh": "层数", "docEn": "floors", "resources": ["A2.4.2"]}],
               "sql": {"query": "SELECT building_code, floors FROM r_building WHERE district = :district", "key": ["building_code"]}}],
             "sql": {"tables": {"r_building": ["building_code", "district", "floors"]}}}
            """;

    @TempDir
    private static Path folder;

    private static SharedNode house;
    private static Desk housing;
    private static Desk bureau;
    private static Desk merchant;
    private static String key = "";

    @BeforeAll
    static void open() throws IOException {
        house = SharedNode.get();
        housing = Desk.of(house.node, house.rest, "housing");
        bureau = Desk.of(house.node, house.rest, "bureau");
        merchant = Desk.of(house.node, house.rest, "merchant2");
    }

    private static Desk.Answer declare(Desk desk, UUID id, String json) throws Exception {
        return desk.send("PUT", "/api/resource-tables/" + id, json);
    }

    private static Desk.Answer decide(Desk desk, UUID id, boolean approved) throws Exception {
        return desk.post("/api/resource-tables/" + id + "/decision", Map.of("approved", approved, "decision", "同意"));
    }

    private static List<String> loadable() throws Exception {
        return housing.get("/api/load-tables").json().path("tables").findValuesAsText("name");
    }

    private static LoadOutcome load(String csv) throws Exception {
        Path file = Files.writeString(folder.resolve("buildings-" + UUID.randomUUID() + ".csv"), csv);
        LoadRequest.Part part = new LoadRequest.Part(house.node.get(LoadTables.class).findLoadable("r_building").orElseThrow(),
                CsvSource.of(SourceFile.look(file, null), ','));
        return house.node.get(Loader.class).load(new LoadRequest(List.of(part), LoadRequest.Mode.REPLACE,
                cn.jingshu.products.domain.load.SchemaDrift.Rule.GO_ON, 0.5, "housing"), LoadProgress.NONE);
    }

    private static RestCaller.Reply call(String district) throws Exception {
        return house.rest.get("/v1/buildings/list?district=" + java.net.URLEncoder.encode(district, java.nio.charset.StandardCharsets.UTF_8), key);
    }

    @Test
    @Order(1)
    void aTableIsDeclaredByItsProviderAndHoldsOnceTheBureauApproves() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(declare(merchant, id, BUILDING).status()).as("no officer of a provider").isEqualTo(403);
        Desk health = Desk.of(house.node, house.rest, "health-commission");
        assertThat(declare(health, id, BUILDING).status()).as("another's resource").isEqualTo(403);
        Desk.Answer declared = declare(housing, id, BUILDING);
        assertThat(declared.status()).as(declared.text()).isEqualTo(201);
        assertThat(declare(housing, id, BUILDING).status()).as("sent again").isEqualTo(200);
        assertThat(declare(housing, id, WITH_LIFTS).status()).as("the id is taken").isEqualTo(409);
        assertThat(loadable()).doesNotContain("r_building");
        assertThat(health.get("/api/resource-tables/" + id).status()).as("not theirs to see").isEqualTo(404);

        assertThat(decide(housing, id, true).status()).isEqualTo(403);
        Desk.Answer approved = decide(bureau, id, true);
        assertThat(approved.status()).as(approved.text()).isEqualTo(200);
        assertThat(approved.json().path("revision").asInt()).isEqualTo(1);
        assertThat(decide(bureau, id, true).status()).as("said again").isEqualTo(200);
        assertThat(decide(bureau, id, false).status()).isEqualTo(409);
        assertThat(loadable()).contains("r_building");
    }

    @Test
    @Order(2)
    void itIsLoadedHeldAgainstItsRulesAndSoldAsAQuery() throws Exception {
        Desk.Answer rules = housing.send("PUT", "/api/quality/r_building", """
                {"rules": [{"rule": "FILLED", "column": "finished_on", "atLeast": 0.1}], "weights": {}, "threshold": 50, "freshFor": null}
                """);
        LoadOutcome outcome = load("""
                building_code,district,floors,finished_on
                B1,东宝区,12,2001-05-01
                B2,东宝区,33,
                B3,掇刀区,6,1998-01-01
                B4,掇刀区,many,1998-01-01
                """);
        assertThat(outcome.toString()).as(rules.text()).contains("accepted=3", "rejected=1");
        assertThat(housing.get("/api/loads?table=r_building").json().path("loads").get(0).path("table").asText()).isEqualTo("r_building");

        Instant now = Instant.now();
        house.node.get(ProviderGrants.class).grant(ProviderGrants.ProviderGrant.given(UUID.randomUUID(), "A2.4.2", "buildings",
                Set.of("*"), now, now.plus(Duration.ofDays(300))), house.market.person("housing").id());
        UUID product = UUID.randomUUID();
        Map<String, Object> request = new HashMap<>();
        request.put("declaration", BUILDINGS);
        Desk.Answer written = merchant.send("PUT", "/api/declared-products/" + product, new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(request));
        assertThat(written.status()).as(written.text()).isEqualTo(201);
        Desk.Answer submitted = merchant.post("/api/declared-products/" + product + "/submission", null);
        assertThat(submitted.status()).as(submitted.text()).isEqualTo(200);
        Desk.Answer approved = bureau.post("/api/declared-products/" + product + "/approval", Map.of("citation", "test"));
        assertThat(approved.status()).as(approved.text()).isEqualTo(200);
        house.market.sell("buildings", 1, "buildings-use", List.of("A2.4.2"), "5", "2");
        Subscription subscription = house.market.subscribe("bank", "buildings", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        key = house.market.key(subscription);
        Until.holds(Duration.ofSeconds(10), () -> call("东宝区").status(), status -> status == 200);
        JsonNode rows = Desk.json(call("东宝区")).path("rows");
        assertThat(rows.findValuesAsText("buildingCode")).containsExactly("B1", "B2");
        assertThat(rows.findValuesAsText("floors")).containsExactly("12", "33");
    }

    @Test
    @Order(3)
    void aRevisionAddsColumnsAndTakesNothingAway() throws Exception {
        UUID less = UUID.randomUUID();
        Desk.Answer refused = declare(housing, less, BUILDING.replace("\"floors\", \"type\": \"INTEGER\"", "\"floors\", \"type\": \"TEXT\""));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("floors stays as it is");
        assertThat(declare(housing, UUID.randomUUID(), WITH_LIFTS.replace("\"required\": false, \"zh\": \"电梯数\"", "\"required\": true, \"zh\": \"电梯数\"")).text())
                .contains("lifts may be empty");
        assertThat(declare(housing, UUID.randomUUID(), BUILDING.replace("A2.4.2", "A2.4.3")).status()).as("the name is another resource's").isEqualTo(409);
        UUID more = UUID.randomUUID();
        assertThat(declare(housing, more, WITH_LIFTS).status()).isEqualTo(201);
        assertThat(decide(bureau, more, true).json().path("revision").asInt()).isEqualTo(2);
        assertThat(load("building_code,district,floors,finished_on,lifts\nB5,东宝区,7,,2\n").toString()).contains("accepted=1");
        assertThat(Desk.json(call("东宝区")).path("rows").findValuesAsText("buildingCode")).as("what was sold before reads on").containsExactly("B5");
    }

    @Test
    @Order(4)
    void twoRevisionsApprovedAtOnceFollowEachOther() throws Exception {
        UUID one = UUID.randomUUID();
        UUID other = UUID.randomUUID();
        assertThat(declare(housing, one, WITH_LIFTS.replace("lifts", "ramps")).status()).as("it drops lifts").isEqualTo(422);
        String a = WITH_LIFTS.replace("\"en\": \"lifts\"}", "\"en\": \"lifts\"}, {\"name\": \"ramps\", \"type\": \"INTEGER\", \"required\": false, \"zh\": \"坡道\", \"en\": \"ramps\"}");
        String b = WITH_LIFTS.replace("\"en\": \"lifts\"}", "\"en\": \"lifts\"}, {\"name\": \"doors\", \"type\": \"INTEGER\", \"required\": false, \"zh\": \"门\", \"en\": \"doors\"}");
        assertThat(declare(housing, one, a).status()).isEqualTo(201);
        assertThat(declare(housing, other, b).status()).isEqualTo(201);
        assertThat(decide(bureau, one, true).status()).isEqualTo(200);
        Desk.Answer second = decide(bureau, other, true);
        assertThat(second.status()).as("it knows nothing of ramps").isEqualTo(422);
        assertThat(second.text()).contains("ramps stays as it is");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.CsvSource(delimiter = '|', value = {
        "\"r_building\", \"resource\"|\"house\", \"resource\"|name",
        "r_building|r_building_by_district|name",
        "r_building|r_building_pkey|name",
        "\"name\": \"district\"|\"name\": \"xmin\"|columns[1].name",
        "\"name\": \"district\"|\"name\": \"a\\\"; DROP TABLE x; --\"|columns[1].name",
        "\"name\": \"district\"|\"name\": \"floors\"|columns",
        "\"type\": \"INTEGER\"|\"type\": \"INTEGER[]\"|columns[2].type",
        "\"key\": [\"building_code\"]|\"key\": []|key",
        "\"key\": [\"building_code\"]|\"key\": [\"finished_on\"]|key",
        "\"indexes\": [[\"district\"]]|\"indexes\": [[\"nothing\"]]|indexes[0]",
        "\"PLAIN\", \"protection\": \"PUBLIC\"|\"TOKEN\", \"protection\": \"PUBLIC\"|columns[1].protection",
        "\"PLAIN\", \"protection\": \"PUBLIC\"|\"PLAIN\", \"protection\": \"SENSITIVE_PERSONAL\"|columns[1].keeping",
        "\"zh\": \"区县\"|\"zh\": \"\"|columns[1].zh",
        "\"reason\"|\"ground\"|reason"})
    @Order(5)
    void whatIsWrongIsSaidWithItsPlace(String right, String wrong, String place) throws Exception {
        Desk.Answer answer = declare(housing, UUID.randomUUID(), BUILDING.replaceFirst(java.util.regex.Pattern.quote(right), java.util.regex.Matcher.quoteReplacement(wrong)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("violations").findValuesAsText("field")).contains(place);
    }

    @Test
    @Order(6)
    void aResourceAboutNobodyHasNoPersonalColumns() throws Exception {
        Desk.Answer answer = declare(housing, UUID.randomUUID(), BUILDING.replace("r_building", "r_owner")
                .replace("\"district\", \"type\": \"TEXT\", \"keeping\": \"PLAIN\", \"protection\": \"PUBLIC\"", "\"district\", \"type\": \"TEXT\", \"keeping\": \"TOKEN\", \"protection\": \"PERSONAL\""));
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.text()).contains("about nobody");
    }

    /** A2.4.6 are contracts of leases: who has one is a person, whatever the table calls the column. */
    @Test
    @Order(6)
    void aResourceAboutPeopleHasAColumnThatSaysSo() throws Exception {
        String leases = BUILDING.replace("r_building", "r_lease").replace("A2.4.2", "A2.4.6");
        Desk.Answer answer = declare(housing, UUID.randomUUID(), leases);
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.text()).contains("about people");
    }

    /** As if another version had taken it in: it is named, and keeps no other from being listed, loaded or read. */
    @Test
    @Order(7)
    void oneThatCannotBeReadIsNamedAndTheOthersAreThere() throws Exception {
        UUID id = UUID.randomUUID();
        house.node.get(Database.class).inTransaction(t -> t.change("""
                INSERT INTO market.resource_table (id, name, resource_id, definition, declared_by, declared_at, approved, revision, decided_by, decided_at, decision)
                SELECT ?, 'r_of_tomorrow', resource_id, '{"kind": "of tomorrow"}', declared_by, declared_at, true, 1, decided_by, decided_at, decision
                  FROM market.resource_table WHERE name = 'r_building' AND approved LIMIT 1
                """, id));
        Desk.Answer listed = bureau.get("/api/resource-tables");
        assertThat(listed.status()).isEqualTo(200);
        assertThat(listed.json().path("unreadable").findValuesAsText("name")).containsExactly("r_of_tomorrow");
        assertThat(listed.json().path("tables").findValuesAsText("name")).contains("r_building").doesNotContain("r_of_tomorrow");
        assertThat(house.node.get(TableDeclarations.class).list()).extracting(ResourceTable::name).contains("r_building").doesNotContain("r_of_tomorrow");
        assertThat(bureau.text("/resource-tables?lang=en")).contains("The table r_of_tomorrow was declared under another version");
        house.node.get(Database.class).inTransaction(t -> t.change("""
                INSERT INTO market.resource_table (id, name, resource_id, definition, declared_by, declared_at, approved, revision, decided_by, decided_at, decision)
                SELECT ?, name, resource_id, '{"kind": "of tomorrow"}', declared_by, declared_at, true, 99, decided_by, decided_at, decision
                  FROM market.resource_table WHERE name = 'r_building' AND approved LIMIT 1
                """, UUID.randomUUID()));
        assertThat(house.node.get(TableDeclarations.class).list()).extracting(ResourceTable::name).as("the revision before can be read").containsOnlyOnce("r_building");
    }

    @Test
    @Order(8)
    void whatWasDecidedStays() throws Exception {
        RunningNode.Postgres postgres = house.node.postgres();
        try (Connection connection = DriverManager.getConnection(postgres.url(), "postgres", postgres.ownerPassword()); Statement statement = connection.createStatement()) {
            for (String sql : List.of("UPDATE market.resource_table SET decision = 'x' WHERE approved", "DELETE FROM market.resource_table",
                    "UPDATE market.resource_table SET definition = '{}' WHERE NOT approved OR approved")) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOf(SQLException.class);
            }
        }
    }
}
