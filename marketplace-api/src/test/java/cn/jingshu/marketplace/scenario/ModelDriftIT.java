package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.store.Database;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who sees how far the inputs of models have moved. */
class ModelDriftIT {
    private static SharedNode house;
    private static String ofEcho;
    private static String ofLending;

    @BeforeAll
    static void open() throws Exception {
        house = SharedNode.get();
        ofEcho = moved("echo", 0.31);
        ofLending = moved("lending", 0.12);
    }

    private static String moved(String product, double index) {
        String model = "m-" + UUID.randomUUID();
        house.node.get(Database.class).inTransaction(t -> t.change("""
                INSERT INTO market.model_reference (product_code, model, input, bins, shares, origin, source, cases, until, stored_at)
                VALUES (?, ?, 'age', ARRAY['<40', '≥40'], ARRAY[0.5, 0.5], 'TRAINING', 'a file', 1000, NULL, now())
                """, product, model) + t.change("""
                INSERT INTO market.model_drift (product_code, model, input, day, cases, stability_index, reckoned_at) VALUES (?, ?, 'age', ?, 1200, ?, now())
                """, product, model, LocalDate.now(ZoneId.of("Asia/Shanghai")), index));
        return model;
    }

    private static List<String> models(JsonNode list) {
        List<String> models = new ArrayList<>();
        list.path("inputs").forEach(each -> models.add(each.path("model").asText()));
        return models;
    }

    private static Desk desk(String person) {
        return Desk.of(house.node, house.rest, person);
    }

    @Test
    void theBureauSeesAllAndAMerchantItsOwn() throws Exception {
        JsonNode all = desk("bureau").get("/api/model-drift").json();
        assertThat(models(all)).contains(ofEcho, ofLending);
        for (JsonNode each : all.path("inputs")) {
            if (each.path("model").asText().equals(ofEcho)) {
                assertThat(each.path("index").asDouble()).isEqualTo(0.31);
                assertThat(each.path("shift").asText()).isEqualTo("LARGE");
                assertThat(each.path("comparedWith").asText()).isEqualTo("TRAINING");
                assertThat(each.path("cases").asLong()).isEqualTo(1_200);
            }
        }
        String merchantOfEcho = house.node.get(Database.class).inTransaction(t -> t.list("""
                SELECT p.sign_in_name AS name FROM market.person p JOIN market.registration g ON g.merchant_id = p.organisation_id
                 WHERE g.product_code = 'echo' AND p.roles @> ARRAY['MERCHANT_OFFICER'] AND p.sign_in_name NOT LIKE 'new-%' LIMIT 1
                """, row -> row.text("name"))).getFirst();
        List<String> own = models(desk(merchantOfEcho).get("/api/model-drift").json());
        assertThat(own).contains(ofEcho);
        assertThat(own.contains(ofLending)).isEqualTo(house.node.get(Database.class).inTransaction(t -> t.list("""
                SELECT g.id FROM market.registration g JOIN market.registration e ON e.merchant_id = g.merchant_id AND e.product_code = 'echo'
                 WHERE g.product_code = 'lending'
                """, row -> row.uuid("id"))).size() > 0);
        assertThat(desk("app-studio").get("/api/model-drift").status()).isEqualTo(403);
        assertThat(house.rest.send("GET", "/api/model-drift", null, null).status()).isEqualTo(401);
    }

    @Test
    void thePageShowsTheIndexInBothLanguages() throws Exception {
        String zh = desk("bureau").text("/model-drift?lang=zh-CN");
        assertThat(zh).contains(ofEcho, "0.310", "明显偏移", "1,200");
        String en = desk("bureau").text("/model-drift?lang=en");
        assertThat(en).contains(ofEcho, "has moved far", "training data");
        assertThat(desk("app-studio").reply("/model-drift").status()).isEqualTo(403);
    }
}
