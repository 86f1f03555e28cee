package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.declared.DeclaredProducts;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.v1.ContractOptionsProto;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.kind.Kind;
import cn.jingshu.products.kind.upstream.UpstreamSettings;
import cn.jingshu.products.sandbox.TestSubject;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DynamicMessage;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A merchant declares products of every kind, has them approved, sells them for a month and finds the revenue in the settlement. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NinthProductIT {
    private static final YearMonth JANUARY = YearMonth.of(2027, 1);
    private static final String SIGMOID = Base64.getEncoder().encodeToString(Sigmoid.onnx());
    private static final String FORM = "application/x-www-form-urlencoded";

    /** What a unit of each product costs, tax included. */
    private static final int FEN = 2;

    private static final String HOUSES = """
            {"code": "house-stock", "version": 1, "kind": "sql", "nameZh": "房屋存量", "nameEn": "Housing stock", "summaryZh": "按区列出房屋。",
             "summaryEn": "Houses of a district.", "resources": ["A2.4.1"],
             "operations": [{"name": "ListHouses", "path": "houses", "meter": "ROW", "summaryZh": "列出房屋", "summaryEn": "Lists houses",
               "parameters": [{"name": "least_area", "type": "DECIMAL", "sensitivity": "PUBLIC", "docZh": "最小面积", "docEn": "least area", "unit": "m2", "example": "1"}],
               "columns": [
                 {"name": "unit_code", "type": "STRING", "sensitivity": "INTERNAL", "docZh": "单元代码", "docEn": "unit code", "resources": ["A2.4.1"]},
                 {"name": "area_m2", "type": "DECIMAL", "sensitivity": "INTERNAL", "docZh": "面积", "docEn": "area", "unit": "m2", "resources": ["A2.4.1"]}],
               "sql": {"query": "SELECT unit_code, area_m2 FROM house WHERE area_m2 >= coalesce(:least_area, 0)", "key": ["unit_code"], "download": true}}],
             "sql": {"tables": {"house": ["unit_code", "area_m2"]}}}
            """;
    private static final String DEMAND = """
            {"code": "demand", "version": 1, "kind": "model", "nameZh": "需求", "nameEn": "Demand", "summaryZh": "停车需求。", "summaryEn": "Demand for parking.",
             "operations": [{"name": "Estimate", "verb": "POST", "path": "estimate", "summaryZh": "估计", "summaryEn": "Estimates",
               "parameters": [{"name": "a", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "甲", "docEn": "a", "required": true, "minimum": -10, "maximum": 10},
                 {"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id"}],
               "columns": [{"name": "probability", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "概率", "docEn": "probability", "example": "0.5",
                 "referExample": "0.9"}],
               "model": {"input": "x", "features": ["a"], "outputs": {"probability": {"name": "p"}}}}],
             "model": {"modelVersion": "1.0", "metrics": [{"name": "AUC", "value": 0.81, "dataset": "2026年上半年留出样本"}],
               "card": {"intendedUse": "估计停车需求,供诱导使用。", "trainingData": "2025年停车记录,已去标识。", "evaluationData": "2026年上半年留出样本。",
                        "limits": "节假日误差较大,不用于处罚。", "author": "某公司", "licence": "自有"}}}
            """;
    @SuppressWarnings("InlineFormatString") // beside the other declarations
    private static final String OCCUPANCY = """
            {"code": "occupancy", "version": 1, "kind": "upstream", "nameZh": "车位", "nameEn": "Places", "summaryZh": "实时车位。", "summaryEn": "Free places.",
             "operations": [{"name": "GetLot", "path": "lots/{lot_id}", "summaryZh": "查", "summaryEn": "Looks up",
                "parameters": [{"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "required": true, "example": "L7"}],
                "columns": [{"name": "free", "type": "INT32", "sensitivity": "PUBLIC", "docZh": "空", "docEn": "free", "example": "3", "referExample": "0"}],
                "upstream": {"operationId": "lot"}}],
             "upstream": {"http": {"baseUrl": "http://localhost:%d", "openapi": {"openapi": "3.1.0", "paths": {"/lots/{lot_id}": {"get": {"operationId": "lot",
                "parameters": [{"name": "lot_id", "in": "path", "required": true}],
                "responses": {"200": {"content": {"application/json": {"schema": {"properties": {"free": {"type": "integer"}}}}}}}}}}}}}}
            """;

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path data;

    private static ShiftedClock clock;
    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static GrpcCaller grpc;
    private static UsageRecords usage;
    private static HttpServer http;
    private static Server gates;
    private static Desk merchant;
    private static Desk bureau;
    private static final AtomicInteger httpCalls = new AtomicInteger();
    private static volatile int httpStatus = 200;
    private static volatile String httpBody = "{\"free\": 12, \"owner\": \"somebody\"}";
    private static final Map<String, UUID> IDS = new LinkedHashMap<>();
    private static final Map<String, UUID> SUBSCRIPTIONS = new HashMap<>();
    private static final Map<String, String> KEYS = new HashMap<>();

    @BeforeAll
    static void openTheMarket() throws Exception {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        http.createContext("/", exchange -> {
            httpCalls.incrementAndGet();
            byte[] body = httpBody.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(httpStatus, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.start();
        gates = Gates.start();
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of("jingshu.upstream.inner-hosts", "localhost",
                "jingshu.limits.answer-timeout", "10s"));
        market = new Market(node);
        rest = new RestCaller(node.httpPort());
        grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class));
        usage = new UsageRecords(node);
        merchant = Desk.of(node, rest, "merchant2");
        bureau = Desk.of(node, rest, "bureau");
    }

    @AfterAll
    static void closeTheMarket() throws Exception {
        grpc.close();
        rest.close();
        node.close();
        http.stop(0);
        gates.shutdownNow();
    }

    private static Map<String, Object> request(String declaration, @Nullable String artefact) {
        Map<String, Object> request = new HashMap<>();
        request.put("declaration", declaration);
        request.put("artefact", artefact);
        return request;
    }

    private static String json(Map<String, Object> request) throws IOException {
        return new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(request);
    }

    private static Desk.Answer write(UUID id, String declaration, @Nullable String artefact) throws Exception {
        return merchant.send("PUT", "/api/declared-products/" + id, json(request(declaration, artefact)));
    }

    /** Written, submitted and approved through the management interface. */
    private static UUID declare(String declaration, @Nullable String artefact) throws Exception {
        UUID id = UUID.randomUUID();
        Desk.Answer written = write(id, declaration, artefact);
        assertThat(written.status()).as(written.text()).isEqualTo(201);
        Desk.Answer submitted = merchant.post("/api/declared-products/" + id + "/submission", null);
        assertThat(submitted.status()).as(submitted.text()).isEqualTo(200);
        Desk.Answer approved = bureau.post("/api/declared-products/" + id + "/approval", Map.of("citation", "test"));
        assertThat(approved.status()).as(approved.text()).isEqualTo(200);
        assertThat(approved.json().path("status").asText()).isEqualTo("APPROVED");
        return id;
    }

    /** Registered, passed, priced, shared, offered, ordered and given a key: over the interface and the pages that people use, and nothing else. */
    private static void sell(String code, String declaration, @Nullable String artefact, List<String> resources) throws Exception {
        IDS.put(code, declare(declaration, artefact));
        Desk operator = Desk.of(node, rest, "operator");
        Desk bank = Desk.of(node, rest, "bank");
        Instant now = clock.instant();
        String ours = market.person("merchant2").organisationId().toString();
        String theirs = market.person("operator").organisationId().toString();

        String registration = "/api/registrations/" + UUID.randomUUID();
        entered(operator, registration, Map.of("product", code, "productVersion", 1, "nameZh", code, "nameEn", code,
                "registrationCode", ("6" + code.toUpperCase(Locale.ROOT).replace("-", "") + "0".repeat(31)).substring(0, 32),
                "validFrom", now.toString(), "validTo", now.plus(Duration.ofDays(300)).toString(), "operatorId", theirs, "merchantId", ours,
                "resources", resources));
        done(bureau.post(registration + "/approval", null));

        String scenario = "/api/scenarios/" + UUID.randomUUID();
        entered(operator, scenario, Map.of("code", code + "-use", "nameZh", "测试", "nameEn", "Test", "description", "test", "source", "TOP_DOWN",
                "stage", "PILOT", "products", List.of(code), "purposes", List.of("INDUSTRY"), "startsAt", now.toString(), "endsAt",
                now.plus(Duration.ofDays(300)).toString()));
        done(bureau.post(scenario + "/approval", Map.of("citation", "test")));

        Instant from = clock.instant().plusSeconds(2);
        signed(bureau, "/api/price-proposals/" + UUID.randomUUID(), "/signature", Desk.of(node, rest, "price"), Map.of("kind", "CEILING",
                "product", code, "fenPerUnit", "5", "effectiveFrom", from.toString(), "citation", "test"));
        signed(operator, "/api/price-proposals/" + UUID.randomUUID(), "/signature", bureau, Map.of("kind", "PRICE", "product", code,
                "purpose", "INDUSTRY", "fenPerUnit", Integer.toString(FEN), "effectiveFrom", from.toString(), "citation", "test"));
        signed(operator, "/api/share-proposals/" + UUID.randomUUID(), "/approval", bureau, Map.of("product", code, "from", JANUARY.toString(),
                "operator", theirs, "source", "test", "parties", List.of(Map.of("party", theirs, "weight", "2"), Map.of("party", ours, "weight", "1"))));

        UUID plan = UUID.randomUUID();
        entered(operator, "/api/plans/" + plan, Map.of("code", code + "-standard", "product", code, "productVersion", 1, "purpose", "INDUSTRY",
                "nameZh", "测试", "nameEn", "Test", "monthlyQuotaUnits", 1_000_000, "rateCapacity", 1_000_000, "ratePeriodMillis", 1_000));
        UUID order = UUID.randomUUID();
        entered(bank, "/api/subscriptions/" + order, Map.of("planId", plan.toString(), "statement", "测试用途"));
        assertThat(bank.get("/api/subscriptions/" + order).json().path("status").asText()).isEqualTo("ACTIVE");
        SUBSCRIPTIONS.put(code, order);
        KEYS.put(code, issued(bank, order, "live"));
    }

    private static void entered(Desk who, String path, Map<String, Object> body) throws Exception {
        Desk.Answer answer = who.send("PUT", path, json(body));
        assertThat(answer.status()).as(path + " " + answer.text()).isEqualTo(201);
    }

    private static void done(Desk.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    /** Entered by one and signed by another, who says what was read. */
    private static void signed(Desk who, String path, String step, Desk signer, Map<String, Object> body) throws Exception {
        entered(who, path, body);
        done(signer.send("POST", path + step, json(Map.of("citation", "test")), "If-Match", signer.get(path).etag()));
    }

    /** A key as the page of a subscription gives it, once. */
    private static String issued(Desk bank, UUID subscription, String kind) throws Exception {
        String path = "/subscriptions/" + subscription + "/keys";
        RestCaller.Reply page = bank.form(path, FORM, "csrf=" + csrf(bank.text(path)) + "&keyId=" + UUID.randomUUID() + "&kind=" + kind);
        assertThat(page.status()).as(page.text()).isEqualTo(200);
        Matcher key = Pattern.compile("js_" + kind + "_[0-9A-Za-z]{30,}").matcher(page.text());
        assertThat(key.find()).as(page.text()).isTrue();
        return key.group();
    }

    private static String csrf(String page) {
        return page.replaceFirst("(?s).*name=\"csrf\" value=\"([^\"]+)\".*", "$1");
    }

    private static String key(String code) {
        return java.util.Objects.requireNonNull(KEYS.get(code));
    }

    private static RestCaller.Reply call(String code, String verb, String path, @Nullable String body) throws Exception {
        return rest.send(verb, path, key(code), body == null ? null : HttpRequest.BodyPublishers.ofString(body), "Content-Type", "application/json");
    }

    private static void answers(String code, String verb, String path, @Nullable String body) throws Exception {
        Until.holds(Duration.ofSeconds(10), () -> call(code, verb, path, body).status(), status -> status == 200);
    }

    @Test
    @Order(1)
    void aQueryIsDeclaredGrantedApprovedAndAnsweredWithinASecond() throws Exception {
        Instant now = clock.instant();
        node.get(ProviderGrants.class).grant(ProviderGrants.ProviderGrant.given(UUID.randomUUID(), "A2.4.1", "house-stock", Set.of("*"), now,
                now.plus(Duration.ofDays(300))), market.person("housing").id());
        sell("house-stock", HOUSES, null, List.of("A2.4.1"));
        answers("house-stock", "GET", "/v1/house-stock/houses?pageSize=3", null);
        JsonNode page = Desk.json(call("house-stock", "GET", "/v1/house-stock/houses?pageSize=3", null));
        assertThat(page.path("rows")).hasSize(3);
        assertThat(page.path("nextPageToken").asText()).isNotEmpty();
        assertThat(rest.get("/v1/house-stock/houses/download", key("house-stock")).header("Content-Type")).startsWith("text/csv");
    }

    @Test
    @Order(2)
    void aModelIsDeclaredWithItsCardApprovedAndAnswered() throws Exception {
        sell("demand", DEMAND, SIGMOID, List.of());
        answers("demand", "POST", "/v1/demand/estimate", "{\"a\": 0}");
        JsonNode answer = Desk.json(call("demand", "POST", "/v1/demand/estimate", "{\"a\": 0}"));
        assertThat(answer.path("probability").asDouble()).isEqualTo(0.5);
        assertThat(answer.path("modelVersion").asText()).startsWith("1.0 sha256:");
    }

    @Test
    @Order(3)
    void aServiceOfTheMerchantsOwnIsDeclaredOverHttpAndOverGrpc() throws Exception {
        sell("occupancy", OCCUPANCY.formatted(http.getAddress().getPort()), null, List.of());
        answers("occupancy", "GET", "/v1/occupancy/lots/L7", null);
        RestCaller.Reply lot = call("occupancy", "GET", "/v1/occupancy/lots/L7", null);
        assertThat(Desk.json(lot).path("free").asInt()).isEqualTo(12);
        assertThat(lot.text()).doesNotContain("somebody");

        String declared = """
                {"code": "gates", "version": 1, "kind": "upstream", "nameZh": "闸机", "nameEn": "Gates", "summaryZh": "闸机计数。", "summaryEn": "Counts at gates.",
                 "upstream": {"grpc": {"target": "grpc://localhost:%d", "descriptorSet": "%s"}}}
                """.formatted(gates.getPort(), Base64.getEncoder().encodeToString(Gates.contract().toByteArray()));
        sell("gates", declared, null, List.of());
        answers("gates", "GET", "/v1/gates/gates/7", null);
        assertThat(Desk.json(call("gates", "GET", "/v1/gates/gates/7", null)).path("passed").asText()).isEqualTo("42");
        RestCaller.Reply unknown = call("gates", "GET", "/v1/gates/gates/8", null);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.text()).doesNotContain("secret of the source");
    }

    @Test
    @Order(4)
    void everyOneIsCalledOverGrpcWithReflection() throws Exception {
        for (String name : List.of("jingshu.declared.house_stock.v1.HouseStockService/ListHouses", "jingshu.declared.demand.v1.DemandService/Estimate",
                "jingshu.declared.occupancy.v1.OccupancyService/GetLot", "jingshu.declared.gates.v1.GatesService/CountGate")) {
            ContractMethod method = grpc.method(name);
            DynamicMessage.Builder request = DynamicMessage.newBuilder(method.request());
            set(request, "a", 1.0);
            set(request, "lot_id", "L7");
            set(request, "gate_id", "7");
            set(request, "page_size", 2);
            GrpcCaller.Reply reply = grpc.call(name, request.build(), key(method.product()));
            assertThat(reply.code()).as(name + " " + reply.failure()).isEqualTo(Status.Code.OK);
            assertThat(reply.answer().getUnknownFields().asMap()).isEmpty();
            UsageRecords.Recorded used = usage.one(reply.requestId());
            assertThat(used.product()).isEqualTo(method.product());
            assertThat(used.operation()).isEqualTo(method.name());
            assertThat(used.subscriptionId()).isEqualTo(SUBSCRIPTIONS.get(method.product()));
            assertThat(used.quantity()).as(name).isEqualTo(method.product().equals("house-stock") ? 2 : 1);
            assertThat(used.outcome()).isEqualTo("ANSWERED");
            assertThat(used.protocol()).isEqualTo("GRPC");
        }
        assertThat(reflected()).contains("jingshu.declared.house_stock.v1.HouseStockService", "jingshu.declared.demand.v1.DemandService",
                "jingshu.declared.occupancy.v1.OccupancyService", "jingshu.declared.gates.v1.GatesService", "jingshu.echo.v1.EchoService");
    }

    private static void set(DynamicMessage.Builder request, String field, Object value) {
        var descriptor = request.getDescriptorForType().findFieldByName(field);
        if (descriptor != null) {
            request.setField(descriptor, value);
        }
    }

    private static List<String> reflected() throws InterruptedException {
        BlockingQueue<List<String>> answers = new LinkedBlockingQueue<>();
        StreamObserver<ServerReflectionRequest> asking = ServerReflectionGrpc.newStub(grpc.channel()).serverReflectionInfo(new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionResponse response) {
                answers.add(response.getListServicesResponse().getServiceList().stream().map(each -> each.getName()).toList());
            }

            @Override
            public void onError(Throwable failure) {
                answers.add(List.of(failure.toString()));
            }

            @Override
            public void onCompleted() {
                // the answer came before
            }
        });
        asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> names = answers.poll(10, TimeUnit.SECONDS);
        asking.onCompleted();
        return names == null ? List.of() : names;
    }

    @Test
    @Order(5)
    void theyHavePagesAnOpenApiDocumentAFormAndASandbox() throws Exception {
        for (String code : IDS.keySet()) {
            RestCaller.Reply page = rest.get("/products/" + code, null);
            assertThat(page.status()).as(code).isEqualTo(200);
            assertThat(page.text()).contains("/v1/" + code + "/");
            assertThat(rest.get("/products/" + code + "/openapi.json", null).text()).contains("\"/v1/" + code + "/");
            Desk bank = Desk.of(node, rest, "bank");
            String test = issued(bank, java.util.Objects.requireNonNull(SUBSCRIPTIONS.get(code)), "test");
            String path = switch (code) {
                case "house-stock" -> "/v1/house-stock/houses";
                case "occupancy" -> "/v1/occupancy/lots/L7";
                case "gates" -> "/v1/gates/gates/7";
                default -> "/v1/demand/estimate";
            };
            Until.holds(Duration.ofSeconds(10), () -> code.equals("demand")
                    ? rest.post(path, test, "{\"a\": 3}", "Content-Type", "application/json").status() : rest.get(path, test).status(), status -> status == 200);
            isTried(bank, code, test);
        }
        assertThat(rest.get("/openapi.json", null).text()).contains("jingshu.declared.house_stock.v1.HouseStockService/ListHouses");
    }

    /** The form of the product's page asks for each parameter of the contract, and shows what the sandbox answers. */
    private static void isTried(Desk bank, String code, String test) throws Exception {
        String form = bank.text("/products/" + code);
        String operation = switch (code) {
            case "house-stock" -> "ListHouses";
            case "occupancy" -> "GetLot";
            case "gates" -> "CountGate";
            default -> "Estimate";
        };
        Map<String, String> inputs = switch (code) {
            case "house-stock" -> Map.of("leastArea", "1");
            case "occupancy" -> Map.of("lotId", "L7");
            case "gates" -> Map.of("gateId", "7");
            default -> Map.of("body", "{\"a\": 3}");
        };
        String answered = switch (code) {
            case "house-stock" -> "unitCode";
            case "occupancy" -> "free";
            case "gates" -> "passed";
            default -> "probability";
        };
        StringBuilder sent = new StringBuilder("csrf=" + csrf(form) + "&operation=" + operation + "&key=" + test);
        for (Map.Entry<String, String> input : inputs.entrySet()) {
            assertThat(form).as(code).contains("name=\"in." + input.getKey() + "\"");
            sent.append("&in.").append(input.getKey()).append('=').append(URLEncoder.encode(input.getValue(), StandardCharsets.UTF_8));
        }
        RestCaller.Reply tried = bank.form("/products/" + code + "/try", FORM, sent.toString());
        assertThat(tried.status()).as(code).isEqualTo(200);
        String answer = tried.text().substring(tried.text().indexOf("try-answer"));
        assertThat(answer).as(code).contains(">200<", "/v1/" + code + "/", answered);
        RestCaller.Reply nothing = bank.form("/products/" + code + "/try", FORM, "csrf=" + csrf(form) + "&operation=" + operation + "&key=js_test_x");
        assertThat(nothing.text()).as("a key that is none").doesNotContain("try-answer");
    }

    /** One declared product of a kind as its sandbox is asked over both edges; what it answers is in {@code column}. */
    private record Asked(String code, String verb, String path, String method, String field, String column, String usual, String referred) {
        RestCaller.Reply rest(String key, TestSubject subject) throws Exception {
            String id = subject.enterprise().code();
            return rest.send(verb, path.replace("{}", id), key, verb.equals("GET") ? null
                    : HttpRequest.BodyPublishers.ofString("{\"a\": 0, \"lotId\": \"" + id + "\"}"), "Content-Type", "application/json");
        }

        GrpcCaller.Reply grpc(String key, TestSubject subject) {
            DynamicMessage.Builder request = DynamicMessage.newBuilder(grpc.method(method).request());
            set(request, "a", 0.0);
            set(request, field, subject.enterprise().code());
            return grpc.call(method, request.build(), key);
        }
    }

    @Test
    @Order(6)
    void theDocumentedTestSubjectsEndAlikeOverBothEdges() throws Exception {
        List<Asked> all = List.of(
                new Asked("demand", "POST", "/v1/demand/estimate", "jingshu.declared.demand.v1.DemandService/Estimate", "lot_id", "probability", "0.5", "0.9"),
                new Asked("occupancy", "GET", "/v1/occupancy/lots/{}", "jingshu.declared.occupancy.v1.OccupancyService/GetLot", "lot_id", "free", "3", "0"),
                new Asked("gates", "GET", "/v1/gates/gates/{}", "jingshu.declared.gates.v1.GatesService/CountGate", "gate_id", "passed", "9", "0"));
        for (Asked asked : all) {
            String key = issued(Desk.of(node, rest, "bank"), java.util.Objects.requireNonNull(SUBSCRIPTIONS.get(asked.code())), "test");
            Until.holds(Duration.ofSeconds(10), () -> asked.rest(key, TestSubject.APPROVE).status(), status -> status == 200);
            answersTo(asked, key, TestSubject.APPROVE, asked.usual());
            answersTo(asked, key, TestSubject.REFER, asked.referred());
            assertThat(asked.rest(key, TestSubject.NOT_FOUND).status()).as(asked.code()).isEqualTo(404);
            assertThat(asked.grpc(key, TestSubject.NOT_FOUND).code()).as(asked.code()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(asked.rest(key, TestSubject.ERROR).status()).as(asked.code()).isEqualTo(503);
            assertThat(asked.grpc(key, TestSubject.ERROR).code()).as(asked.code()).isEqualTo(Status.Code.UNAVAILABLE);
            long before = System.nanoTime();
            answersTo(asked, key, TestSubject.SLOW, asked.usual());
            assertThat(Duration.ofNanos(System.nanoTime() - before)).as("two slow answers").isGreaterThan(Duration.ofMillis(2 * TestSubject.SLOW_MILLIS - 200));
        }
    }

    private static void answersTo(Asked asked, String key, TestSubject subject, String expected) throws Exception {
        RestCaller.Reply overRest = asked.rest(key, subject);
        assertThat(overRest.status()).as(asked.code() + " " + overRest.text()).isEqualTo(200);
        assertThat(Desk.json(overRest).path(asked.column()).asText()).as(asked.code() + " " + subject).isEqualTo(expected);
        GrpcCaller.Reply overGrpc = asked.grpc(key, subject);
        assertThat(overGrpc.code()).as(asked.code() + " " + overGrpc.failure()).isEqualTo(Status.Code.OK);
        assertThat(overGrpc.answer().getField(overGrpc.answer().getDescriptorForType().findFieldByName(asked.column())).toString()).isEqualTo(expected);
    }

    @Test
    @Order(7)
    void theReferredExampleStandsInTheDocument() throws Exception {
        JsonNode examples = Desk.json(rest.get("/products/demand/openapi.json", null)).path("paths").path("/v1/demand/estimate").path("post")
                .path("responses").path("200").path("content").path("application/json").path("examples");
        assertThat(examples.path("usual").path("value").path("probability").asText()).isEqualTo("0.5");
        assertThat(examples.path("referred").path("value").path("probability").asText()).isEqualTo("0.9");
        assertThat(examples.path("referred").path("summary").asText()).contains("REFER");
    }

    @Test
    @Order(8)
    void whatTheSourceBreaksIsNeverBilled() throws Exception {
        httpBody = "{\"free\": \"many\"}";
        RestCaller.Reply broken = call("occupancy", "GET", "/v1/occupancy/lots/L7", null);
        assertThat(broken.status()).isEqualTo(503);
        assertThat(usage.one(broken.requestId()).quantity()).isZero();
        httpBody = "{\"free\": 12}";
        httpStatus = 500;
        assertThat(call("occupancy", "GET", "/v1/occupancy/lots/L7", null).status()).isEqualTo(503);
        httpStatus = 200;
        RestCaller.Reply well = call("occupancy", "GET", "/v1/occupancy/lots/L7", null);
        assertThat(well.status()).isEqualTo(200);
        assertThat(usage.one(well.requestId()).quantity()).isEqualTo(1);

        String billing = OCCUPANCY.formatted(http.getAddress().getPort()).replace("\"name\": \"GetLot\",", "\"name\": \"GetLot\", \"failedUnits\": 1000,")
                .replace("Free places.", "Free places now.");
        assertThat(merchant.post("/api/declared-products/validations", request(billing, null)).json().path("violations").findValuesAsText("field"))
                .containsExactly("operations[0].failedUnits");
        approvedWhenFailuresCouldBeBilled(billing);
        answers("occupancy", "GET", "/v1/occupancy/lots/L7", null);
        httpStatus = 503;
        for (int i = 0; i < UpstreamSettings.USUAL.failuresToOpen(); i++) {
            neverBilled();
        }
        int asked = httpCalls.get();
        neverBilled();
        assertThat(httpCalls.get()).as("the circuit is open: nobody was asked").isEqualTo(asked);
        httpStatus = 200;
        Until.holds(Duration.ofSeconds(30), () -> call("occupancy", "GET", "/v1/occupancy/lots/L7", null).status(), status -> status == 200);
    }

    private static void neverBilled() throws Exception {
        RestCaller.Reply reply = call("occupancy", "GET", "/v1/occupancy/lots/L7", null);
        assertThat(reply.status()).as(reply.text()).isEqualTo(503);
        assertThat(usage.one(reply.requestId()).quantity()).isZero();
    }

    /** A revision of before the rule: it opens with failed calls free, and its merchant is told. */
    private static void approvedWhenFailuresCouldBeBilled(String definition) throws Exception {
        Faults faults = new Faults();
        FileDescriptorSet.Builder contract = DeclaredContract.of(DeclarationReader.readKept(definition, faults), faults).toBuilder();
        assertThat(faults.list()).isEmpty();
        var options = contract.getFileBuilder(0).getServiceBuilder(0).getMethodBuilder(0).getOptionsBuilder();
        var said = options.getExtension(ContractOptionsProto.operation).toBuilder();
        said.getMeterBuilder().setFailedUnits(1_000);
        options.setExtension(ContractOptionsProto.operation, said.build());
        DeclaredProducts products = node.get(DeclaredProducts.class);
        var draft = new DeclaredProducts.Draft(UUID.randomUUID(), "occupancy", 1, Kind.UPSTREAM, market.person("merchant2").organisationId(), definition,
                contract.build().toByteString(), ByteString.EMPTY);
        assertThat(products.write(draft, market.person("merchant2").id())).isEqualTo(new Change.Done(false));
        assertThat(products.submit(draft.id(), draft.digest(), market.person("merchant2").id())).isEqualTo(new Change.Done(false));
        assertThat(products.approve(draft.id(), market.person("bureau").id(), "test")).isEqualTo(new Change.Done(false));
        IDS.put("occupancy", draft.id());
        List<String> told = Until.holds(Duration.ofSeconds(10), () -> node.get(Database.class).inTransaction(t -> t.list("""
                SELECT about FROM market.notification WHERE organisation_id = ? AND kind = 'FAILED_IS_FREE'
                """, row -> row.text("about"), draft.merchantId())), list -> !list.isEmpty());
        assertThat(told).containsExactly("occupancy v1");
        Until.holds(Duration.ofSeconds(10), () -> node.get(Contracts.class).findByCode("occupancy").orElseThrow().summaryEn(), "Free places now."::equals);
    }

    @Test
    @Order(9)
    void whoDeclaresDoesNotDecideAndWhatIsWrongIsSaidWithItsPlace() throws Exception {
        Desk.Answer wrong = merchant.post("/api/declared-products/validations", request(DEMAND.replace("\"nameEn\"", "\"nameEN\""), SIGMOID));
        assertThat(wrong.json().path("valid").asBoolean()).isFalse();
        assertThat(wrong.json().path("violations").findValuesAsText("field")).contains("nameEn", "nameEN");
        assertThat(write(UUID.randomUUID(), "{}", null).status()).isEqualTo(400);
        UUID id = UUID.randomUUID();
        assertThat(write(id, DEMAND.replace("\"demand\"", "\"demand-two\""), SIGMOID).status()).isEqualTo(201);
        assertThat(merchant.post("/api/declared-products/" + id + "/approval", Map.of("citation", "x")).status()).isEqualTo(403);
        assertThat(bureau.post("/api/declared-products/" + id + "/approval", Map.of("citation", "x")).status()).isEqualTo(409);
        assertThat(write(UUID.randomUUID(), DEMAND.replace("\"demand\"", "\"transit\""), SIGMOID).json().toString()).contains("DRAFT");
        UUID taken = UUID.randomUUID();
        write(taken, DEMAND.replace("\"demand\"", "\"echo\""), SIGMOID);
        assertThat(merchant.post("/api/declared-products/" + taken + "/submission", null).status()).isEqualTo(400);
        Desk other = Desk.of(node, rest, "merchant");
        assertThat(other.get("/api/declared-products/" + id).status()).isEqualTo(404);
        assertThat(other.send("PUT", "/api/declared-products/" + UUID.randomUUID(), json(request(DEMAND, SIGMOID))).status()).isEqualTo(409);
    }

    @Test
    @Order(10)
    void aBreakingChangeNeedsAVersionAndTheOldOneSaysThatItGoes() throws Exception {
        String changed = DEMAND.replace("\"maximum\": 10}", "\"maximum\": 5}");
        UUID narrower = UUID.randomUUID();
        write(narrower, changed, SIGMOID);
        Desk.Answer refused = merchant.post("/api/declared-products/" + narrower + "/submission", null);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("needs a new version");
        declare(changed.replace("\"version\": 1", "\"version\": 2"), SIGMOID);
        Until.holds(Duration.ofSeconds(10), () -> call("demand", "POST", "/v2/demand/estimate", "{\"a\": 1}").status(), status -> status == 200);
        assertThat(call("demand", "POST", "/v2/demand/estimate", "{\"a\": 6}").status()).isEqualTo(400);

        Until.holds(Duration.ofSeconds(10), () -> call("demand", "POST", "/v1/demand/estimate", "{\"a\": 1}").header("Sunset"), sunset -> !sunset.isEmpty());
        JsonNode byItself = merchant.get("/api/declared-products/" + IDS.get("demand")).json();
        Instant deprecated = Instant.parse(byItself.path("deprecatedAt").asText());
        Instant sunset = Instant.parse(byItself.path("sunsetAt").asText());
        assertThat(deprecated).as("when the second version was approved").isBetween(clock.instant().minusSeconds(60), clock.instant());
        assertThat(Duration.between(deprecated, sunset)).as("by the number of policy").isEqualTo(Duration.ofDays(180));
        RestCaller.Reply going = call("demand", "POST", "/v1/demand/estimate", "{\"a\": 1}");
        assertThat(going.header("Deprecation")).isEqualTo("@" + deprecated.getEpochSecond());
        assertThat(going.header("Sunset")).isEqualTo(DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
                .format(sunset.atZone(ZoneOffset.UTC)));
        String page = rest.get("/products/demand?lang=en", null).text();
        assertThat(page).contains("Version 1 is deprecated", "no longer answered from "
                + DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).format(sunset.atZone(ZoneId.of("Asia/Shanghai"))));

        Desk.Answer retired = merchant.post("/api/declared-products/" + IDS.get("demand") + "/deprecation",
                Map.of("deprecatedAt", "2027-01-05T00:00:00Z", "sunsetAt", "2027-06-30T00:00:00Z"));
        assertThat(retired.status()).as(retired.text()).isEqualTo(200);
        Until.holds(Duration.ofSeconds(10), () -> call("demand", "POST", "/v1/demand/estimate", "{\"a\": 1}").header("Deprecation"), "@1799107200"::equals);
        RestCaller.Reply old = call("demand", "POST", "/v1/demand/estimate", "{\"a\": 1}");
        assertThat(old.status()).isEqualTo(200);
        assertThat(old.header("Sunset")).isEqualTo("Wed, 30 Jun 2027 00:00:00 GMT");
        assertThat(call("demand", "POST", "/v2/demand/estimate", "{\"a\": 1}").header("Deprecation")).isEmpty();
        DynamicMessage.Builder request = DynamicMessage.newBuilder(grpc.method("jingshu.declared.demand.v1.DemandService/Estimate").request());
        set(request, "a", 1.0);
        GrpcCaller.Reply reply = grpc.call("jingshu.declared.demand.v1.DemandService/Estimate", request.build(), key("demand"));
        assertThat(reply.header("deprecation")).isEqualTo("@1799107200");
        assertThat(reply.header("sunset")).isEqualTo("Wed, 30 Jun 2027 00:00:00 GMT");
    }

    @Test
    @Order(11)
    void theRevenueIsInTheMerchantsSettlement() throws Exception {
        RestCaller.Reply last = rest.get("/v1/house-stock/houses?pageSize=10", key("house-stock"));
        for (int i = 0; i < 200; i++) {
            call("occupancy", "GET", "/v1/occupancy/lots/L7", null);
            last = call("demand", "POST", "/v1/demand/estimate", "{\"a\": 1}");
            call("gates", "GET", "/v1/gates/gates/7", null);
        }
        usage.one(last.requestId());
        clock.moveTo(Instant.parse("2027-02-03T02:00:00Z"));
        merchant = Desk.of(node, rest, "merchant2"); // the session of January has ended
        assertThat(node.get(MonthClose.class).close(JANUARY, _ -> {})).isInstanceOf(MonthClose.Outcome.Closed.class);
        MonthClose.Outcome.Closed closed = (MonthClose.Outcome.Closed) node.get(MonthClose.class).close(JANUARY, _ -> {});
        Map<String, Money> gross = new LinkedHashMap<>();
        Map<String, Money> net = new LinkedHashMap<>();
        for (Charge charge : closed.charges()) {
            gross.merge(charge.key().product(), charge.amount(), Money::plus);
            net.merge(charge.key().product(), charge.amount().minus(charge.vat()), Money::plus);
        }
        JsonNode part = merchant.get("/api/settlements/" + JANUARY).json();
        Map<String, String> lines = new HashMap<>();
        part.path("products").forEach(line -> lines.put(line.path("product").asText(), line.path("netRevenueYuan").asText()));
        assertThat(lines.keySet()).containsExactlyInAnyOrderElementsOf(IDS.keySet());
        Money all = Money.ZERO;
        for (String code : IDS.keySet()) {
            long units = metered(java.util.Objects.requireNonNull(SUBSCRIPTIONS.get(code)));
            assertThat(units).as(code).isGreaterThanOrEqualTo(code.equals("house-stock") ? 12 : 200);
            Money charged = java.util.Objects.requireNonNull(gross.get(code));
            assertThat(charged).as(code).isEqualTo(new Money(units * FEN));
            Money kept = java.util.Objects.requireNonNull(net.get(code));
            assertThat(kept.fen()).as(code + ": less 6 % VAT, to the fen").isBetween(charged.fen() * 100 / 106, charged.fen() * 100 / 106 + 1);
            assertThat(lines.get(code)).as(code).isEqualTo(kept.toYuan());
            all = all.plus(kept);
        }
        assertThat(part.path("revenueYuan").asText()).as("nothing else was sold in January").isEqualTo(all.toYuan());
        String ours = market.person("merchant2").organisationId().toString();
        Money share = Money.sum(closed.settlement().result().merchantShares().stream().filter(each -> each.merchant().equals(ours))
                .map(PartyAmount::amount).toList());
        assertThat(part.path("ownPortion").asText()).isEqualTo("1/3");
        assertThat(part.path("ownShareYuan").asText()).isEqualTo(share.toYuan());
        long distributed = Money.ofYuan(part.path("distributedYuan").asText()).fen();
        assertThat(share.fen()).as("a third of what is distributed, to the fen").isBetween(distributed / 3, distributed / 3 + 1).isPositive();
        JsonNode earnings = merchant.get("/api/earnings").json().path("earnings");
        assertThat(earnings).hasSize(1);
        assertThat(earnings.get(0).path("period").asText()).isEqualTo(JANUARY.toString());
        assertThat(earnings.get(0).path("shareYuan").asText()).isEqualTo(share.toYuan());
        assertThat(earnings.get(0).path("netProfitYuan").asText()).isEqualTo(part.path("netProfitYuan").asText());
        assertThat(earnings.get(0).path("products")).as("each with what it took and the merchant's portion").isEqualTo(part.path("products"));
        assertThat(earnings.get(0).path("products").findValuesAsText("product")).contains("house-stock", "demand", "occupancy", "gates");
    }

    /** Units of a subscription that the meter has stored, those of its sandbox left out. */
    private static long metered(UUID subscription) {
        return node.get(Database.class).inTransaction(t -> t.find("""
                SELECT CAST(coalesce(sum(quantity), 0) AS bigint) AS units FROM metering.usage_event WHERE subscription_id = ? AND NOT sandbox
                """, row -> row.number("units"), subscription)).orElseThrow();
    }

    @Test
    @Order(12)
    void whatIsWithdrawnIsAnsweredNoMoreAndIsStillKnownByName() throws Exception {
        Desk.Answer withdrawn = merchant.post("/api/declared-products/" + IDS.get("occupancy") + "/withdrawal", Map.of("reason", "test"));
        assertThat(withdrawn.status()).as(withdrawn.text()).isEqualTo(200);
        Until.holds(Duration.ofSeconds(10), () -> call("occupancy", "GET", "/v1/occupancy/lots/L7", null).status(), status -> status == 404);
        assertThat(node.get(Contracts.class).findByCode("occupancy")).isPresent();
        assertThat(reflected()).doesNotContain("jingshu.declared.occupancy.v1.OccupancyService");
    }
}
