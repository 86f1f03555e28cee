package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.pricing.Purpose;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same contract over REST and gRPC: the same answers, the same usage. */
class TwoEdgesIT {
    private static final String LIBRARY = "jingshu.library.v1.LibraryService/";
    private static final String TRANSIT = "jingshu.transit.v1.TransitService/";

    /** RFC 9651: a list of strings with integer parameters. */
    private static final Pattern LIST_OF_LIMITS = Pattern.compile("(\"[a-z]+\"(;[a-z*][a-z0-9_.*-]*=-?[0-9]{1,15})+)(, ?\"[a-z]+\"(;[a-z*][a-z0-9_.*-]*=-?[0-9]{1,15})+)*");

    private static SharedNode house;
    private static String transitKey;
    private static String libraryKey;
    private static String echoKey;

    @BeforeAll
    static void subscribe() throws Exception {
        house = SharedNode.get();
        transitKey = house.market.key(house.market.subscribe("bank", "transit", Purpose.INDUSTRY, 100_000, Market.WIDE));
        libraryKey = house.market.key(house.market.subscribe("bank", "library", Purpose.INDUSTRY, 100_000, Market.WIDE));
        echoKey = house.market.key(house.market.subscribe("bank", "echo", Purpose.INDUSTRY, 100_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/b1", libraryKey).status(), status -> status == 200);
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/echo", echoKey).status(), status -> status == 200);
        Until.holds(Duration.ofSeconds(20), () -> house.rest.get("/v1/transit/vehicles", transitKey).text(), text -> text.contains("vehicleId"));
    }

    private static Message request(String method, String json) throws InvalidProtocolBufferException {
        DynamicMessage.Builder request = DynamicMessage.newBuilder(house.grpc.method(method).request());
        JsonFormat.parser().merge(json, request);
        return house.grpc.method(method).requestPrototype().newBuilderForType().mergeFrom(request.build().toByteString()).build();
    }

    private static Message answer(String method, String json) throws InvalidProtocolBufferException {
        DynamicMessage.Builder answer = DynamicMessage.newBuilder(house.grpc.method(method).response());
        JsonFormat.parser().merge(json, answer);
        return answer.build();
    }

    private static void sameOverBoth(String method, String json, String path, String key, long quantity) throws Exception {
        RestCaller.Reply rest = house.rest.get(path, key);
        GrpcCaller.Reply grpc = house.grpc.call(method, request(method, json), key);
        assertThat(rest.status()).as(rest.text()).isEqualTo(200);
        assertThat(answer(method, rest.text())).isEqualTo(grpc.answer());
        UsageRecords.Recorded byRest = house.usage.one(rest.requestId());
        UsageRecords.Recorded byGrpc = house.usage.one(grpc.requestId());
        assertThat(byRest.protocol()).isEqualTo("REST");
        assertThat(byGrpc.protocol()).isEqualTo("GRPC");
        assertThat(List.of(byRest.product(), byRest.operation(), byRest.purpose(), byRest.outcome(), byRest.unit(),
                        byRest.quantity(), byRest.subscriptionId()))
                .isEqualTo(List.of(byGrpc.product(), byGrpc.operation(), byGrpc.purpose(), byGrpc.outcome(),
                        byGrpc.unit(), byGrpc.quantity(), byGrpc.subscriptionId()));
        assertThat(byRest.quantity()).isEqualTo(quantity);
        assertThat(byRest.outcome()).isEqualTo("ANSWERED");
    }

    @Test
    void aCallIsAnsweredAndCountedTheSameOverBoth() throws Exception {
        sameOverBoth("jingshu.echo.v1.EchoService/Echo", "{}", "/v1/echo", echoKey, 1);
        sameOverBoth(LIBRARY + "GetBook", "{\"bookId\":\"b7\"}", "/v1/library/books/b7", libraryKey, 1);
        sameOverBoth(LIBRARY + "ListBooks", "{\"pageSize\":7}", "/v1/library/books?pageSize=7", libraryKey, 7);
    }

    /** But {@code test-slow}, whose three seconds are more than this node gives a product. */
    @Test
    void theTestStopsOfTheSandboxEndAlikeOverBoth() throws Exception {
        String key = house.market.issueKey(house.market.subscribe("bank", "transit", Purpose.INDUSTRY, 100_000, Market.WIDE), true).key().reveal();
        Until.holds(Duration.ofSeconds(20), () -> house.rest.get("/v1/transit/stops/test-approve/arrivals", key).status(), status -> status == 200);
        for (String stop : List.of("test-approve", "test-refer")) {
            RestCaller.Reply reply = house.rest.get("/v1/transit/stops/" + stop + "/arrivals", key);
            assertThat(reply.header("Jingshu-Stale")).as("what is not billed says so").isEqualTo(stop.equals("test-refer") ? "true" : "");
            JsonNode rest = Desk.json(reply);
            assertThat(rest.path("stopId").asText()).as(stop).isEqualTo("JMS001");
            assertThat(rest.path("degraded").asBoolean()).as(stop).isEqualTo(stop.equals("test-refer"));
            GrpcCaller.Reply grpc = arrivals(stop, key);
            assertThat(grpc.code()).as(stop).isEqualTo(Status.Code.OK);
            assertThat(grpc.header("jingshu-stale")).as(stop).isEqualTo(stop.equals("test-refer") ? "true" : "");
            assertThat(grpc.answer().getField(grpc.answer().getDescriptorForType().findFieldByName("degraded"))).isEqualTo(stop.equals("test-refer"));
        }
        assertThat(house.rest.get("/v1/transit/stops/test-not-found/arrivals", key).status()).isEqualTo(404);
        assertThat(arrivals("test-not-found", key).code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(house.rest.get("/v1/transit/stops/test-error/arrivals", key).status()).isEqualTo(503);
        assertThat(arrivals("test-error", key).code()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    private static GrpcCaller.Reply arrivals(String stop, String key) throws Exception {
        return house.grpc.call(TRANSIT + "ListArrivals", request(TRANSIT + "ListArrivals", "{\"stopId\":\"" + stop + "\"}"), key);
    }

    @Test
    void transitAnswersTheSameOverBoth() throws Exception {
        RestCaller.Reply rest = house.rest.get("/v1/transit/stops?page_size=5", transitKey);
        GrpcCaller.Reply grpc = house.grpc.call(TRANSIT + "ListStops", request(TRANSIT + "ListStops", "{\"pageSize\":5}"), transitKey);
        assertThat(withoutMoment(answer(TRANSIT + "ListStops", rest.text()))).isEqualTo(withoutMoment(grpc.answer()));
        assertThat(house.usage.one(rest.requestId()).quantity()).isEqualTo(1);
        assertThat(house.usage.one(grpc.requestId()).quantity()).isEqualTo(1);
    }

    private static Message withoutMoment(Message answer) {
        return answer.toBuilder().clearField(answer.getDescriptorForType().findFieldByName("as_of")).build();
    }

    @Test
    void whatIsMeteredByHitCostsNothingWithoutOne() throws Exception {
        RestCaller.Reply rest = house.rest.get("/v1/library/books/absent", libraryKey);
        GrpcCaller.Reply grpc = house.grpc.call(LIBRARY + "GetBook", request(LIBRARY + "GetBook", "{\"bookId\":\"absent\"}"), libraryKey);
        assertThat(rest.status()).isEqualTo(200);
        assertThat(grpc.code()).isEqualTo(io.grpc.Status.Code.OK);
        assertThat(house.usage.one(rest.requestId()).quantity()).isZero();
        assertThat(house.usage.one(grpc.requestId()).quantity()).isZero();
    }

    @Test
    void aKilobyteIsAThousandStartedBytesOfTheAnswer() throws Exception {
        RestCaller.Reply rest = house.rest.get("/v1/library/books/b1/text", libraryKey);
        assertThat(house.usage.one(rest.requestId()).quantity()).isEqualTo((rest.response().body().length + 999) / 1_000);
    }

    @Test
    void aBodyIsReadByItsContract() throws Exception {
        RestCaller.Reply rest = house.rest.post("/v1/library/orders", libraryKey, "{\"titles\":[\"一\",\"二\"]}", "Content-Type", "application/json; charset=utf-8");
        assertThat(rest.status()).as(rest.text()).isEqualTo(200);
        assertThat(rest.text()).isEqualTo("{\"orderId\":\"一+二\"}");
        GrpcCaller.Reply grpc = house.grpc.call(LIBRARY + "OrderBooks", request(LIBRARY + "OrderBooks", "{\"titles\":[\"一\",\"二\"]}"), libraryKey);
        assertThat(grpc.answer()).isEqualTo(answer(LIBRARY + "OrderBooks", rest.text()));
    }

    @Test
    void headersOfBothEdgesSayTheSameLimits() throws Exception {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        RestCaller.Reply rest = house.rest.get("/v1/echo", echoKey, "traceparent", trace);
        assertThat(rest.header("X-Request-Id")).isEqualTo(rest.requestId());
        assertThat(rest.header("traceparent")).isEqualTo(trace);
        assertThat(rest.header("RateLimit-Policy")).matches(LIST_OF_LIMITS).contains("\"month\";q=100000;w=");
        assertThat(rest.header("RateLimit")).matches(LIST_OF_LIMITS);
        GrpcCaller.Reply grpc = house.grpc.call("jingshu.echo.v1.EchoService/Echo",
                request("jingshu.echo.v1.EchoService/Echo", "{}"), echoKey, "traceparent", trace);
        assertThat(grpc.header("x-request-id")).isEqualTo(grpc.requestId());
        assertThat(grpc.header("traceparent")).isEqualTo(trace);
        assertThat(grpc.header("ratelimit-policy")).isEqualTo(rest.header("RateLimit-Policy"));
        assertThat(grpc.header("ratelimit")).matches(LIST_OF_LIMITS);
    }

    @Test
    void aRequestIdThatCannotBeOneIsReplaced() throws Exception {
        HttpResponse<String> answer = house.rest.client().send(
                house.rest.request("/v1/echo", echoKey).header("X-Request-Id", "no spaces please").build(), BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("X-Request-Id")).hasValueSatisfying(id -> assertThat(id).doesNotContain(" "));
    }

    @Test
    void aStreamIsServerSentEventsWithIdsThatResume() throws Exception {
        assertThat(events("/v1/library/returns?books=3", libraryKey, "")).containsExactly(
                "retry: 3000", "", "id: 1", "data: {\"bookId\":\"b1\",\"title\":\"Title of b1\"}", "",
                "id: 2", "data: {\"bookId\":\"b2\",\"title\":\"Title of b2\"}", "",
                "id: 3", "data: {\"bookId\":\"b3\",\"title\":\"Title of b3\"}", "");
        assertThat(events("/v1/library/returns?books=3", libraryKey, "2")).containsExactly(
                "retry: 3000", "", "id: 3", "data: {\"bookId\":\"b3\",\"title\":\"Title of b3\"}", "");
    }

    private static List<String> events(String path, String key, String lastEventId) throws Exception {
        String requestId = UUID.randomUUID().toString();
        var request = house.rest.request(path, key).header("X-Request-Id", requestId).header("Accept", "text/event-stream");
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<Stream<String>> response = house.rest.client().send(request.build(), BodyHandlers.ofLines());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream; charset=utf-8");
        List<String> lines = response.body().toList();
        UsageRecords.Recorded event = house.usage.one(requestId);
        assertThat(event.unit()).isEqualTo("MINUTE");
        assertThat(event.quantity()).isEqualTo(1);
        return lines;
    }

    @Test
    void theSameStreamOverGrpcIsServerStreaming() throws Exception {
        String requestId = UUID.randomUUID().toString();
        Iterator<Message> items = house.grpc.stream(
                LIBRARY + "WatchReturns", request(LIBRARY + "WatchReturns", "{\"books\":3}"), requestId, libraryKey);
        List<Message> all = new ArrayList<>();
        items.forEachRemaining(all::add);
        assertThat(all).containsExactly(
                answer(LIBRARY + "WatchReturns", "{\"bookId\":\"b1\",\"title\":\"Title of b1\"}"),
                answer(LIBRARY + "WatchReturns", "{\"bookId\":\"b2\",\"title\":\"Title of b2\"}"),
                answer(LIBRARY + "WatchReturns", "{\"bookId\":\"b3\",\"title\":\"Title of b3\"}"));
        UsageRecords.Recorded event = house.usage.one(requestId);
        assertThat(event.quantity()).isEqualTo(1);
        assertThat(event.protocol()).isEqualTo("GRPC");
        Iterator<Message> resumed = house.grpc.stream(LIBRARY + "WatchReturns",
                request(LIBRARY + "WatchReturns", "{\"books\":3}"), UUID.randomUUID().toString(), libraryKey, "last-event-id", "2");
        assertThat(resumed.next()).isEqualTo(all.get(2));
        assertThat(resumed.hasNext()).isFalse();
    }

    @Test
    void busesStreamOverBoth() throws Exception {
        Iterator<Message> buses = house.grpc.stream(TRANSIT + "StreamVehicles",
                request(TRANSIT + "StreamVehicles", "{}"), UUID.randomUUID().toString(), transitKey);
        assertThat(buses.next().getAllFields()).isNotEmpty();
        HttpResponse<Stream<String>> response = house.rest.client()
                .send(house.rest.request("/v1/transit/stream/vehicles", transitKey).build(), BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            assertThat(lines.filter(line -> line.startsWith("data: ")).findFirst()).isPresent();
        }
    }

    /** A client that does not keep to the contract's form: the call ends, is not taken to the product and not counted. */
    @Test
    void aUnaryCallHasOneMessageNeitherNoneNorTwo() throws Exception {
        Message book = request(LIBRARY + "GetBook", "{\"bookId\": \"b1\"}");
        MethodDescriptor<Message, Message> unbound = GrpcCaller.descriptor(house.grpc.method(LIBRARY + "GetBook")).toBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .build();
        Metadata metadata = new Metadata();
        metadata.put(GrpcCaller.key("authorization"), "Bearer " + libraryKey);
        for (int messages : new int[] {0, 2}) {
            CompletableFuture<Status> ended = new CompletableFuture<>();
            ClientCall<Message, Message> call =
                    house.grpc.channel().newCall(unbound, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
            call.start(new ClientCall.Listener<>() {
                @Override
                public void onClose(Status status, Metadata trailers) {
                    ended.complete(status);
                }
            }, metadata);
            for (int sent = 0; sent < messages; sent++) {
                call.sendMessage(book);
            }
            call.halfClose();
            Status status = ended.get(20, TimeUnit.SECONDS);
            assertThat(status.getCode()).as(status.toString())
                    .isEqualTo(messages == 0 ? Status.Code.INTERNAL : Status.Code.CANCELLED);
        }
    }

    @Test
    void reflectionListsEveryContractAndHealthIsServing() throws Exception {
        CompletableFuture<List<String>> listed = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> asking = ServerReflectionGrpc.newStub(house.grpc.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        listed.complete(response.getListServicesResponse().getServiceList().stream()
                                .map(ServiceResponse::getName).toList());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        listed.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        listed.completeExceptionally(new IllegalStateException("ended without an answer"));
                    }
                });
        asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(listed.get(10, TimeUnit.SECONDS)).contains("jingshu.echo.v1.EchoService",
                "jingshu.transit.v1.TransitService", "jingshu.library.v1.LibraryService", "grpc.health.v1.Health");
        asking.onCompleted();
        var health = HealthGrpc.newBlockingStub(house.grpc.channel());
        for (String service : List.of("", "jingshu.echo.v1.EchoService", "jingshu.library.v1.LibraryService")) {
            assertThat(health.check(HealthCheckRequest.newBuilder().setService(service).build()).getStatus())
                    .as(service).isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void theFeedIsGtfsRealtimeBytesThatCanBeHeldAndAskedAboutForNothing() throws Exception {
        RestCaller.Reply whole = house.rest.get("/v1/transit/feed/vehicle-positions", transitKey);
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.header("Content-Type")).isEqualTo("application/x-protobuf");
        FeedMessage feed = FeedMessage.parseFrom(whole.response().body());
        assertThat(feed.getEntityCount()).isPositive();
        assertThat(house.usage.one(whole.requestId()).quantity()).isEqualTo(1);
        unmodified("If-None-Match", whole.header("ETag"));
        unmodified("If-Modified-Since", whole.header("Last-Modified"));
    }

    /** The feed moves on by itself, so the validator is taken anew until one holds still for two requests. */
    private static void unmodified(String condition, String firstValidator) throws Exception {
        String name = condition.equals("If-None-Match") ? "ETag" : "Last-Modified";
        assertThat(firstValidator).isNotEmpty();
        RestCaller.Reply held = Until.holds(Duration.ofSeconds(20), () -> {
            String validator = house.rest.get("/v1/transit/feed/vehicle-positions", transitKey).header(name);
            return house.rest.get("/v1/transit/feed/vehicle-positions", transitKey, condition, validator);
        }, reply -> reply.status() == 304);
        assertThat(held.response().body()).isEmpty();
        UsageRecords.Recorded event = house.usage.one(held.requestId());
        assertThat(event.outcome()).isEqualTo("NOT_MODIFIED");
        assertThat(event.quantity()).isZero();
    }

    /** A 304 costs nothing: it is for who was given the answer it is about, and tells nobody else which answer that is. */
    @Test
    void nobodyIsToldForNothingWhichAnswerAnotherWouldPayFor() throws Exception {
        String path = "/v1/library/books/b1";
        RestCaller.Reply whole = house.rest.get(path, libraryKey);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(whole.text().getBytes(StandardCharsets.UTF_8));
        String guessed = "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 12)) + "\"";
        String test = house.market.issueKey(house.market.subscribe("bank", "library", Purpose.INDUSTRY, 100, Market.WIDE), true).key().reveal();
        RestCaller.Reply ofTheTwin = Until.holds(Duration.ofSeconds(5), () -> house.rest.get(path, test), reply -> reply.status() == 200);
        assertThat(ofTheTwin.text()).isEqualTo(whole.text());
        for (String condition : List.of("*", guessed, ofTheTwin.header("ETag"))) {
            RestCaller.Reply paid = house.rest.get(path, libraryKey, "If-None-Match", condition);
            assertThat(paid.status()).as(condition).isEqualTo(200);
            assertThat(paid.header("ETag")).isEqualTo(whole.header("ETag"));
            assertThat(house.usage.one(paid.requestId()).quantity()).isEqualTo(1);
        }
        assertThat(house.rest.get(path, libraryKey, "If-None-Match", guessed + ", " + whole.header("ETag")).status()).isEqualTo(304);
    }

    @Test
    void aTestKeyIsCountedAndCostsNothing() throws IOException, Exception {
        String test = house.market.issueKey(house.market.subscriptionOf("bank", "echo-paid"), true).key().reveal();
        RestCaller.Reply reply = Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/echo", test), answer -> answer.status() == 200);
        assertThat(house.usage.one(reply.requestId()).sandbox()).isTrue();
    }
}
