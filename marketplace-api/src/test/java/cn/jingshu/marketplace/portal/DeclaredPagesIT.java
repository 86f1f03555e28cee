package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.portal.PlainBrowser.Shown;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.scenario.Gates;
import cn.jingshu.marketplace.scenario.Market;
import cn.jingshu.marketplace.scenario.RestCaller;
import cn.jingshu.marketplace.scenario.SharedNode;
import cn.jingshu.marketplace.scenario.Sigmoid;
import cn.jingshu.marketplace.scenario.Until;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A merchant's officer declares a product page by page, without a script. */
class DeclaredPagesIT {
    private static SharedNode house;
    private static RunningNode node;
    private static Market market;
    private static HttpServer source;
    private static Server gates;

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    @BeforeAll
    static void openHouse() throws IOException {
        house = SharedNode.get();
        source = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        source.createContext("/", exchange -> {
            byte[] body = "{\"free\": 12}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        source.start();
        gates = Gates.start();
        // a node of its own: only here may a source be asked on this machine
        node = RunningNode.start(data.resolve("node"), Clock.systemUTC(), Map.of("jingshu.upstream.inner-hosts", "localhost"));
        market = new Market(node);
    }

    @AfterAll
    static void closeHouse() {
        node.close();
        source.stop(0);
        gates.shutdownNow();
    }

    /** What the form on the page would send, with what was typed over it. */
    private static Map<String, String> filled(Document page, Map<String, String> typed) {
        Map<String, String> fields = new LinkedHashMap<>();
        Element form = page.expectFirst("form[action=" + Links.DECLARE + "]");
        for (Element control : form.select("input[type=hidden], input[type=text], input[type=number], input[type=url]")) {
            fields.put(control.attr("name"), control.attr("value"));
        }
        form.select("textarea").forEach(area -> fields.put(area.attr("name"), area.wholeText()));
        form.select("select").forEach(select -> {
            Element chosen = select.selectFirst("option[selected]");
            fields.put(select.attr("name"), (chosen == null ? select.expectFirst("option") : chosen).attr("value"));
        });
        fields.putAll(typed);
        return fields;
    }

    private static Shown step(PlainBrowser browser, Shown page, Map<String, String> typed) throws IOException, InterruptedException {
        return browser.post(Links.DECLARE, filled(page.page(), typed));
    }

    @Test
    void theStepsMakeADraftThatNobodyElseSees() throws Exception {
        String code = "steps-" + ThreadLocalRandom.current().nextInt(1_000_000);
        try (PlainBrowser merchant = PlainBrowser.signedIn(house.node.httpPort(), "merchant2");
                PlainBrowser other = PlainBrowser.signedIn(house.node.httpPort(), "merchant")) {
            assertThat(merchant.get(Links.DECLARED).page().select("a[href=\"" + Links.declare("MODEL") + "\"]")).hasSize(1);
            Shown first = merchant.get(Links.declare("MODEL"));
            Shown second = step(merchant, first, Map.of("code", code, "nameZh", "需求", "nameEn", "Demand", "summaryZh", "停车需求。", "summaryEn",
                    "Demand.", "go", "next"));
            assertThat(second.status()).isEqualTo(200);
            Shown wider = step(merchant, second, Map.of("operation", "Estimate", "go", "parameter"));
            assertThat(wider.page().select("fieldset input[name=parameters-2-name]")).hasSize(1);
            Map<String, String> asked = new LinkedHashMap<>(Map.of("operationZh", "估计", "operationEn", "Estimates", "path", "estimate", "verb", "POST",
                    "parameters-0-name", "a", "parameters-0-type", "DOUBLE", "parameters-0-sensitivity", "PUBLIC", "parameters-0-zh", "甲",
                    "parameters-0-en", "a", "parameters-0-minimum", "-10"));
            asked.putAll(Map.of("parameters-0-maximum", "10", "parameters-0-required", "yes", "columns-0-name", "probability", "columns-0-type", "DOUBLE",
                    "columns-0-sensitivity", "PUBLIC", "columns-0-zh", "概率", "columns-0-en", "probability", "columns-0-example", "0.5", "go", "next"));
            Shown third = step(merchant, wider, asked);
            Shown back = step(merchant, third, Map.of("go", "back"));
            assertThat(back.page().expectFirst("input[name=parameters-0-name]").attr("value")).as("nothing is lost on the way back").isEqualTo("a");
            Map<String, String> how = new LinkedHashMap<>(Map.of("modelVersion", "1.0", "input", "x", "features", "a", "outputs", "probability: p",
                    "metrics", "AUC: 0.8: 2026年上半年留出样本", "intendedUse", "估计停车需求,供诱导使用。", "trainingData", "2025年停车记录,已去标识。"));
            how.putAll(Map.of("evaluationData", "2026年上半年留出样本。", "limits", "节假日误差较大,不用于处罚。", "author", "某公司", "licence", "自有",
                    "go", "next"));
            Shown fourth = step(merchant, step(merchant, back, Map.of("parameters-0-required", "yes", "go", "next")), how);
            assertThat(fourth.page().select("[role=alert]").text()).as("what is wrong").isEmpty();
            assertThat(fourth.page().expectFirst("textarea[name=declaration]").wholeText()).contains("\"code\" : \"" + code + "\"");
            Shown wrong = step(merchant, fourth, Map.of("declaration", "{}", "go", "save"));
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("[role=alert] code").eachText()).contains("code", "kind");
            Shown saved = step(merchant, fourth, Map.of("go", "save"));
            assertThat(saved.status()).isEqualTo(303);
            String place = saved.location().split("\\?", 2)[0];
            Shown draft = merchant.get(place);
            assertThat(draft.heading()).isEqualTo(code);
            assertThat(draft.page().select("[role=alert] code").eachText()).as("the model is missing still").contains("artefact");
            assertThat(draft.page().select("input[type=file]")).hasSize(1);
            Shown early = merchant.post(place + "/draft", Map.of("csrf", draft.page().expectFirst("input[name=csrf]").attr("value"), "go", "submit"));
            assertThat(early.status()).isEqualTo(422);
            assertThat(other.get(place).status()).isEqualTo(404);
            assertThat(other.get(Links.DECLARED).page().text()).doesNotContain(code);
            assertThat(List.of(403, 404)).contains(merchant.post(place + "/decision", Map.of("csrf",
                    draft.page().expectFirst("input[name=csrf]").attr("value"), "decision", "APPROVED", "ground", "mine")).status());
        }
    }

    /** What is typed on the pages for one kind of product, and how it is called then. */
    private record Typed(String code, Map<String, String> asked, Map<String, String> how, String resources, String path, String body, String answered) {}

    private static Typed typed(DeclaredKind kind, int port) {
        Map<String, String> op = new LinkedHashMap<>(Map.of("operationZh", "查", "operationEn", "Looks up", "parameters-0-sensitivity", "PUBLIC",
                "parameters-0-zh", "甲", "parameters-0-en", "a", "parameters-0-example", "1", "columns-0-sensitivity", "INTERNAL", "columns-0-zh", "乙",
                "columns-0-en", "b", "columns-0-example", "1"));
        return switch (kind) {
            case SQL -> {
                op.putAll(Map.of("operation", "ListHouses", "path", "houses", "verb", "GET", "meter", "ROW", "parameters-0-name", "least_area",
                        "parameters-0-type", "DECIMAL", "columns-0-name", "unit_code", "columns-0-type", "STRING", "columns-0-resources", "A2.4.1"));
                yield new Typed("house-pages", op, Map.of("query", "SELECT unit_code FROM house WHERE area_m2 >= coalesce(:least_area, 0)", "tables",
                        "house: unit_code, area_m2", "keyColumns", "unit_code", "download", "yes"), "A2.4.1", "/v1/house-pages/houses?pageSize=2", "", "unitCode");
            }
            case MODEL -> {
                op.putAll(Map.of("operation", "Estimate", "path", "estimate", "verb", "POST", "parameters-0-name", "a", "parameters-0-type", "DOUBLE",
                        "parameters-0-minimum", "-10", "parameters-0-maximum", "10", "parameters-0-required", "yes", "columns-0-name", "probability",
                        "columns-0-type", "DOUBLE"));
                op.putAll(Map.of("columns-0-sensitivity", "PUBLIC"));
                Map<String, String> how = new LinkedHashMap<>(Map.of("modelVersion", "1.0", "input", "x", "features", "a", "outputs", "probability: p",
                        "metrics", "AUC: 0.8: 2026年上半年留出样本", "intendedUse", "估计停车需求,供诱导使用。", "trainingData", "2025年停车记录,已去标识。"));
                how.putAll(Map.of("evaluationData", "2026年上半年留出样本。", "limits", "节假日误差较大,不用于处罚。", "author", "某公司", "licence", "自有"));
                yield new Typed("demand-pages", op, how, "", "/v1/demand-pages/estimate", "{\"a\": 0}", "\"probability\":0.5");
            }
            case UPSTREAM -> {
                op.putAll(Map.of("operation", "GetLot", "path", "lots/{lot_id}", "verb", "GET", "parameters-0-name", "lot_id", "parameters-0-type", "STRING",
                        "parameters-0-required", "yes", "columns-0-name", "free", "columns-0-type", "INT32"));
                op.putAll(Map.of("columns-0-sensitivity", "PUBLIC"));
                yield new Typed("lot-pages", op, Map.of("baseUrl", "http://localhost:" + port, "operationId", "lot", "openapi", """
                        {"openapi": "3.1.0", "paths": {"/lots/{lot_id}": {"get": {"operationId": "lot",
                          "parameters": [{"name": "lot_id", "in": "path", "required": true}],
                          "responses": {"200": {"content": {"application/json": {"schema": {"properties": {"free": {"type": "integer"}}}}}}}}}}}
                        """), "", "/v1/lot-pages/lots/7", "", "\"free\":12");
            }
        };
    }

    private static String csrf(Shown page) {
        return page.page().expectFirst("input[name=csrf]").attr("value");
    }

    @ParameterizedTest
    @EnumSource(DeclaredKind.class)
    void aProductOfEachKindGoesFromTheFirstPageToAnAnsweredCall(DeclaredKind kind) throws Exception {
        Typed typed = typed(kind, source.getAddress().getPort());
        try (PlainBrowser merchant = PlainBrowser.signedIn(node.httpPort(), "merchant2");
                PlainBrowser bureau = PlainBrowser.signedIn(node.httpPort(), "bureau");
                RestCaller rest = new RestCaller(node.httpPort())) {
            Shown second = step(merchant, merchant.get(Links.declare(kind.name())), Map.of("code", typed.code(), "nameZh", "逐页", "nameEn", "By pages",
                    "summaryZh", "逐页申报。", "summaryEn", "Declared by pages.", "resources", typed.resources(), "go", "next"));
            Map<String, String> asked = new LinkedHashMap<>(typed.asked());
            asked.put("go", "next");
            Shown third = step(merchant, second, asked);
            Map<String, String> how = new LinkedHashMap<>(typed.how());
            how.put("go", "next");
            Shown fourth = step(merchant, third, how);
            assertThat(fourth.page().select("[role=alert]").text()).as("what is wrong").isEmpty();
            Shown again = step(merchant, step(merchant, fourth, Map.of("go", "back")), kind == DeclaredKind.SQL ? Map.of("download", "yes", "go", "next")
                    : Map.of("go", "next"));
            assertThat(again.page().expectFirst("textarea[name=declaration]").wholeText()).as("nothing is lost on the way back and forth")
                    .isEqualTo(fourth.page().expectFirst("textarea[name=declaration]").wholeText());
            Shown saved = step(merchant, again, Map.of("go", "save"));
            assertThat(saved.status()).as(saved.page().select("[role=alert]").text()).isEqualTo(303);
            String place = saved.location().split("\\?", 2)[0];
            if (kind == DeclaredKind.MODEL) {
                Shown broken = merchant.upload(place + "/file", csrf(merchant.get(place)), "model.onnx", new byte[] {1, 2, 3});
                assertThat(broken.status()).as("a file that is no model").isEqualTo(422);
                Shown kept = merchant.upload(place + "/file", csrf(merchant.get(place)), "model.onnx", Sigmoid.onnx());
                assertThat(kept.status()).as(kept.page().select("[role=alert]").text()).isEqualTo(303);
            }
            Instant now = Instant.now();
            if (!typed.resources().isEmpty()) {
                node.get(ProviderGrants.class).grant(ProviderGrants.ProviderGrant.given(UUID.randomUUID(), typed.resources(), typed.code(), Set.of("*"), now,
                        now.plus(Duration.ofDays(300))), market.person("housing").id());
            }
            Shown submitted = merchant.post(place + "/draft", Map.of("csrf", csrf(merchant.get(place)), "go", "submit"));
            assertThat(submitted.status()).as(submitted.page().select("[role=alert]").text()).isEqualTo(303);
            Shown approved = bureau.post(place + "/decision", Map.of("csrf", csrf(bureau.get(place)), "decision", "APPROVED", "ground", "会议纪要 1 号"));
            assertThat(approved.status()).as(approved.page().select("[role=alert]").text()).isEqualTo(303);
            market.sell(typed.code(), 1, typed.code() + "-use", typed.resources().isEmpty() ? List.of() : List.of(typed.resources()), "5", "2");
            String key = market.key(market.subscribe("bank", typed.code(), Purpose.INDUSTRY, 1_000, Market.WIDE));
            RestCaller.Reply reply = Until.holds(Duration.ofSeconds(10), () -> typed.body().isEmpty() ? rest.get(typed.path(), key)
                    : rest.post(typed.path(), key, typed.body(), "Content-Type", "application/json"), each -> each.status() == 200);
            assertThat(reply.text()).contains(typed.answered());
        }
    }

    @Test
    void aServiceThatSpeaksGrpcBringsItsOperationsInItsDescriptorSet() throws Exception {
        try (PlainBrowser merchant = PlainBrowser.signedIn(node.httpPort(), "merchant2");
                PlainBrowser bureau = PlainBrowser.signedIn(node.httpPort(), "bureau");
                RestCaller rest = new RestCaller(node.httpPort())) {
            Shown first = merchant.get(Links.declare("UPSTREAM"));
            Shown third = step(merchant, first, Map.of("code", "gates", "nameZh", "闸机", "nameEn", "Gates", "summaryZh", "闸机计数。",
                    "summaryEn", "Counts at gates.", "source", "GRPC", "go", "next"));
            assertThat(third.page().select("textarea[name=descriptorSet]")).as("nothing is asked twice").hasSize(1);
            assertThat(third.page().select("textarea[name=openapi], button[value=operation]")).isEmpty();
            Shown back = step(merchant, third, Map.of("go", "back"));
            assertThat(back.page().expectFirst("select[name=source] option[selected]").attr("value")).isEqualTo("GRPC");
            // as the command line breaks its lines
            String set = Base64.getMimeEncoder().encodeToString(Gates.contract().toByteArray());
            Shown wrong = step(merchant, step(merchant, back, Map.of("go", "next")), Map.of("target", "grpc://localhost:" + gates.getPort(), "descriptorSet",
                    "AAAA", "go", "next"));
            assertThat(wrong.page().select("[role=alert] code").eachText()).contains("upstream.grpc.descriptorSet");
            Shown fourth = step(merchant, step(merchant, wrong, Map.of("go", "back")), Map.of("descriptorSet", set, "go", "next"));
            assertThat(fourth.page().select("[role=alert]").text()).isEmpty();
            Shown saved = step(merchant, fourth, Map.of("go", "save"));
            assertThat(saved.status()).as(saved.page().select("[role=alert]").text()).isEqualTo(303);
            String place = saved.location().split("\\?", 2)[0];
            assertThat(merchant.post(place + "/draft", Map.of("csrf", csrf(merchant.get(place)), "go", "submit")).status()).isEqualTo(303);
            assertThat(bureau.post(place + "/decision", Map.of("csrf", csrf(bureau.get(place)), "decision", "APPROVED", "ground", "会议纪要 2 号")).status())
                    .isEqualTo(303);
            market.sell("gates", 1, "gates-use", List.of(), "5", "2");
            String key = market.key(market.subscribe("bank", "gates", Purpose.INDUSTRY, 1_000, Market.WIDE));
            RestCaller.Reply reply = Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/gates/gates/7", key), each -> each.status() == 200);
            assertThat(reply.text()).contains("\"passed\":\"42\"");
        }
    }

    @Test
    void aProductHasAsManyOperationsAsAreTyped() throws Exception {
        Typed typed = typed(DeclaredKind.UPSTREAM, source.getAddress().getPort());
        try (PlainBrowser merchant = PlainBrowser.signedIn(node.httpPort(), "merchant2")) {
            Shown second = step(merchant, merchant.get(Links.declare("UPSTREAM")), Map.of("code", "two-pages", "nameZh", "逐页", "nameEn", "By pages",
                    "summaryZh", "逐页申报。", "summaryEn", "Declared by pages.", "go", "next"));
            Map<String, String> asked = new LinkedHashMap<>(typed.asked());
            asked.put("go", "next");
            Map<String, String> how = new LinkedHashMap<>(typed.how());
            how.put("go", "operation");
            Shown again = step(merchant, step(merchant, second, asked), how);
            assertThat(again.page().text()).as("what is typed already is named").contains("GetLot");
            assertThat(again.page().expectFirst("input[name=operation]").attr("value")).as("the next begins empty").isEmpty();
            asked.put("operation", "GetPlaces");
            asked.put("path", "places/{lot_id}");
            Shown third = step(merchant, again, asked);
            assertThat(third.page().expectFirst("input[name=baseUrl]").attr("value")).as("what is the source's is kept").isEqualTo(typed.how().get("baseUrl"));
            assertThat(third.page().expectFirst("input[name=operationId]").attr("value")).isEmpty();
            Shown fourth = step(merchant, third, Map.of("operationId", "lot", "go", "next"));
            assertThat(fourth.page().select("[role=alert]").text()).isEmpty();
            JsonNode declared = new ObjectMapper().readTree(fourth.page().expectFirst("textarea[name=declaration]").wholeText());
            assertThat(declared.path("operations").findValuesAsText("name")).contains("GetLot", "GetPlaces");
            assertThat(declared.path("operations")).hasSize(2).allSatisfy(each -> assertThat(each.path("upstream").path("operationId").asText()).isEqualTo("lot"));
            Shown saved = step(merchant, fourth, Map.of("go", "save"));
            assertThat(saved.status()).as(saved.page().select("[role=alert]").text()).isEqualTo(303);
            Map<String, String> forged = filled(again.page(), Map.of("finished", "no JSON", "operation", "", "step", "3", "go", "next"));
            assertThat(merchant.post(Links.DECLARE, forged).page().select("[role=alert]").text()).as("found wrong, and not lost").isNotEmpty();
        }
    }
}
