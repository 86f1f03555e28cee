package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.settlement.PartyAmount;
import cn.jingshu.ledger.settlement.SettlementResult;
import cn.jingshu.marketplace.billing.Charge;
import cn.jingshu.marketplace.billing.MonthClose;
import cn.jingshu.marketplace.catalogue.ProviderGrants;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.DeclarationReader;
import cn.jingshu.products.kind.DeclaredContract;
import cn.jingshu.products.kind.DescriptorSets;
import cn.jingshu.products.kind.Faults;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
               "parameters": [{"name": "a", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "甲", "docEn": "a", "required": true, "minimum": -10, "maximum": 10}],
               "columns": [{"name": "probability", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "概率", "docEn": "probability", "example": "0.5"}],
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
                "columns": [{"name": "free", "type": "INT32", "sensitivity": "PUBLIC", "docZh": "空", "docEn": "free", "example": "3"}],
                "upstream": {"operationId": "lot"}}],
             "upstream": {"http": {"baseUrl": "http://localhost:%d", "openapi": {"openapi": "3.1.0", "paths": {"/lots/{lot_id}": {"get": {"operationId": "lot",
                "parameters": [{"name": "lot_id", "in": "path", "required": true}],
                "responses": {"200": {"content": {"application/json": {"schema": {"properties": {"free": {"type": "integer"}}}}}}}}}}}}}}
            """;

    /** What the contract of the source that speaks gRPC says; how it is answered is said beside it. */
    private static final String GATES = """
            {"code": "gates", "version": 1, "kind": "upstream", "nameZh": "闸机", "nameEn": "Gates", "summaryZh": "闸机计数。", "summaryEn": "Counts at gates.",
             "operations": [{"name": "CountGate", "path": "gates/{gate_id}", "summaryZh": "计数", "summaryEn": "Counts",
                "parameters": [{"name": "gate_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "required": true}],
                "columns": [{"name": "passed", "type": "INT64", "sensitivity": "PUBLIC", "docZh": "通过", "docEn": "passed", "example": "9"}],
                "upstream": {}}],
             "upstream": {}}
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
    private static volatile int httpStatus = 200;
    private static volatile String httpBody = "{\"free\": 12, \"owner\": \"somebody\"}";
    private static final Map<String, UUID> IDS = new LinkedHashMap<>();
    private static final Map<String, Subscription> SUBSCRIPTIONS = new HashMap<>();
    private static final Map<String, String> KEYS = new HashMap<>();

    @BeforeAll
    static void openTheMarket() throws Exception {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        http.createContext("/", exchange -> {
            byte[] body = httpBody.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(httpStatus, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.start();
        gates = startGates();
        clock = new ShiftedClock(Instant.parse("2027-01-10T02:00:00Z"));
        node = RunningNode.start(data.resolve("node"), clock, Map.of("jingshu.upstream.inner-hosts", "localhost"));
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

    private static FileDescriptorSet gateContract() {
        Faults faults = new Faults();
        Declaration declaration = DeclarationReader.read(GATES, faults);
        FileDescriptorSet set = DeclaredContract.of(declaration, faults);
        assertThat(faults.list()).isEmpty();
        return set;
    }

    /** The merchant's own service, which knows gate 7 and no other, and answers a field that no contract declares. */
    private static Server startGates() throws IOException {
        MethodDescriptor method = DescriptorSets.service(gateContract()).getMethods().getFirst();
        io.grpc.MethodDescriptor<Message, Message> descriptor = io.grpc.MethodDescriptor.<Message, Message>newBuilder()
                .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method.getService().getFullName() + "/" + method.getName())
                .setRequestMarshaller(ProtoUtils.marshaller((Message) DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller((Message) DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(method.getService().getFullName())
                        .addMethod(descriptor, ServerCalls.asyncUnaryCall((Message request, StreamObserver<Message> observer) -> {
                            String gate = (String) request.getField(request.getDescriptorForType().findFieldByName("gate_id"));
                            if (!gate.equals("7")) {
                                observer.onError(Status.NOT_FOUND.withDescription("secret of the source").asRuntimeException());
                                return;
                            }
                            observer.onNext(DynamicMessage.newBuilder(method.getOutputType())
                                    .setField(method.getOutputType().findFieldByName("passed"), 42L)
                                    .setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder().addField(77,
                                            com.google.protobuf.UnknownFieldSet.Field.newBuilder().addVarint(5).build()).build())
                                    .build());
                            observer.onCompleted();
                        }))
                        .build())
                .build()
                .start();
    }

    /** p = 1 / (1 + exp(-a)), written field by field: see onnx.proto for the numbers. */
    private static String sigmoid() {
        ByteString shape = message(out -> {
            out.writeBytes(1, message(dim -> dim.writeInt64(1, 1)));
            out.writeBytes(1, message(dim -> dim.writeInt64(1, 1)));
        });
        ByteString type = message(out -> out.writeBytes(1, message(tensor -> {
            tensor.writeInt32(1, 1);
            tensor.writeBytes(2, shape);
        })));
        ByteString model = message(out -> {
            out.writeInt64(1, 8);
            out.writeBytes(8, message(set -> set.writeInt64(2, 17)));
            out.writeBytes(7, message(graph -> {
                graph.writeBytes(1, message(one -> {
                    one.writeString(1, "x");
                    one.writeString(2, "p");
                    one.writeString(4, "Sigmoid");
                }));
                graph.writeString(2, "graph");
                for (Map.Entry<Integer, String> end : Map.of(11, "x", 12, "p").entrySet()) {
                    graph.writeBytes(end.getKey(), message(value -> {
                        value.writeString(1, end.getValue());
                        value.writeBytes(2, type);
                    }));
                }
            }));
        });
        return Base64.getEncoder().encodeToString(model.toByteArray());
    }

    /** Writes one message. */
    @FunctionalInterface
    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    private static ByteString message(Writing writing) {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writing.to(out);
            out.flush();
        } catch (IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
        return bytes.toByteString();
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

    private static void sell(String code, String declaration, @Nullable String artefact, List<String> resources) throws Exception {
        IDS.put(code, declare(declaration, artefact));
        market.sell(code, 1, code + "-use", resources, "5", "2");
        Subscription subscription = market.subscribe("bank", code, Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        SUBSCRIPTIONS.put(code, subscription);
        KEYS.put(code, market.key(subscription));
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
        sell("demand", DEMAND, sigmoid(), List.of());
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
                """.formatted(gates.getPort(), Base64.getEncoder().encodeToString(gateContract().toByteArray()));
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
            String test = market.issueKey(java.util.Objects.requireNonNull(SUBSCRIPTIONS.get(code)), true).key().reveal();
            String path = switch (code) {
                case "house-stock" -> "/v1/house-stock/houses";
                case "occupancy" -> "/v1/occupancy/lots/L7";
                case "gates" -> "/v1/gates/gates/7";
                default -> "/v1/demand/estimate";
            };
            Until.holds(Duration.ofSeconds(10), () -> code.equals("demand")
                    ? rest.post(path, test, "{\"a\": 3}", "Content-Type", "application/json").status() : rest.get(path, test).status(), status -> status == 200);
        }
        assertThat(rest.get("/openapi.json", null).text()).contains("jingshu.declared.house_stock.v1.HouseStockService/ListHouses");
    }

    @Test
    @Order(6)
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
    }

    @Test
    @Order(7)
    void whoDeclaresDoesNotDecideAndWhatIsWrongIsSaidWithItsPlace() throws Exception {
        Desk.Answer wrong = merchant.post("/api/declared-products/validations", request(DEMAND.replace("\"nameEn\"", "\"nameEN\""), sigmoid()));
        assertThat(wrong.json().path("valid").asBoolean()).isFalse();
        assertThat(wrong.json().path("violations").findValuesAsText("field")).contains("nameEn", "nameEN");
        assertThat(write(UUID.randomUUID(), "{}", null).status()).isEqualTo(400);
        UUID id = UUID.randomUUID();
        assertThat(write(id, DEMAND.replace("\"demand\"", "\"demand-two\""), sigmoid()).status()).isEqualTo(201);
        assertThat(merchant.post("/api/declared-products/" + id + "/approval", Map.of("citation", "x")).status()).isEqualTo(403);
        assertThat(bureau.post("/api/declared-products/" + id + "/approval", Map.of("citation", "x")).status()).isEqualTo(409);
        assertThat(write(UUID.randomUUID(), DEMAND.replace("\"demand\"", "\"transit\""), sigmoid()).json().toString()).contains("DRAFT");
        UUID taken = UUID.randomUUID();
        write(taken, DEMAND.replace("\"demand\"", "\"echo\""), sigmoid());
        assertThat(merchant.post("/api/declared-products/" + taken + "/submission", null).status()).isEqualTo(400);
        Desk other = Desk.of(node, rest, "merchant");
        assertThat(other.get("/api/declared-products/" + id).status()).isEqualTo(404);
        assertThat(other.send("PUT", "/api/declared-products/" + UUID.randomUUID(), json(request(DEMAND, sigmoid()))).status()).isEqualTo(409);
    }

    @Test
    @Order(8)
    void aBreakingChangeNeedsAVersionAndTheOldOneSaysThatItGoes() throws Exception {
        String changed = DEMAND.replace("\"maximum\": 10}", "\"maximum\": 5}");
        UUID narrower = UUID.randomUUID();
        write(narrower, changed, sigmoid());
        Desk.Answer refused = merchant.post("/api/declared-products/" + narrower + "/submission", null);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("needs a new version");
        declare(changed.replace("\"version\": 1", "\"version\": 2"), sigmoid());
        Until.holds(Duration.ofSeconds(10), () -> call("demand", "POST", "/v2/demand/estimate", "{\"a\": 1}").status(), status -> status == 200);
        assertThat(call("demand", "POST", "/v2/demand/estimate", "{\"a\": 6}").status()).isEqualTo(400);

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
    @Order(9)
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
        List<String> billed = new ArrayList<>();
        for (Charge charge : closed.charges()) {
            if (charge.amount().isPositive()) {
                billed.add(charge.key().product());
            }
        }
        assertThat(billed).contains("house-stock", "demand", "occupancy", "gates");
        SettlementResult result = closed.settlement().result();
        String ours = market.person("merchant2").organisationId().toString();
        Money share = Money.sum(result.merchantShares().stream().filter(each -> each.merchant().equals(ours)).map(PartyAmount::amount).toList());
        assertThat(share.isPositive()).isTrue();
        JsonNode earnings = merchant.get("/api/earnings").json();
        assertThat(earnings.toString()).contains("2027-01");
    }

    @Test
    @Order(10)
    void whatIsWithdrawnIsAnsweredNoMoreAndIsStillKnownByName() throws Exception {
        Desk.Answer withdrawn = merchant.post("/api/declared-products/" + IDS.get("occupancy") + "/withdrawal", Map.of("reason", "test"));
        assertThat(withdrawn.status()).as(withdrawn.text()).isEqualTo(200);
        Until.holds(Duration.ofSeconds(10), () -> call("occupancy", "GET", "/v1/occupancy/lots/L7", null).status(), status -> status == 404);
        assertThat(node.get(Contracts.class).findByCode("occupancy")).isPresent();
        assertThat(reflected()).doesNotContain("jingshu.declared.occupancy.v1.OccupancyService");
    }
}
