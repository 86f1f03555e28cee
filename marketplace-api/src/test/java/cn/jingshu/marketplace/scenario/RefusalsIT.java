package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.ApiKey;
import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that is refused: with its documented status and code, never as our own failure, and never billed. */
class RefusalsIT {
    private static final String LIBRARY = "jingshu.library.v1.LibraryService/";
    private static final String JSON = "Content-Type: application/json\r\n";

    private static SharedNode house;
    private static Subscription subscription;
    private static String key;

    @BeforeAll
    static void subscribe() throws Exception {
        house = SharedNode.get();
        subscription = house.market.subscribe("app-studio", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        key = liveKey(subscription, "/v1/library/books/absent");
    }

    /** A key that the gate knows already, and so the price of {@code path}. */
    private static String liveKey(Subscription subscription, String path) throws Exception {
        String fresh = house.market.key(subscription);
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get(path, fresh).status(), status -> status == 200);
        return fresh;
    }

    /** The problem says this code with its own status, and nothing of the call is billed. */
    private static void refused(RestCaller.Reply reply, Refusal refusal) throws Exception {
        assertThat(reply.text()).contains("\"code\":\"" + refusal.code() + "\"");
        assertThat(reply.status()).isEqualTo(refusal.httpStatus());
        assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(reply.text()).contains("\"requestId\":\"" + reply.requestId() + "\"", "\"detailZh\":", "\"type\":\"/docs/refusals#");
        unbilled(reply.requestId());
    }

    private static void refused(GrpcCaller.Reply reply, Refusal refusal) throws Exception {
        assertThat(reply.reason()).isEqualTo(refusal.code());
        assertThat(reply.code()).isEqualTo(Status.Code.valueOf(refusal.grpcStatus()));
        assertThat(reply.header("x-request-id")).isEqualTo(reply.requestId());
        unbilled(reply.requestId());
    }

    /** A call that came later has been stored, so this one would have been, too: the journal keeps its order. */
    private static void unbilled(String requestId) throws Exception {
        RestCaller.Reply later = house.rest.get("/v1/library/books/absent", key);
        house.usage.one(later.requestId());
        assertThat(house.usage.of(requestId)).allSatisfy(event -> assertThat(event.quantity()).isZero());
    }

    private static Message request(String method, String json) throws InvalidProtocolBufferException {
        Message.Builder request = house.grpc.method(LIBRARY + method).requestPrototype().newBuilderForType();
        JsonFormat.parser().merge(json, request);
        return request.build();
    }

    private static GrpcCaller.Reply getBook(String id, String apiKey, String... metadata) throws Exception {
        return house.grpc.call(LIBRARY + "GetBook", request("GetBook", "{\"bookId\":\"" + id + "\"}"), apiKey, metadata);
    }

    @Test
    void withoutAKnownKeyNothingIsAnswered() throws Exception {
        String unknown = ApiKey.next(false, new SecureRandom()).reveal();
        refused(house.rest.get("/v1/library/books/b1", null), Refusal.KEY_MISSING);
        refused(house.rest.get("/v1/library/books/b1", "js_live_short"), Refusal.KEY_MALFORMED);
        refused(house.rest.get("/v1/library/books/b1", unknown), Refusal.KEY_UNKNOWN);
        refused(house.grpc.call(LIBRARY + "GetBook", request("GetBook", "{\"bookId\":\"b1\"}"), null), Refusal.KEY_MISSING);
        refused(getBook("b1", "nonsense"), Refusal.KEY_MALFORMED);
        refused(getBook("b1", unknown), Refusal.KEY_UNKNOWN);
        assertThat(house.rest.get("/v1/library/books/b1", null).header("WWW-Authenticate")).isEqualTo("Bearer realm=\"jingshu\"");
    }

    @Test
    void aKeyMayBeSentInItsOwnHeader() throws Exception {
        assertThat(house.rest.get("/v1/library/books/b1", null, "X-API-Key", key).status()).isEqualTo(200);
    }

    @Test
    void aRevokedKeyIsRefusedWithinASecond() throws Exception {
        ApiKeys.Issue.Issued issued = house.market.issueKey(subscription, false);
        String text = issued.key().reveal();
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/b1", text).status(), status -> status == 200);
        house.node.get(ApiKeys.class).revoke(issued.record().id(), null, "test");
        RestCaller.Reply reply = Until.holds(Duration.ofSeconds(1), () -> house.rest.get("/v1/library/books/b1", text),
                answer -> answer.status() != 200);
        refused(reply, Refusal.KEY_REVOKED);
        refused(getBook("b1", text), Refusal.KEY_REVOKED);
    }

    @Test
    void anotherPurposeThanTheApprovedOneIsRefused() throws Exception {
        refused(house.rest.get("/v1/library/books/b1", key, "Jingshu-Purpose", "PUBLIC_INTEREST"), Refusal.WRONG_PURPOSE);
        refused(house.rest.get("/v1/library/books/b1", key, "Jingshu-Purpose", "fun"), Refusal.WRONG_PURPOSE);
        refused(getBook("b1", key, "jingshu-purpose", "PUBLIC_INTEREST"), Refusal.WRONG_PURPOSE);
        assertThat(house.rest.get("/v1/library/books/b1", key, "Jingshu-Purpose", "INDUSTRY").status()).isEqualTo(200);
    }

    @Test
    void aKeyOfAnotherProductIsOutOfScope() throws Exception {
        refused(house.rest.get("/v1/echo", key), Refusal.OVER_SCOPE);
    }

    @Test
    void whatIsAboutAPersonNeedsConsent() throws Exception {
        refused(house.rest.get("/v1/library/readers/r1/loans", key), Refusal.CONSENT_REQUIRED);
        refused(house.grpc.call(LIBRARY + "ListLoans", request("ListLoans", "{\"readerId\":\"r1\"}"), key), Refusal.CONSENT_REQUIRED);
    }

    @Test
    void callsBeyondTheRateWaitAndSayHowLong() throws Exception {
        RateLimit three = new RateLimit(3, Duration.ofSeconds(60));
        String slow = liveKey(house.market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, three),
                "/v1/library/books/absent");
        RestCaller.Reply limited = Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/b1", slow), reply -> reply.status() != 200);
        refused(limited, Refusal.RATE_LIMITED);
        int retryAfter = Integer.parseInt(limited.header("Retry-After"));
        assertThat(retryAfter).isBetween(1, 60);
        assertThat(limited.header("RateLimit-Policy")).matches("\"rate\";q=3;w=60, \"month\";q=1000;w=\\d+");
        assertThat(limited.header("RateLimit")).isEqualTo("\"rate\";r=0;t=" + retryAfter); // the month was not asked
        assertThat(limited.text()).contains("\"violated-policies\":[\"rate\"]");
        GrpcCaller.Reply grpc = getBook("b1", slow);
        refused(grpc, Refusal.RATE_LIMITED);
        assertThat(grpc.detail(QuotaFailure.class).getViolationsList()).singleElement().satisfies(violation -> {
            assertThat(violation.getSubject()).isEqualTo("subscription:rate");
            assertThat(violation.getQuotaId()).isEqualTo("rate");
            assertThat(violation.getQuotaValue()).isEqualTo(3);
        });
        assertThat(grpc.header("ratelimit-policy")).isEqualTo(limited.header("RateLimit-Policy"));
        assertThat(grpc.header("ratelimit")).matches("\"rate\";r=0;t=\\d+");
        assertThat(grpc.detail(RetryInfo.class).getRetryDelay().getSeconds()).isBetween(0L, 60L);
    }

    @Test
    void refusedCallsLeaveTheQuotaAsItWas() throws Exception {
        String five = house.market.key(house.market.subscribe("bank", "library", Purpose.INDUSTRY, 5, Market.WIDE));
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/missing", five).status(), status -> status == 404);
        for (int i = 0; i < 10; i++) {
            refused(house.rest.get("/v1/library/books/b1?colour=red", five), Refusal.INVALID_REQUEST);
            refused(house.rest.get("/v1/library/books/missing", five), Refusal.NOT_FOUND);
            refused(house.rest.get("/v1/library/books/b1", five, "Jingshu-Purpose", "PUBLIC_INTEREST"), Refusal.WRONG_PURPOSE);
            assertThat(house.rest.get("/v1/library/books/broken", five).status()).isEqualTo(500);
            assertThat(house.rest.get("/v1/library/books/absent", five).status()).isEqualTo(200);
        }
        for (int i = 4; i >= 0; i--) {
            RestCaller.Reply answered = house.rest.get("/v1/library/books/b1", five);
            assertThat(answered.status()).as(answered.text()).isEqualTo(200);
            assertThat(answered.header("RateLimit")).contains("\"month\";r=" + i + ";");
        }
        RestCaller.Reply exhausted = house.rest.get("/v1/library/books/b1", five);
        refused(exhausted, Refusal.QUOTA_EXHAUSTED);
        assertThat(exhausted.header("RateLimit-Policy")).contains("\"month\";q=5;w=");
        assertThat(exhausted.header("RateLimit")).contains("\"rate\";r=").endsWith(", \"month\";r=0;t=" + exhausted.header("Retry-After"));
        assertThat(exhausted.text()).contains("\"violated-policies\":[\"month\"]");
        GrpcCaller.Reply grpc = getBook("b1", five);
        refused(grpc, Refusal.QUOTA_EXHAUSTED);
        assertThat(grpc.detail(QuotaFailure.class).getViolations(0).getSubject()).isEqualTo("subscription:month");
        assertThat(grpc.detail(RetryInfo.class).getRetryDelay().getSeconds()).isPositive();
        assertThat(grpc.header("ratelimit")).contains("\"month\";r=0;t=");
    }

    @Test
    void anAnswerThatCostsMoreThanIsLeftOfTheQuotaIsNotGivenAndCostsNothing() throws Exception {
        String ten = house.market.key(house.market.subscribe("bank", "library", Purpose.INDUSTRY, 10, Market.WIDE));
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/missing", ten).status(), status -> status == 404);
        RestCaller.Reply six = house.rest.get("/v1/library/books?pageSize=6", ten);
        assertThat(six.status()).as(six.text()).isEqualTo(200);
        assertThat(six.header("RateLimit")).contains("\"month\";r=4;");
        for (int i = 0; i < 5; i++) {
            RestCaller.Reply tooMany = house.rest.get("/v1/library/books?pageSize=5", ten);
            refused(tooMany, Refusal.QUOTA_EXHAUSTED);
            assertThat(tooMany.text()).contains("costs 5 units").contains("本次应答计5个单位");
            refused(house.grpc.call(LIBRARY + "ListBooks", request("ListBooks", "{\"pageSize\":99}"), ten), Refusal.QUOTA_EXHAUSTED);
        }
        GrpcCaller.Reply four = house.grpc.call(LIBRARY + "ListBooks", request("ListBooks", "{\"pageSize\":4}"), ten);
        assertThat(four.failure()).isNull();
        assertThat(four.header("ratelimit")).contains("\"month\";r=0;");
        refused(house.rest.get("/v1/library/books?pageSize=1", ten), Refusal.QUOTA_EXHAUSTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "null", "\"x\"", "{\"titles\":[\"a\"],\"colour\":1}", "{\"titles\":\"a\"}", "{}",
        "{\"titles\":[\"1\",\"2\",\"3\",\"4\"]}", "{\"titles\":[null]}", "{\"titles\":[{}]}", "{\"titles\":[\"a\"]} trailing",
        "{\"titles\":[\"a\"],\"titles\":[\"b\"]}", "{\"titles\":[\"\\ud800\"]}"})
    void aBodyThatIsNotTheContractsIsRefused(String body) throws Exception {
        refused(house.rest.post("/v1/library/orders", key, body, "Content-Type", "application/json"), Refusal.INVALID_REQUEST);
    }

    @Test
    void aDeeplyNestedBodyIsRefused() throws Exception {
        refused(house.rest.post("/v1/library/orders", key, "[".repeat(30_000), "Content-Type", "application/json"), Refusal.INVALID_REQUEST);
        refused(house.rest.post("/v1/library/orders", key, "{\"titles\":".repeat(3_000), "Content-Type", "application/json"), Refusal.INVALID_REQUEST);
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() throws Exception {
        refused(house.rest.send("POST", "/v1/library/orders", key, BodyPublishers.ofByteArray(
                new byte[] {'{', '"', 't', (byte) 0xff, (byte) 0xfe, '"', '}'}), "Content-Type", "application/json"), Refusal.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?pageSize=101", "?pageSize=x", "?pageSize=1&pageSize=2", "?colour=red", "?pageSize=%zz", "?pageSize=1.5"})
    void aQueryThatIsNotTheContractsIsRefused(String query) throws Exception {
        if (query.contains("%zz")) {
            String requestId = UUID.randomUUID().toString();
            try (RawConnection raw = new RawConnection(house.node.httpPort())) {
                raw.write("GET /v1/library/books" + query + " HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + requestId + "\r\nAuthorization: Bearer " + key + "\r\n\r\n");
                assertThat(raw.read().status()).isEqualTo(400);
            }
            unbilled(requestId);
            return;
        }
        refused(house.rest.get("/v1/library/books" + query, key), Refusal.INVALID_REQUEST);
    }

    @Test
    void aGrpcRequestThatIsNotTheContractsNamesItsFields() throws Exception {
        GrpcCaller.Reply reply = house.grpc.call(LIBRARY + "ListBooks", request("ListBooks", "{\"pageSize\":101}"), key);
        refused(reply, Refusal.INVALID_REQUEST);
        assertThat(reply.detail(BadRequest.class).getFieldViolationsList())
                .singleElement().satisfies(violation -> assertThat(violation.getField()).isEqualTo("pageSize"));
        refused(house.grpc.call(LIBRARY + "OrderBooks", request("OrderBooks", "{}"), key), Refusal.INVALID_REQUEST);
    }

    @Test
    void theProductsOwnRefusalsKeepTheirStatus() throws Exception {
        refused(house.rest.get("/v1/library/books/missing", key), Refusal.NOT_FOUND);
        refused(house.rest.get("/v1/library/books/away", key), Refusal.SOURCE_UNAVAILABLE);
        refused(house.rest.get("/v1/library/books/torn", key), Refusal.INVALID_REQUEST);
        refused(house.rest.get("/v1/library/books/never", key), Refusal.DEADLINE);
        refused(getBook("missing", key), Refusal.NOT_FOUND);
        refused(getBook("away", key), Refusal.SOURCE_UNAVAILABLE);
        GrpcCaller.Reply torn = getBook("torn", key);
        refused(torn, Refusal.INVALID_REQUEST);
        assertThat(torn.detail(BadRequest.class).getFieldViolations(0).getField()).isEqualTo("bookId");
    }

    @Test
    void aLimitOfTheProductItselfIsSaidToBeOneAndWhenItEnds() throws Exception {
        RestCaller.Reply rest = house.rest.get("/v1/library/books/lent", key);
        refused(rest, Refusal.PRODUCT_LIMIT_REACHED);
        assertThat(rest.status()).isEqualTo(429);
        assertThat(rest.header("Retry-After")).isEqualTo("90");
        assertThat(rest.text()).contains("\"detail\":\"enough was borrowed today\"", "\"detailZh\":\"今日借阅已达上限\"",
                "\"type\":\"/docs/refusals#product_limit_reached\"").doesNotContain("violated-policies");
        GrpcCaller.Reply grpc = getBook("lent", key);
        refused(grpc, Refusal.PRODUCT_LIMIT_REACHED);
        assertThat(grpc.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(grpc.detail(RetryInfo.class).getRetryDelay().getSeconds()).isEqualTo(90);
        RestCaller.Reply never = house.rest.get("/v1/library/books/chained", key);
        refused(never, Refusal.PRODUCT_LIMIT_REACHED);
        assertThat(never.header("Retry-After")).as("waiting does not help").isEmpty();
        RestCaller.Reply stream = house.rest.get("/v1/library/returns?books=3", key, "Last-Event-ID", "enough");
        refused(stream, Refusal.PRODUCT_LIMIT_REACHED);
        assertThat(stream.header("Retry-After")).isEqualTo("90");
        String retried = "\"" + UUID.randomUUID() + "\"";
        refused(house.rest.get("/v1/library/books/lent", key, "Idempotency-Key", retried), Refusal.PRODUCT_LIMIT_REACHED);
        refused(house.rest.get("/v1/library/books/lent", key, "Idempotency-Key", retried), Refusal.PRODUCT_LIMIT_REACHED);
    }

    @Test
    void aProductThatBreaksIsOurFailureAndNotBilled() throws Exception {
        for (String book : List.of("broken", "failing")) {
            refused(house.rest.get("/v1/library/books/" + book, key), Refusal.INTERNAL);
            refused(getBook(book, key), Refusal.INTERNAL);
        }
    }

    @Test
    void aStreamThatBreaksBeforeItsFirstItemIsOurFailureAndNotBilled() throws Exception {
        refused(house.rest.get("/v1/library/returns?books=3", key, "Last-Event-ID", "not a number"), Refusal.INTERNAL);
        refused(house.rest.get("/v1/library/returns?books=1001", key), Refusal.INVALID_REQUEST);
    }

    @Test
    void anAnswerLargerThanItsContractAllowsIsNotGivenAndNotBilled() throws Exception {
        refused(house.rest.get("/v1/library/books/thick", key), Refusal.ANSWER_TOO_LARGE); // 10,000 bytes by its contract
        refused(getBook("thick", key), Refusal.ANSWER_TOO_LARGE);
        // Its contract sets no limit, so the one of all holds.
        refused(house.rest.get("/v1/library/books/encyclopaedia/text", key), Refusal.ANSWER_TOO_LARGE);
        refused(house.grpc.call(LIBRARY + "ReadBook", request("ReadBook", "{\"bookId\":\"encyclopaedia\"}"), key),
                Refusal.ANSWER_TOO_LARGE);
        String retried = "\"" + UUID.randomUUID() + "\"";
        refused(house.rest.get("/v1/library/books/thick", key, "Idempotency-Key", retried), Refusal.ANSWER_TOO_LARGE);
        refused(house.rest.get("/v1/library/books/thick", key, "Idempotency-Key", retried), Refusal.ANSWER_TOO_LARGE);
    }

    @Test
    void anItemOfAStreamLargerThanItsContractAllowsEndsTheStream() throws Exception {
        refused(house.rest.get("/v1/library/returns?books=2&titleLength=200000", key), Refusal.ANSWER_TOO_LARGE);
        assertThat(house.rest.get("/v1/library/returns?books=2&titleLength=199000", key).status()).isEqualTo(200);
        // 199,993 bytes as protobuf and 200,011 as JSON: each protocol by what it sends.
        refused(house.rest.get("/v1/library/returns?books=2&titleLength=199985", key), Refusal.ANSWER_TOO_LARGE);
        assertThat(house.grpc.stream(LIBRARY + "WatchReturns", request("WatchReturns", "{\"books\":2,\"titleLength\":199985}"),
                UUID.randomUUID().toString(), key)).toIterable().hasSize(2);
        Iterator<Message> items = house.grpc.stream(LIBRARY + "WatchReturns",
                request("WatchReturns", "{\"books\":2,\"titleLength\":200000}"), UUID.randomUUID().toString(), key);
        org.assertj.core.api.Assertions.assertThatThrownBy(items::next)
                .isInstanceOfSatisfying(io.grpc.StatusRuntimeException.class,
                        refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    }

    @Test
    void streamsBeyondTheLimitOfASubscriptionAreRefusedUntilOneEnds() throws Exception {
        String watching = liveKey(
                house.market.subscribe("bank", "transit", Purpose.INDUSTRY, 1_000, Market.WIDE), "/v1/transit/routes");
        List<java.net.http.HttpResponse<Stream<String>>> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(house.rest.client().send(house.rest.request("/v1/transit/stream/vehicles", watching).build(),
                    java.net.http.HttpResponse.BodyHandlers.ofLines()));
        }
        RestCaller.Reply fourth = house.rest.get("/v1/transit/stream/vehicles", watching);
        refused(fourth, Refusal.TOO_MANY_STREAMS);
        assertThat(fourth.header("RateLimit-Policy")).endsWith(", \"streams\";q=3;qu=\"concurrent-requests\"");
        assertThat(fourth.header("RateLimit")).endsWith(", \"streams\";r=0");
        open.getFirst().body().close();
        Until.holds(Duration.ofSeconds(10), () -> {
            var again = house.rest.client().send(house.rest.request("/v1/transit/stream/vehicles", watching).build(),
                    java.net.http.HttpResponse.BodyHandlers.ofLines());
            again.body().close();
            return again.statusCode();
        }, status -> status == 200);
        open.forEach(response -> response.body().close());
    }

    @Test
    void aGrpcStreamIsRefusedLikeACall() throws Exception {
        Iterator<Message> items = house.grpc.stream(LIBRARY + "WatchReturns", request("WatchReturns", "{\"books\":1}"),
                UUID.randomUUID().toString(), "nonsense");
        org.assertj.core.api.Assertions.assertThatThrownBy(items::next)
                .isInstanceOfSatisfying(io.grpc.StatusRuntimeException.class,
                        refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    }

    @Test
    void aWrongVerbIsToldTheRightOnes() throws Exception {
        RestCaller.Reply reply = house.rest.send("DELETE", "/v1/library/books", key, null);
        refused(reply, Refusal.METHOD_NOT_ALLOWED);
        assertThat(reply.header("Allow")).isEqualTo("GET");
        refused(house.rest.get("/v1/library/orders", key), Refusal.METHOD_NOT_ALLOWED);
    }

    @Test
    void headIsRefusedWithoutABodyAndTheConnectionGoesOn() throws Exception {
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("HEAD /v1/library/books/b1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n\r\n");
            RawConnection.Response refused = raw.read(false);
            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.header("allow")).isEqualTo("GET");
            raw.write(get("/v1/library/books/b1"));
            assertThat(raw.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"})
    void anotherContentTypeThanJsonIsRefused(String type) throws Exception {
        refused(house.rest.post("/v1/library/orders", key, "{\"titles\":[\"a\"]}", "Content-Type", type), Refusal.UNSUPPORTED_MEDIA_TYPE);
    }

    @Test
    void aPathThatIsNoneIsRefused() throws Exception {
        for (String path : List.of("/v1/nothing", "/v1/library", "/v1/library/books/a/b/c", "/v1/", "/v1/library/books/%20%2F/../x")) {
            refused(house.rest.get(path, key), Refusal.NO_SUCH_PATH);
        }
        GrpcCaller.Reply reply = house.grpc.call(LIBRARY + "GetBook", request("GetBook", "{\"bookId\":\"b1\"}"), key);
        assertThat(reply.code()).isEqualTo(Status.Code.OK);
    }

    @Test
    void aKeyInTheQueryIsRefusedAndNotRepeated() throws Exception {
        RestCaller.Reply reply = house.rest.get("/v1/library/books/b1?api_key=" + key, null);
        refused(reply, Refusal.KEY_IN_QUERY);
        assertThat(reply.text()).doesNotContain(key);
        refused(house.rest.get("/v1/library/books/b1?api_key=" + key, key), Refusal.KEY_IN_QUERY);
    }

    @Test
    void aBodyTooLargeIsRefusedWhetherAnnouncedOrNot() throws Exception {
        for (int length : new int[] {70_000, 5_000_000}) {
            bodyTooLarge("{\"titles\":[\"a\"],\"note\":\"" + "x".repeat(length) + "\"}");
        }
        Message large = request("OrderBooks", "{\"titles\":[\"a\"],\"note\":\"" + "x".repeat(70_000) + "\"}");
        GrpcCaller.Reply reply = house.grpc.call(LIBRARY + "OrderBooks", large, key);
        assertThat(reply.reason()).isEqualTo(Refusal.BODY_TOO_LARGE.code());
        assertThat(reply.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(reply.header("x-request-id")).as("an id of its own").isNotEmpty();
        unbilled(reply.requestId());
    }

    @Test
    void aGrpcMethodThatIsNoneIsRefusedWithItsCode() throws Exception {
        MethodDescriptor<Message, Message> known = GrpcCaller.descriptor(house.grpc.method(LIBRARY + "GetBook"));
        for (String name : List.of(LIBRARY + "Nothing", "jingshu.nobody.v1.NobodyService/Ask", "x")) {
            refused(house.grpc.call(UUID.randomUUID().toString(), known.toBuilder().setFullMethodName(name).build(),
                    request("GetBook", "{\"bookId\":\"b1\"}"), key, new String[0]), Refusal.NO_SUCH_PATH);
        }
    }

    private static void bodyTooLarge(String body) throws Exception {
        refused(house.rest.post("/v1/library/orders", key, body, "Content-Type", "application/json"), Refusal.BODY_TOO_LARGE);
        refused(house.rest.send("POST", "/v1/library/orders", key,
                BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                "Content-Type", "application/json"), Refusal.BODY_TOO_LARGE);
    }

    @Test
    void whatIsTooLongToBeARequestIsRefused() throws Exception {
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("GET /v1/library/books/" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            RawConnection.Response response = raw.read();
            assertThat(response.status()).isEqualTo(414);
            assertThat(response.body()).contains("URI_TOO_LONG");
        }
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("GET /v1/library/books/b1 HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(20_000) + "\r\n\r\n");
            assertThat(raw.read().status()).isEqualTo(431);
        }
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("this is not HTTP\r\n\r\n");
            assertThat(raw.read().status()).isEqualTo(400);
        }
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            assertThat(raw.read().status()).isLessThan(500);
        }
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n");
            assertThat(raw.read().status()).isEqualTo(400);
        }
    }

    /** The whole of a GET with these lines more; {@code path} goes out as UTF-8, not encoded. */
    private static String get(String path, String requestId, String lines) {
        return "GET " + path + " HTTP/1.1\r\nX-Request-Id: " + requestId + "\r\nAuthorization: Bearer " + key + "\r\n" + lines + "\r\n";
    }

    private static void refusedRaw(String path, String lines, Refusal refusal) throws Exception {
        String requestId = UUID.randomUUID().toString();
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write(get(path, requestId, lines));
            RawConnection.Response response = raw.read();
            assertThat(response.body()).as(lines).contains("\"code\":\"" + refusal.code() + "\"");
            assertThat(response.status()).isEqualTo(refusal.httpStatus());
        }
        unbilled(requestId);
        assertThat(house.usage.of(requestId)).as("nobody was asked").isEmpty();
    }

    @Test
    void aRequestThatCouldBeReadInTwoWaysIsRefused() throws Exception {
        refusedRaw("/v1/library/books/b1", "", Refusal.MALFORMED_REQUEST); // no host
        refusedRaw("/v1/library/books/b1", "Host: x\r\nHost: y\r\n", Refusal.MALFORMED_REQUEST);
        refusedRaw("/v1/library/books/b\u00001", "Host: x\r\n", Refusal.MALFORMED_REQUEST);
        refusedRaw("/v1/library/books?note=\u0001", "Host: x\r\n", Refusal.MALFORMED_REQUEST);
        refusedRaw("/v1/library/books/b1", "Host: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n", Refusal.MALFORMED_REQUEST);
        refusedRaw("/v1/library/books/%00", "Host: x\r\n", Refusal.NO_SUCH_PATH);
    }

    @Test
    void twoDifferentKeysAreRefusedAndTheSameTwiceIsOne() throws Exception {
        String other = ApiKey.next(false, new SecureRandom()).reveal();
        refusedRaw("/v1/library/books/b1", "Host: x\r\nX-API-Key: " + other + "\r\n", Refusal.KEYS_DIFFER);
        refusedRaw("/v1/library/books/b1", "Host: x\r\nAuthorization: Bearer " + other + "\r\n", Refusal.KEYS_DIFFER);
        refusedRaw("/v1/library/books/b1", "Host: x\r\nAuthorization: Basic YTpi\r\n", Refusal.KEYS_DIFFER);
        refused(getBook("b1", key, "x-api-key", other), Refusal.KEYS_DIFFER);
        assertThat(house.rest.get("/v1/library/books/b1", key, "X-API-Key", key).status()).isEqualTo(200);
        assertThat(getBook("b1", key, "x-api-key", key).code()).isEqualTo(Status.Code.OK);
    }

    @Test
    void anAbsoluteAddressAndOneInChineseLettersLeadWhereTheyMean() throws Exception {
        for (String path : List.of("http://x/v1/library/books/b1", "/v1/library/books/荆门", "/v1/library/books/%E8%8D%86%E9%97%A8")) {
            String requestId = UUID.randomUUID().toString();
            try (RawConnection raw = new RawConnection(house.node.httpPort())) {
                raw.write(get(path, requestId, "Host: x\r\n"));
                RawConnection.Response response = raw.read();
                assertThat(response.status()).as(response.body()).isEqualTo(200);
                assertThat(response.body()).contains(path.endsWith("b1") ? "Title of b1" : "Title of 荆门");
            }
            assertThat(house.usage.one(requestId).quantity()).isEqualTo(1);
        }
    }

    @Test
    void aBodyInChunksWithTrailersIsOneCall() throws Exception {
        String requestId = UUID.randomUUID().toString();
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + requestId + "\r\nAuthorization: Bearer " + key
                    + "\r\nContent-Type: application/json; charset=x-odd\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
                    + "8\r\n{\"titles\r\n8\r\n\":[\"t\"]}\r\n0\r\nX-T: 1\r\n\r\n");
            RawConnection.Response response = raw.read();
            assertThat(response.status()).as(response.body()).isEqualTo(200);
            raw.write(get("/v1/library/books/b1"));
            assertThat(raw.read().status()).isEqualTo(200);
        }
        house.usage.one(requestId);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n\r\n";
    }

    @Test
    void pipelinedRequestsOfBothKindsAreAnsweredInTheirOrder() throws Exception {
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write(get("/v1/library/books/slow") + get("/health") + get("/v1/library/books/b1")
                    + "POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n" + JSON
                    + "Content-Length: 16\r\n\r\n{\"titles\":[\"t\"]}" + get("/nowhere") + get("/v1/library/books/missing")
                    + get("/health") + get("/health") + get("/v1/library/books/b2"));
            assertThat(raw.read().body()).contains("Title of slow");
            assertThat(raw.read().body()).contains("UP");
            assertThat(raw.read().body()).contains("Title of b1");
            assertThat(raw.read().body()).contains("\"orderId\":\"t\"");
            assertThat(raw.read().status()).isEqualTo(404);
            assertThat(raw.read().body()).contains("NOT_FOUND");
            assertThat(raw.read().body()).contains("UP");
            assertThat(raw.read().body()).contains("UP");
            assertThat(raw.read().body()).contains("Title of b2");
        }
    }

    @Test
    void aConnectionGoesOnAfterAPageThatIsNotThere() throws Exception {
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            for (int i = 0; i < 3; i++) {
                raw.write(get("/nowhere"));
                assertThat(raw.read().status()).isEqualTo(404);
                raw.write(get("/v1/library/books/b1"));
                assertThat(raw.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aCallerThatAsksToCloseIsClosedAfterItsAnswer() throws Exception {
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("GET /v1/library/books/b1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + key + "\r\n\r\n");
            RawConnection.Response response = raw.read();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(raw.isAtEnd()).isTrue();
        }
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("GET /v1/library/books/b1 HTTP/1.0\r\nAuthorization: Bearer " + key + "\r\n\r\n");
            assertThat(raw.read().status()).isEqualTo(200);
            assertThat(raw.isAtEnd()).isTrue();
        }
    }

    @Test
    void aCallerThatWaitsForLeaveToSendItsBodyGetsIt() throws Exception {
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n" + JSON
                    + "Expect: 100-continue\r\nContent-Length: 16\r\n\r\n");
            assertThat(raw.read().status()).isEqualTo(100);
            raw.write("{\"titles\":[\"t\"]}");
            assertThat(raw.read().status()).isEqualTo(200);
            raw.write(get("/v1/library/books/b1"));
            assertThat(raw.read().status()).isEqualTo(200);
        }
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n" + JSON
                    + "Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
            assertThat(raw.read().status()).isEqualTo(413);
        }
    }

    @Test
    void aRequestThatComesInPiecesIsOneCallAndOneHalfSentIsNone() throws Exception {
        String requestId = UUID.randomUUID().toString();
        String whole = "POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + requestId + "\r\nAuthorization: Bearer "
                + key + "\r\n" + JSON + "Content-Length: 16\r\n\r\n{\"titles\":[\"t\"]}";
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            for (int i = 0; i < whole.length(); i++) {
                raw.write(whole.substring(i, i + 1));
            }
            assertThat(raw.read().status()).isEqualTo(200);
        }
        house.usage.one(requestId);
        String half = UUID.randomUUID().toString();
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write(whole.replace(requestId, half).substring(0, whole.length() - 3));
        }
        unbilled(half);
        assertThat(house.usage.of(half)).isEmpty();
    }

    @Test
    void aCallerThatHangsUpWhileItsAnswerIsMadeDisturbsNobody() throws Exception {
        String requestId = UUID.randomUUID().toString();
        try (RawConnection raw = new RawConnection(house.node.httpPort())) {
            raw.write("GET /v1/library/books/slow HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + requestId + "\r\nAuthorization: Bearer " + key + "\r\n\r\n");
        }
        assertThat(house.usage.one(requestId).quantity()).isEqualTo(1); // recorded and not answered, never the reverse
        assertThat(house.rest.get("/v1/library/books/b1", key).status()).isEqualTo(200);
    }

    @Test
    void theManagementInterfaceAnswersWithProblemsToo() throws IOException, InterruptedException {
        for (String path : List.of("/api/usage", "/api/statements/2026-11", "/api/entries?month=2026-11", "/api/settlements/2026-11")) {
            RestCaller.Reply reply = house.rest.get(path, null);
            assertThat(reply.status()).as(path).isEqualTo(401);
            assertThat(reply.header("Content-Type")).as(path).isEqualTo("application/problem+json");
        }
        for (String path : List.of("/api/usage?from=yesterday", "/api/usage/events?limit=0", "/api/usage/events?limit=x",
                "/api/usage/events?cursor=x", "/api/usage/events/not-an-id", "/api/statements/november")) {
            RestCaller.Reply reply = house.rest.get(path, key);
            assertThat(reply.status()).as(path + reply.text()).isEqualTo(400);
        }
        assertThat(house.rest.get("/api/nothing", key).status()).isEqualTo(404);
        assertThat(house.rest.send("DELETE", "/api/usage", key, null).status()).isEqualTo(405);
    }

    @Test
    void aRequestThatTricklesInIsCutOff() throws Exception {
        try (RawConnection body = new RawConnection(house.node.httpPort());
                RawConnection head = new RawConnection(house.node.httpPort())) {
            body.write("POST /v1/library/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key
                    + "\r\n" + JSON + "Content-Length: 100\r\n\r\n{");
            head.write("GET /v1/library/books/b1 HTTP/1.1\r\nHost: x\r\nX-Trickle: ");
            RawConnection.Response refused = body.read();
            assertThat(refused.status()).isEqualTo(Refusal.REQUEST_TOO_SLOW.httpStatus());
            assertThat(refused.body()).contains(Refusal.REQUEST_TOO_SLOW.code());
            assertThat(body.isAtEnd()).isTrue();
            assertThat(head.isAtEnd()).isTrue();
        }
    }

    @Test
    void aConnectionThatRestsBetweenRequestsStaysOpen() throws Exception {
        try (RawConnection kept = new RawConnection(house.node.httpPort())) {
            String request = "GET /v1/library/books/absent HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n\r\n";
            assertThat(kept.write(request).read().status()).isEqualTo(200);
            // Longer than a request may take to arrive: this one is answered only after that time, and the next one still is.
            String never = request.replace("absent", "never");
            assertThat(kept.write(never).read().status()).isEqualTo(504);
            assertThat(kept.write(request).read().status()).isEqualTo(200);
        }
    }
}
