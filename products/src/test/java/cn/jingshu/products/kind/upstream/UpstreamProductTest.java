package cn.jingshu.products.kind.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.Declarations;
import cn.jingshu.products.kind.Faults;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A source of the merchant's own, well and ill, over real sockets. */
class UpstreamProductTest {
    private static final SteppingClock CLOCK = new SteppingClock(Instant.parse("2026-11-01T00:00:00Z"));

    private static final CallFacts LIVE = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "request-17", false, CallerRef.MARKET);
    private static final CallFacts SANDBOX = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "request-18", true, CallerRef.MARKET);
    private static final String GOOD = """
            {"data": {"lotId": "L7", "free": 12, "undeclared": "secret", "fee": 2.50, "seen_at": "2026-11-01T08:00:00+08:00",
                      "gates": [{"name": "北门", "width_m": 2.5, "note": "x"}]}}
            """;

    private static final UpstreamSettings SETTINGS =
            new UpstreamSettings(Duration.ofMillis(700), 2_000, 4, 3, Duration.ofMillis(300), Duration.ofSeconds(1));

    private HttpServer server;
    private UpstreamProduct product;
    private volatile String body = GOOD;
    private volatile int status = 200;
    private volatile String type = "application/json";
    private volatile @Nullable String location;
    private volatile long delayMillis;
    private final Queue<String> targets = new ConcurrentLinkedQueue<>();
    private final Queue<Headers> headers = new ConcurrentLinkedQueue<>();
    private final Queue<String> bodies = new ConcurrentLinkedQueue<>();

    private static String declaration(String base) {
        return """
            {"code": "occupancy", "version": 1, "kind": "upstream", "nameZh": "车位", "nameEn": "Places", "summaryZh": "实时车位。", "summaryEn": "Free places.",
             "messages": [{"name": "Gate", "fields": [
                {"name": "name", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "名", "docEn": "name", "example": "北门"},
                {"name": "width_m", "type": "DOUBLE", "sensitivity": "PUBLIC", "docZh": "宽", "docEn": "width", "minimum": 0, "maximum": 20}]}],
             "operations": [
               {"name": "GetLot", "path": "lots/{lot_id}", "summaryZh": "查", "summaryEn": "Looks up",
                "parameters": [{"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "required": true},
                               {"name": "at", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "时", "docEn": "at"}],
                "columns": [{"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id", "example": "EX"},
                            {"name": "free", "type": "INT32", "sensitivity": "PUBLIC", "docZh": "空", "docEn": "free", "minimum": 0, "maximum": 10000, "example": "3", "referExample": "1"},
                            {"name": "fee", "type": "DECIMAL", "nullable": true, "sensitivity": "PUBLIC", "docZh": "费", "docEn": "fee"},
                            {"name": "seen_at", "type": "TIMESTAMP", "nullable": true, "sensitivity": "PUBLIC", "docZh": "时刻", "docEn": "seen at"},
                            {"name": "gates", "type": "MESSAGE", "message": "Gate", "repeated": true, "nullable": true, "docZh": "门", "docEn": "gates"}],
                "upstream": {"operationId": "lot", "root": "/data"}},
               {"name": "AskLots", "verb": "POST", "path": "asked", "summaryZh": "问", "summaryEn": "Asks",
                "parameters": [{"name": "ids", "type": "STRING", "repeated": true, "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "ids"}],
                "columns": [{"name": "lot_id", "type": "STRING", "sensitivity": "PUBLIC", "docZh": "编号", "docEn": "id"}],
                "upstream": {"operationId": "ask", "root": "/data"}}],
             "upstream": {"http": {"baseUrl": "%s", "openapi": {"openapi": "3.1.0", "paths": {
                "/lots/{lotId}": {"get": {"operationId": "lot",
                    "parameters": [{"name": "lotId", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/At"}],
                    "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {"data": {"$ref": "#/components/schemas/Lot"}}}}}}}}},
                "/ask": {"post": {"operationId": "ask",
                    "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"ids": {"type": "array"}}}}}},
                    "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {"data": {"$ref": "#/components/schemas/Lot"}}}}}}}}}},
                "components": {"parameters": {"At": {"name": "at", "in": "query", "schema": {"type": "string"}}},
                  "schemas": {"Lot": {"type": "object", "properties": {"lotId": {"type": "string"}, "free": {"type": "integer"}, "fee": {"type": "number"},
                    "seen_at": {"type": "string"}, "gates": {"type": "array"}}}}}}}}}
            """.formatted(base);
    }

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            targets.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            headers.add(exchange.getRequestHeaders());
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            String elsewhere = location;
            if (elsewhere != null) {
                exchange.getResponseHeaders().set("Location", elsewhere);
            }
            if (!type.isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", type);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            try (exchange; var out = exchange.getResponseBody()) {
                if (delayMillis > 0) {
                    for (byte each : bytes) { // dripping: no single wait is long
                        out.write(each);
                        out.flush();
                        Thread.sleep(delayMillis);
                    }
                } else {
                    out.write(bytes);
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        product = made(declaration("http://localhost:" + server.getAddress().getPort() + "/base"), guard());
    }

    @AfterEach
    void close() {
        product.close();
        server.stop(0);
    }

    private AddressGuard guard() {
        return new AddressGuard(Set.of("api.example.com"), Set.of("localhost:" + server.getAddress().getPort()),
                _ -> List.of(InetAddress.getLoopbackAddress()));
    }

    private static UpstreamProduct made(String json, AddressGuard guard) {
        Declaration declaration = Declarations.read(json);
        Faults faults = new Faults();
        UpstreamDefinition definition = UpstreamDefinition.read(declaration, guard, faults);
        assertThat(faults.list()).isEmpty();
        return new UpstreamProduct(Declarations.service(json), declaration, definition, guard,
                (_, _, _, _, _) -> { throw new AssertionError("no gRPC here"); },
                SETTINGS, CLOCK, null);
    }

    private static String faultsOf(String json, AddressGuard guard) {
        Faults faults = new Faults();
        UpstreamDefinition.read(Declarations.read(json), guard, faults).check(guard, faults);
        return faults.list().toString();
    }

    private Answer<? extends Message> ask(CallFacts facts, String verb, String path, String query, String sent) {
        Contracts contracts = Contracts.of(List.of(product));
        RouteMatch.Matched matched = (RouteMatch.Matched) contracts.routes().match(verb, path);
        RequestReading reading = Transcoder.read(matched, query, sent.getBytes(StandardCharsets.UTF_8));
        assertThat(reading).isInstanceOf(RequestReading.Read.class);
        @SuppressWarnings("unchecked") // a declared product takes and gives messages of its contract
        Operation.Unary<Message, Message> unary = (Operation.Unary<Message, Message>) contracts.operation(matched.method());
        return unary.handler().answer(facts, ((RequestReading.Read) reading).request()).toCompletableFuture().join();
    }

    private Answer<? extends Message> lot() {
        return ask(LIVE, "GET", "/v1/occupancy/lots/L7", "", "");
    }

    private void isAway(Answer<? extends Message> answer) {
        assertThat(answer).isInstanceOfSatisfying(Answer.Refused.class,
                refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.SOURCE_UNAVAILABLE));
    }

    @Test
    void whatIsDeclaredComesThroughAndNothingElse() {
        assertThat(lot()).isInstanceOfSatisfying(Answer.Found.class, found -> {
            String text = found.message().toString();
            assertThat(text).contains("L7", "free: 12", "2.5", "width_m: 2.5").doesNotContain("secret", "note");
        });
    }

    @Test
    void aValueNeverBecomesAnotherPathOrParameter() {
        ask(LIVE, "GET", "/v1/occupancy/lots/a..%3Fx=1", "at=1%26admin=2", "");
        assertThat(targets).containsExactly("GET /base/lots/a..%3Fx%3D1?at=1%26admin%3D2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "a%2F..%2F..%2Fadmin", "a%5C..%5Cadmin", "%2Fadmin"})
    void whatAServerCouldResolveToAnotherPathIsRefusedUnasked(String value) {
        assertThat(ask(LIVE, "GET", "/v1/occupancy/lots/" + value, "", "")).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
            assertThat(refused.violations().toString()).contains("lotId");
        });
        assertThat(targets).isEmpty();
    }

    @Test
    void nothingOfTheCallerGoesAlongButTheRequestId() {
        lot();
        assertThat(headers.element().keySet()).containsExactlyInAnyOrder("Accept", "X-request-id", "Host", "Connection", "User-agent");
        assertThat(headers.element().getFirst("X-Request-Id")).isEqualTo("request-17");
    }

    @Test
    void aPostSendsJson() {
        ask(LIVE, "POST", "/v1/occupancy/asked", "", "{\"ids\": [\"a\\\"b\", \"c\"]}");
        assertThat(bodies.element()).isEqualTo("{\"ids\":[\"a\\\"b\",\"c\"]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "free": 12 | "free": "many"
            "free": 12 | "free": 1.5
            "free": 12 | "free": -1
            "free": 12 | "free": 99999999999
            "free": 12 | "full": 12
            "free": 12 | "free": null
            "lotId": "L7" | "lotId": 7
            "fee": 2.50 | "fee": "dear"
            08:00:00+08:00 | yesterday
            2026-11-01T | +12026-11-01T
            "width_m": 2.5 | "width_m": 200
            "gates": [ | "gates": [1,
            {"data" | {"date"
            }} | }
            """)
    void anAnswerThatIsNotWhatTheContractSaysIsRefused(String right, String wrong) {
        assertThat(GOOD).contains(right);
        body = GOOD.replace(right, wrong);
        isAway(lot());
    }

    /** One row for each bound; a zero that is not sent is a zero. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            lot_id: 'L7' free: 1 fee: '2.50' seen_at { seconds: 1 } gates { width_m: 20 } | none
            lot_id: 'L7' free: 10000 | none
            lot_id: 'L7' free: 10001 | free must be at most 10000
            lot_id: 'L7' free: 1 gates { width_m: 20.5 } | gates[].widthM must be at most 20
            lot_id: 'L7' free: 1 gates { width_m: -0.5 } | gates[].widthM must be at least 0
            lot_id: 'L7' free: 1 gates { width_m: nan } | gates[].widthM a finite number is expected
            lot_id: 'L7' free: -1 | free must be at least 1
            lot_id: 'L7' | free must be at least 1
            lot_id: 'LONG' free: 1 | lotId must not be longer than 40
            lot_id: 'L7' free: 1 gates {} gates {} gates {} | gates must not have more than 2 items
            lot_id: 'L7' free: 1 seen_at { seconds: 253402300800 } | seenAt is no moment
            lot_id: 'L7' free: 1 seen_at { seconds: 1 nanos: -1 } | seenAt is no moment
            """)
    void anAnswerOverGrpcIsHeldToTheSameBounds(String text, @Nullable String fault) throws Exception {
        String json = declaration("http://localhost:" + server.getAddress().getPort() + "/base")
                .replace("\"docEn\": \"free\", \"minimum\": 0", "\"docEn\": \"free\", \"minimum\": 1")
                .replace("\"docEn\": \"gates\"", "\"docEn\": \"gates\", \"maxLength\": 2")
                .replace("\"docEn\": \"id\", \"example\": \"EX\"", "\"docEn\": \"id\", \"example\": \"EX\", \"maxLength\": 40");
        DynamicMessage.Builder sent = DynamicMessage.newBuilder(Declarations.service(json).findMethodByName("GetLot").getOutputType());
        TextFormat.merge(text.replace("LONG", "L".repeat(41)), sent);
        ContractMethod method = Contract.of(Declarations.service(json)).methods().getFirst();
        assertThat(Transcoder.checkAnswer(method, DynamicMessage.parseFrom(method.response(), sent.build().toByteString())))
                .extracting(each -> each.field() + " " + each.en()).allMatch(said -> fault != null && said.startsWith(fault)).hasSize(fault == null ? 0 : 1);
        product.close();
        product = new UpstreamProduct(Declarations.service(json), Declarations.read(json), new UpstreamDefinition(URI.create("grpc://localhost:1"), null, Map.of()),
                guard(), (_, _, _, _, _) -> answering(sent.build()), SETTINGS, CLOCK, null);
        Answer<? extends Message> answer = lot();
        if (fault == null) {
            assertThat(answer).isInstanceOf(Answer.Found.class);
        } else {
            isAway(answer);
        }
    }

    /** The clock stands at 08:00 of the city's day. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "2026-11-01T08:00:00+08:00" | false
            "2026-11-01T07:00:00+08:00" | false
            "2026-11-01T06:59:59+08:00" | true
            "2025-11-01T08:00:00+08:00" | true
            "2026-11-01T08:05:00+08:00" | false
            "2026-11-01T08:05:01+08:00" | true
            null | true
            """)
    void anAnswerSaysItselfWhetherItIsStale(String seen, boolean stale) {
        String json = declaration("http://localhost:" + server.getAddress().getPort() + "/base");
        body = GOOD.replace("\"2026-11-01T08:00:00+08:00\"", seen);
        assertThat(lot()).as("it was not asked to say").isInstanceOfSatisfying(Answer.Found.class, found -> assertThat(found.stale()).isFalse());
        product.close();
        product = made(json.replace("\"upstream\": {\"http\"", "\"upstream\": {\"freshness\": {\"GetLot\": {\"field\": \"seen_at\", \"maxAgeSeconds\": 3600}}, \"http\""), guard());
        assertThat(lot()).isInstanceOfSatisfying(Answer.Found.class, found -> assertThat(found.stale()).isEqualTo(stale));
        assertThat(Contract.of(Declarations.service(json)).methods()).as("and what is stale is free").allMatch(ContractMethod::staleIsFree);
        assertThat(ask(SANDBOX, "GET", "/v1/occupancy/lots/L7", "", "")).as("an example is no data")
                .isInstanceOfSatisfying(Answer.Found.class, found -> assertThat(found.stale()).isFalse());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            "GetLot": {"field": "seen_at", "maxAgeSeconds": 60} | none
            "GetLots": {"field": "seen_at", "maxAgeSeconds": 60} | upstream.freshness.GetLots
            "GetLot": {"field": "gone_at", "maxAgeSeconds": 60} | upstream.freshness.GetLot.field
            "GetLot": {"field": "fee", "maxAgeSeconds": 60} | upstream.freshness.GetLot.field
            "GetLot": {"field": "gates", "maxAgeSeconds": 60} | upstream.freshness.GetLot.field
            "GetLot": {"maxAgeSeconds": 60} | upstream.freshness.GetLot.field
            "GetLot": {"field": "seen_at", "maxAgeSeconds": 0} | upstream.freshness.GetLot.maxAgeSeconds
            "GetLot": {"field": "seen_at", "maxAgeSeconds": 31536001} | upstream.freshness.GetLot.maxAgeSeconds
            "GetLot": {"field": "seen_at", "header": "Age", "maxAgeSeconds": 60} | upstream.freshness.GetLot
            """)
    void whatTheSourceSaysOfItsAgeIsAMomentOfTheAnswer(String freshness, @Nullable String place) {
        String json = declaration("http://localhost:" + server.getAddress().getPort() + "/base").replace("\"upstream\": {\"http\"", "\"upstream\": {\"freshness\": {" + freshness + "}, \"http\"");
        Faults faults = new Faults();
        UpstreamDefinition.read(Declarations.read(json), guard(), faults).checkFreshness(Contract.of(Declarations.service(json)), faults);
        assertThat(faults.list()).as(faults.list().toString()).extracting(Answer.Violation::field)
                .allMatch(each -> place != null && each.startsWith(place)).hasSize(place == null ? 0 : faults.list().size());
        assertThat(faults.isEmpty()).isEqualTo(place == null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"42089919800101011", "owner 42089919800101011"})
    void aPersonInAFieldThatIsDeclaredToNameNobodyIsNotPassedOn(String text) {
        ResidentId person = ResidentId.complete("420899", LocalDate.of(1980, 1, 1), 11);
        String number = text.replace("42089919800101011", person.number());
        body = GOOD.replace("\"L7\"", "\"" + number + "\"");
        isAway(lot());
        body = GOOD.replace("\"L7\"", "\"" + number + "0\"");
        assertThat(lot()).as("a longer number is none").isInstanceOf(Answer.Found.class);
        body = GOOD.replace("北门", number);
        isAway(lot());
    }

    private static GrpcSource answering(Message sent) {
        return new GrpcSource() {
            @Override
            public SourceReply call(MethodDescriptor method, Message request, String requestId) {
                try {
                    return new SourceReply.Proto(DynamicMessage.parseFrom(method.getOutputType(), sent.toByteString()));
                } catch (InvalidProtocolBufferException impossible) {
                    throw new AssertionError(impossible);
                }
            }

            @Override
            public void close() {}
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 301, 302, 307, 401, 403, 429, 500, 503})
    void anyOtherStatusIsUnavailable(int other) {
        status = other;
        body = other == 204 ? "" : GOOD;
        isAway(lot());
    }

    @Test
    void aRedirectIsNotFollowed() {
        status = 302;
        location = "http://localhost:" + server.getAddress().getPort() + "/elsewhere";
        isAway(lot());
        assertThat(targets).hasSize(1);
    }

    @Test
    void whatTheSourceDoesNotFindOrTakeIsSaidAsItIsButNotInItsWords() {
        body = "{\"error\": \"stack trace with secrets\"}";
        status = 404;
        assertThat(lot()).isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.NOT_FOUND));
        status = 422;
        assertThat(lot()).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.fault()).isEqualTo(Answer.Fault.INVALID_REQUEST);
            assertThat(refused.toString()).doesNotContain("secrets");
        });
    }

    @Test
    void whatIsNoJsonOrTooMuchOrTooSlowIsUnavailable() {
        type = "text/html";
        isAway(lot());
        type = "application/json";
        body = GOOD.replace("北门", "x".repeat(3_000));
        isAway(lot());
    }

    @Test
    void aSourceThatDripsIsEndedInTime() {
        delayMillis = 50;
        long began = System.nanoTime();
        isAway(lot());
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aSourceThatGoesOnFailingIsLeftAloneAndTriedAgain() {
        status = 500;
        for (int i = 0; i < 6; i++) {
            isAway(lot());
        }
        assertThat(targets).as("the last three were not sent").hasSize(3);
        status = 200;
        CLOCK.set(CLOCK.instant().plusMillis(299));
        isAway(lot());
        assertThat(targets).as("not before its time").hasSize(3);
        CLOCK.set(CLOCK.instant().plusMillis(1));
        assertThat(lot()).isInstanceOf(Answer.Found.class);
        assertThat(lot()).isInstanceOf(Answer.Found.class);
    }

    @Test
    void aSourceThatIsNotThereIsUnavailable() {
        server.stop(0);
        isAway(lot());
    }

    @Test
    void theSandboxAnswersTheExamplesOfTheContractAndAsksNobody() {
        assertThat(ask(SANDBOX, "GET", "/v1/occupancy/lots/L7", "", "")).isInstanceOfSatisfying(Answer.Found.class,
                found -> assertThat(found.message().toString()).contains("EX", "free: 3"));
        assertThat(targets).isEmpty();
    }

    @Test
    void theSandboxKnowsTheTestSubjects() {
        assertThat(ask(SANDBOX, "GET", "/v1/occupancy/lots/" + TestSubject.REFER.person().number(), "", "")).isInstanceOfSatisfying(Answer.Found.class,
                found -> assertThat(found.message().toString()).contains("EX", "free: 1"));
        assertThat(ask(SANDBOX, "GET", "/v1/occupancy/lots/" + TestSubject.NOT_FOUND.enterprise().code(), "", ""))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.NOT_FOUND));
        isAway(ask(SANDBOX, "GET", "/v1/occupancy/lots/" + TestSubject.ERROR.person().number(), "", ""));
        assertThat(targets).isEmpty();
        assertThat(ask(LIVE, "GET", "/v1/occupancy/lots/" + TestSubject.ERROR.person().number(), "", "")).as("live they are numbers like others")
                .isInstanceOf(Answer.Found.class);
    }

    @Test
    void theSourcesOwnSandboxIsNotAskedAboutWhatTheContractSays() {
        String json = declaration("http://localhost:" + server.getAddress().getPort() + "/base")
                .replace("\"baseUrl\":", "\"sandboxBaseUrl\": \"http://localhost:" + server.getAddress().getPort() + "/sandbox\", \"baseUrl\":");
        product.close();
        product = made(json, guard());
        assertThat(ask(SANDBOX, "GET", "/v1/occupancy/lots/" + TestSubject.NOT_FOUND.enterprise().code(), "", ""))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.fault()).isEqualTo(Answer.Fault.NOT_FOUND));
        assertThat(ask(SANDBOX, "GET", "/v1/occupancy/lots/" + TestSubject.REFER.enterprise().code(), "", "")).isInstanceOfSatisfying(Answer.Found.class,
                found -> assertThat(found.message().toString()).contains("EX", "free: 1"));
        assertThat(targets).isEmpty();
        String approved = TestSubject.APPROVE.enterprise().code();
        assertThat(ask(SANDBOX, "GET", "/v1/occupancy/lots/" + approved, "", "")).isInstanceOf(Answer.Found.class);
        assertThat(targets).containsExactly("GET /sandbox/lots/" + approved);

        product.close();
        product = made(json.replace(", \"referExample\": \"1\"", ""), guard());
        assertThat(ask(SANDBOX, "GET", "/v1/occupancy/lots/" + TestSubject.REFER.enterprise().code(), "", "")).isInstanceOf(Answer.Found.class);
        assertThat(targets).as("where the contract gives no example of it").hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://localhost:PORT/base | http://other.example.com/base | inner may do without TLS
            http://localhost:PORT/base | https://other.example.com/base | not among those the operator allows
            http://localhost:PORT/base | https://api.example.com/base | private or loopback
            http://localhost:PORT/base | https://user:pass@api.example.com/base | URL without user name
            http://localhost:PORT/base | file:///etc/passwd | URL without user name
            http://localhost:PORT/base | gopher://localhost:PORT/ | URL without user name
            "operationId": "lot", "root" | "operationId": "none", "root" | has no operation none
            "root": "/data"}}, | "root": "/date"}}, | has no field lot_id
            "name": "at", "type": "STRING" | "name": "when", "type": "STRING" | has no parameter when
            "free": {"type": "integer"} | "free": {"type": "string"} | has no field free
            "in": "query", "schema" | "in": "query", "required": true, "schema" | []
            "openapi": "3.1.0" | "openapi": "2.0" | OpenAPI 3 is expected
            "baseUrl": | "sandboxBaseUrl": "http://LocalHost:PORT/x/..//base/", "baseUrl": | must not be the live source
            "baseUrl": | "sandboxBaseUrl": "http://localhost.:PORT/base", "baseUrl": | must not be the live source
            "baseUrl": | "sandboxBaseUrl": "http://localhost:PORT/%62ase", "baseUrl": | must not be the live source
            "baseUrl": | "sandboxBaseUrl": "http://localhost:PORT/sandbox", "baseUrl": | []
            "http": {"baseUrl": | "grpc": {"target": "grpc://localhost:PORT", "sandboxTarget": "grpc://localhost:PORT/x"}, "was": {"baseUrl": | must not be the live source
            """)
    void aMistakeIsFoundAtRegistration(String right, String wrong, String said) {
        String port = Integer.toString(server.getAddress().getPort());
        String json = declaration("http://localhost:" + port + "/base");
        assertThat(json).contains(right.replace("PORT", port));
        assertThat(faultsOf(json.replace(right.replace("PORT", port), wrong.replace("PORT", port)), guard())).contains(said);
    }
}
