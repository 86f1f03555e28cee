package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.LibraryProduct;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.products.contract.Contracts;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every refusal behind the gate's own, which {@code GateFactsIT} walks: provoked over each protocol that can refuse so, or named with the
 * test that does it. One that is in neither list fails.
 */
class EdgeFactsIT {
    private static final String BOOK = "/v1/library/books/b1";
    private static final String LIBRARY = "jingshu.library.v1.LibraryService/";

    /** Refusals that want a house of their own, or people who sign in; the test is read for the code. */
    private static final Map<Refusal, String> ELSEWHERE = Map.of(
            Refusal.READER_TOO_SLOW, "SlowReadersIT",
            Refusal.FORBIDDEN, "FactsApiIT",
            Refusal.CONFLICT, "FactsApiIT",
            Refusal.VERSION_STALE, "FactsApiIT",
            Refusal.VERSION_NOT_STATED, "FactsApiIT",
            Refusal.RULE_BROKEN, "FactsApiIT",
            Refusal.STORE_UNAVAILABLE, "OutageIT");

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static RestCaller rest;
    private static GrpcCaller grpc;
    private static String key;
    private static String other;

    /** What a refusal said over REST: its status and the problem. */
    private record Told(int status, String body) {}

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of(
                "jingshu.limits.answer-timeout", "1s", "jingshu.limits.request-timeout", "1s", "jingshu.limits.streams-per-subscription", "1"));
        Market market = new Market(node);
        market.sellLibrary("2", "1.5");
        rest = new RestCaller(node.httpPort());
        grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class));
        Subscription subscription = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        key = market.key(subscription);
        other = ApiKey.next(false, new SecureRandom()).reveal();
        Until.holds(Duration.ofSeconds(10), () -> rest.get(BOOK, key).status(), status -> status == 200);
    }

    @AfterAll
    static void close() throws Exception {
        grpc.close();
        rest.close();
        node.close();
    }

    private static boolean isOfTheGate(Refusal refusal) {
        return refusal.compareTo(Refusal.KEY_IN_QUERY) < 0;
    }

    @ParameterizedTest
    @EnumSource
    void isToldByItsCodeWithItsStatusesInBothLanguages(Refusal refusal) throws Exception {
        if (isOfTheGate(refusal)) {
            assertThat(Files.readString(Path.of("src/test/java/cn/jingshu/marketplace/scenario/GateFactsIT.java"))).contains(refusal.code());
            return;
        }
        String elsewhere = ELSEWHERE.get(refusal);
        if (elsewhere != null) {
            assertThat(Files.readString(Path.of("src/test/java/cn/jingshu/marketplace/scenario/" + elsewhere + ".java"))).contains(refusal.code());
            return;
        }
        Told told = overRest(refusal);
        assertThat(told.body()).contains("\"code\":\"" + refusal.code() + "\"", "\"detailZh\":");
        assertThat(told.status()).isEqualTo(refusal.httpStatus());
        Status status = overGrpc(refusal);
        if (status != null) {
            assertThat(status.getCode()).isEqualTo(io.grpc.Status.Code.valueOf(refusal.grpcStatus()).value());
            List<String> languages = new ArrayList<>();
            for (Any detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    assertThat(detail.unpack(ErrorInfo.class).getReason()).isEqualTo(refusal.code());
                } else if (detail.is(LocalizedMessage.class)) {
                    languages.add(detail.unpack(LocalizedMessage.class).getLocale());
                }
            }
            assertThat(languages).containsExactly("zh-CN", "en");
        }
    }

    private static Told overRest(Refusal refusal) throws Exception {
        return switch (refusal) {
            case KEY_IN_QUERY -> get(BOOK + "?api_key=" + key);
            case KEYS_DIFFER -> get(BOOK, "X-API-Key", other);
            case NO_SUCH_PATH -> get("/v1/nothing");
            case METHOD_NOT_ALLOWED -> told(rest.send("DELETE", BOOK, key, null));
            case NOT_ACCEPTABLE -> told(rest.get("/api/organisations", null, "Accept", "image/png"));
            case UNSUPPORTED_MEDIA_TYPE -> order("{\"titles\":[\"a\"]}", "text/plain");
            case REQUEST_TOO_SLOW -> raw("POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
            case BODY_TOO_LARGE -> order("{\"note\":\"" + "x".repeat(70_000) + "\"}", "application/json");
            case URI_TOO_LONG -> raw("GET /v1/library/books/" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            case HEADERS_TOO_LARGE -> raw("GET " + BOOK + " HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(20_000) + "\r\n\r\n");
            case MALFORMED_REQUEST -> raw("GET " + BOOK + " HTTP/1.1\r\n\r\n");
            case INVALID_REQUEST -> get(BOOK + "?colour=red");
            case IDEMPOTENCY_KEY_REUSED -> {
                assertThat(rest.get(BOOK, key, "Idempotency-Key", "rest-used").status()).isEqualTo(200);
                yield get("/v1/library/books/b2", "Idempotency-Key", "rest-used");
            }
            case IDEMPOTENCY_IN_PROGRESS -> whileOneRuns("rest-runs", () -> get("/v1/library/books/held", "Idempotency-Key", "rest-runs"));
            case IDEMPOTENCY_UNAVAILABLE -> withoutStoredCalls(() -> get(BOOK, "Idempotency-Key", "rest-away"));
            case TOO_MANY_STREAMS -> whileOneIsOpen(() -> get("/v1/transit/stream/vehicles", "X-Nothing", "x"));
            case NOT_FOUND -> book("missing");
            case PRODUCT_LIMIT_REACHED -> book("lent");
            case SOURCE_UNAVAILABLE -> book("away");
            case ANSWER_TOO_LARGE -> book("thick");
            case DEADLINE -> book("never");
            case INTERNAL -> book("broken");
            case NOT_SIGNED_IN -> told(rest.get("/api/organisations", null));
            case DRAINING -> {
                node.get(StreamPath.class).drain(); // a node that stops does this first
                yield get("/v1/library/returns?books=1");
            }
            default -> throw new AssertionError(refusal + " is neither provoked nor named with the test that does it");
        };
    }

    /** Null: it cannot be told over gRPC, or by the transport alone; {@code docs/refusals.md} says which. */
    private static @Nullable Status overGrpc(Refusal refusal) throws Exception {
        return switch (refusal) {
            case KEYS_DIFFER -> grpc("b1", "x-api-key", other);
            case NO_SUCH_PATH -> status(Objects.requireNonNull(grpc.call(UUID.randomUUID().toString(),
                    GrpcCaller.descriptor(grpc.method(LIBRARY + "GetBook")).toBuilder().setFullMethodName(LIBRARY + "Nothing").build(),
                    request("GetBook", "{}"), key, new String[0]).failure()));
            case REQUEST_TOO_SLOW -> {
                try (RawGrpc caller = RawGrpc.open(node.grpcPort(), null)) {
                    caller.begin(1, "GetBook", "slow");
                    yield RawGrpc.statusIn(caller.end(1));
                }
            }
            case BODY_TOO_LARGE -> status(grpc.call(LIBRARY + "OrderBooks",
                    request("OrderBooks", "{\"titles\":[\"a\"],\"note\":\"" + "x".repeat(70_000) + "\"}"), key));
            case INVALID_REQUEST -> status(grpc.call(LIBRARY + "GetBook", request("GetBook", "{}"), key));
            case IDEMPOTENCY_KEY_REUSED -> {
                assertThat(grpc.call(LIBRARY + "GetBook", request("GetBook", "{\"bookId\":\"b1\"}"), key, "idempotency-key", "grpc-used").failure()).isNull();
                yield grpc("b2", "idempotency-key", "grpc-used");
            }
            case IDEMPOTENCY_IN_PROGRESS -> whileOneRuns("grpc-runs", () -> grpc("held", "idempotency-key", "grpc-runs"));
            case IDEMPOTENCY_UNAVAILABLE -> withoutStoredCalls(() -> grpc("b1", "idempotency-key", "grpc-away"));
            case NOT_FOUND -> grpc("missing");
            case PRODUCT_LIMIT_REACHED -> grpc("lent");
            case SOURCE_UNAVAILABLE -> grpc("away");
            case ANSWER_TOO_LARGE -> grpc("thick");
            case DEADLINE -> grpc("never");
            case INTERNAL -> grpc("broken");
            case DRAINING -> {
                Iterator<Message> items = grpc.stream(LIBRARY + "WatchReturns", request("WatchReturns", "{\"books\":1}"), "draining", key);
                yield status(catchThrowableOfType(StatusRuntimeException.class, items::next));
            }
            default -> null;
        };
    }

    private interface Asking<T> {
        T ask() throws Exception;
    }

    /** While the first call with an idempotency key waits for its answer. */
    private static <T> T whileOneRuns(String idempotencyKey, Asking<T> again) throws Exception {
        LibraryProduct library = node.get(LibraryProduct.class);
        int before = library.held();
        var first = rest.client().sendAsync(rest.request("/v1/library/books/held", key).header("Idempotency-Key", idempotencyKey).build(),
                BodyHandlers.ofString());
        Until.holds(Duration.ofSeconds(5), library::held, held -> held > before);
        T told = again.ask();
        library.letGo();
        first.join();
        return told;
    }

    private static <T> T withoutStoredCalls(Asking<T> asking) throws Exception {
        asOwner("ALTER TABLE market.idempotent_call RENAME TO idempotent_call_away");
        try {
            return asking.ask();
        } finally {
            asOwner("ALTER TABLE market.idempotent_call_away RENAME TO idempotent_call");
        }
    }

    private static void asOwner(String sql) throws Exception {
        try (Connection owner = DriverManager.getConnection(node.postgres().url(), "postgres", node.postgres().ownerPassword());
                Statement statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }

    private static <T> T whileOneIsOpen(Asking<T> asking) throws Exception {
        Market market = new Market(node);
        String watching = market.key(market.subscribe("app-studio", "transit", Purpose.INDUSTRY, 1_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/transit/routes", watching).status(), status -> status == 200);
        HttpResponse<Stream<String>> open =
                rest.client().send(rest.request("/v1/transit/stream/vehicles", watching).build(), BodyHandlers.ofLines());
        assertThat(open.statusCode()).isEqualTo(200);
        String library = key;
        key = watching;
        try {
            return asking.ask();
        } finally {
            key = library;
            open.body().close();
        }
    }

    private static Told get(String path, String... headers) throws Exception {
        return told(rest.get(path, path.contains("api_key") ? null : key, headers));
    }

    private static Told book(String id) throws Exception {
        return get("/v1/library/books/" + id);
    }

    private static Told order(String body, String type) throws Exception {
        return told(rest.post("/v1/library/orders", key, body, "Content-Type", type));
    }

    private static Told told(RestCaller.Reply reply) {
        return new Told(reply.status(), reply.text());
    }

    private static Told raw(String request) throws Exception {
        try (RawConnection raw = new RawConnection(node.httpPort())) {
            RawConnection.Response response = raw.write(request).read();
            return new Told(response.status(), response.body());
        }
    }

    private static Message request(String method, String json) throws InvalidProtocolBufferException {
        Message.Builder request = grpc.method(LIBRARY + method).requestPrototype().newBuilderForType();
        JsonFormat.parser().merge(json, request);
        return request.build();
    }

    private static Status grpc(String book, String... metadata) throws Exception {
        return status(grpc.call(LIBRARY + "GetBook", request("GetBook", "{\"bookId\":\"" + book + "\"}"), key, metadata));
    }

    private static Status status(GrpcCaller.Reply reply) {
        return status(Objects.requireNonNull(reply.failure(), "it was answered"));
    }

    private static Status status(StatusRuntimeException failure) {
        return Objects.requireNonNull(StatusProto.fromThrowable(failure));
    }
}
