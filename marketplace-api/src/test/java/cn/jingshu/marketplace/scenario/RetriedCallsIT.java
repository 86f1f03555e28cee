package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.apikey.ApiKeys;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.library.v1.WatchReturnsRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.products.transit.v1.GetVehiclePositionsFeedRequest;
import com.google.protobuf.Message;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A call retried with its Idempotency-Key: the stored answer, the same event, and no second charge, over both edges. */
class RetriedCallsIT {
    private static final String GET_BOOK = "jingshu.library.v1.LibraryService/GetBook";
    private static final String WATCH = "jingshu.library.v1.LibraryService/WatchReturns";
    private static final String RETURNS = "/v1/library/returns?books=3";
    private static final String KEY = "Idempotency-Key";
    private static final String REPLAYED = "Idempotency-Replayed";
    private static final String EVENT = "Jingshu-Event-Id";
    private static final String NODE_DIED_BEFORE_KEEPING = """
            UPDATE market.idempotent_call
               SET answer = NULL, answered_at = NULL, claimed_at = claimed_at - INTERVAL '1 hour'
             WHERE event_id = CAST(? AS uuid)
            """;

    private static final String RECORDED_NOWHERE = """
            UPDATE market.idempotent_call
               SET answer = NULL, answered_at = NULL, claimed_at = claimed_at - INTERVAL '1 hour', event_id = CAST(? AS uuid)
             WHERE event_id = CAST(? AS uuid)
            """;
    private static final String BEGAN = """
            INSERT INTO market.node_life (node_id, life_id, began_at) VALUES ('dead', gen_random_uuid(), CURRENT_TIMESTAMP)
            """;
    private static final String SPOKE_LAST = """
            INSERT INTO metering.usage_live_node (node_id, from_sequence, next_sequence, recorded_until, heard_at)
            VALUES ('dead', 1, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP - INTERVAL '10 seconds')
            """;
    private static final String SHIPPED_BY_SOMEBODY = "DELETE FROM metering.usage_live_node WHERE node_id = 'dead'";
    private static final String FORGOTTEN = "DELETE FROM market.node_life WHERE node_id = 'dead'";

    private static SharedNode house;
    private static String key;

    @BeforeAll
    static void subscribe() throws Exception {
        house = SharedNode.get();
        key = liveKey(1_000);
    }

    private static String liveKey(long monthlyQuota) throws Exception {
        Subscription subscription =
                house.market.subscribe("bank", "library", Purpose.INDUSTRY, monthlyQuota, Market.WIDE);
        String fresh = house.market.key(subscription);
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/absent", fresh).status(), status -> status == 200);
        return fresh;
    }

    private static String name() {
        return "\"" + UUID.randomUUID() + "\"";
    }

    private static GrpcCaller.Reply byGrpc(String book, String idempotencyKey) {
        return house.grpc.call(GET_BOOK, GetBookRequest.newBuilder().setBookId(book).build(), key, "idempotency-key", idempotencyKey);
    }

    private static void stored(String requestId, int events) throws Exception {
        RestCaller.Reply later = house.rest.get("/v1/library/books/absent", key);
        house.usage.one(later.requestId());
        assertThat(house.usage.of(requestId)).hasSize(events);
    }

    @Test
    void aRetryIsGivenTheStoredAnswerAndTheSameEvent() throws Exception {
        String name = name();
        RestCaller.Reply first = house.rest.get("/v1/library/books/b1", key, KEY, name);
        RestCaller.Reply again = house.rest.get("/v1/library/books/b1", key, KEY, name);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header(REPLAYED)).isEmpty();
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header(REPLAYED)).isEqualTo("true");
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.header(EVENT)).isEqualTo(first.header(EVENT)).isNotEmpty();
        assertThat(house.usage.one(first.requestId()).eventId()).hasToString(first.header(EVENT));
        stored(again.requestId(), 0);
    }

    @Test
    void aRetryMayComeOverTheOtherEdge() throws Exception {
        String name = name();
        RestCaller.Reply rest = house.rest.get("/v1/library/books/b1", key, KEY, name);
        GrpcCaller.Reply grpc = byGrpc("b1", name);
        assertThat(grpc.header("idempotency-replayed")).isEqualTo("true");
        assertThat(grpc.header("jingshu-event-id")).isEqualTo(rest.header(EVENT));
        assertThat(grpc.answer()).isEqualTo(byGrpc("b1", name()).answer());
        stored(grpc.requestId(), 0);
    }

    @Test
    void aKeyUsedForAnotherRequestIsRefused() throws Exception {
        String name = name();
        assertThat(house.rest.get("/v1/library/books/b1", key, KEY, name).status()).isEqualTo(200);
        RestCaller.Reply other = house.rest.get("/v1/library/books/b2", key, KEY, name);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text()).contains(Refusal.IDEMPOTENCY_KEY_REUSED.code());
        assertThat(byGrpc("b2", name).reason()).isEqualTo(Refusal.IDEMPOTENCY_KEY_REUSED.code());
        stored(other.requestId(), 0);
    }

    @Test
    void ofManyRunsAtOnceOneIsAnsweredAndTheOthersWaitOrRepeat() throws Exception {
        String name = name();
        List<Callable<RestCaller.Reply>> runs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            runs.add(() -> house.rest.get("/v1/library/books/slow", key, KEY, name));
        }
        List<RestCaller.Reply> replies = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<RestCaller.Reply> run : threads.invokeAll(runs)) {
                replies.add(run.get());
            }
        }
        assertThat(replies).extracting(RestCaller.Reply::status).containsOnly(200, 409);
        assertThat(replies).filteredOn(reply -> reply.status() == 200 && reply.header(REPLAYED).isEmpty()).hasSize(1);
        assertThat(replies).filteredOn(reply -> reply.status() == 409).isNotEmpty().allSatisfy(reply -> {
            assertThat(reply.text()).contains(Refusal.IDEMPOTENCY_IN_PROGRESS.code());
            assertThat(reply.header("Retry-After")).isEqualTo("1");
        });
        int events = 0;
        house.usage.one(house.rest.get("/v1/library/books/absent", key).requestId());
        for (RestCaller.Reply reply : replies) {
            events += house.usage.of(reply.requestId()).size();
        }
        assertThat(events).isEqualTo(1);
    }

    @Test
    void whatWasNotAnsweredRunsAgain() throws Exception {
        for (String book : List.of("missing", "away", "torn", "broken", "failing")) {
            String name = name();
            RestCaller.Reply first = house.rest.get("/v1/library/books/" + book, key, KEY, name);
            RestCaller.Reply again = house.rest.get("/v1/library/books/" + book, key, KEY, name);
            assertThat(again.status()).as(book).isEqualTo(first.status()).isGreaterThanOrEqualTo(400);
            assertThat(again.header(REPLAYED)).isEmpty();
            assertThat(house.usage.one(first.requestId()).quantity()).isZero();
            assertThat(house.usage.one(again.requestId()).quantity()).isZero();
            assertThat(house.rest.get("/v1/library/books/b1", key, KEY, name).status()).isEqualTo(200);
        }
    }

    /** It cost nothing, so nothing may be had for it either. */
    @Test
    void aCallToldThatNothingHasChangedFreesItsKeyAndWhoeverAsksAgainForTheWholePays() throws Exception {
        String held = house.rest.get("/v1/library/books/b1", key).header("ETag");
        String name = name();
        for (int i = 0; i < 2; i++) {
            unchanged(house.rest.get("/v1/library/books/b1", key, KEY, name, "If-None-Match", held));
        }
        RestCaller.Reply whole = house.rest.get("/v1/library/books/b1", key, KEY, name);
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.header(REPLAYED)).isEmpty();
        assertThat(house.usage.one(whole.requestId()).quantity()).isEqualTo(1);
        RestCaller.Reply conditional = house.rest.get("/v1/library/books/b1", key, KEY, name, "If-None-Match", held);
        assertThat(conditional.status()).as("the caller holds what it has paid for").isEqualTo(304);
        assertThat(conditional.header(REPLAYED)).isEqualTo("true");
        assertThat(conditional.header(EVENT)).isEqualTo(whole.header(EVENT));
        stored(conditional.requestId(), 0);

        String other = name();
        unchanged(house.rest.get("/v1/library/books/b1", key, KEY, other, "If-None-Match", held));
        GrpcCaller.Reply grpc = byGrpc("b1", other);
        assertThat(grpc.header("idempotency-replayed")).isEmpty();
        assertThat(house.usage.one(grpc.requestId()).quantity()).isEqualTo(1);
    }

    @Test
    void soDoesOneThatAskedForWhatHasChangedSinceAMoment() throws Exception {
        String riding = house.market.key(house.market.subscribe("bank", "transit", Purpose.INDUSTRY, 1_000, Market.WIDE));
        String path = "/v1/transit/feed/vehicle-positions";
        Until.holds(Duration.ofSeconds(10), () -> house.rest.get(path, riding), reply -> reply.status() == 200 && !reply.header("Last-Modified").isEmpty());
        String ever = "Fri, 31 Dec 9999 23:59:59 GMT";
        String name = name();
        unchanged(house.rest.get(path, riding, KEY, name, "If-Modified-Since", ever));
        RestCaller.Reply whole = house.rest.get(path, riding, KEY, name);
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.header(REPLAYED)).isEmpty();
        assertThat(house.usage.one(whole.requestId()).outcome()).isEqualTo("ANSWERED");

        String other = name();
        unchanged(house.rest.get(path, riding, KEY, other, "If-Modified-Since", ever));
        GrpcCaller.Reply grpc = house.grpc.call("jingshu.transit.v1.TransitService/GetVehiclePositionsFeed",
                GetVehiclePositionsFeedRequest.getDefaultInstance(), riding, "idempotency-key", other);
        assertThat(grpc.header("idempotency-replayed")).isEmpty();
        assertThat(house.usage.one(grpc.requestId()).outcome()).isEqualTo("ANSWERED");
    }

    private static void unchanged(RestCaller.Reply reply) throws Exception {
        assertThat(reply.status()).isEqualTo(304);
        assertThat(reply.header(REPLAYED)).isEmpty();
        UsageRecords.Recorded event = house.usage.one(reply.requestId());
        assertThat(event.eventId()).hasToString(reply.header(EVENT));
        assertThat(event.outcome()).isEqualTo("NOT_MODIFIED");
        assertThat(event.quantity()).isZero();
    }

    @Test
    void aCallWhoseNodeDiedBeforeItCouldKeepTheAnswerIsCountedOnce() throws Exception {
        String name = name();
        RestCaller.Reply first = house.rest.get("/v1/library/books/b1", key, KEY, name);
        assertThat(house.usage.one(first.requestId()).quantity()).isEqualTo(1);
        int changed = house.node.get(Database.class).inTransaction(t -> t.change(NODE_DIED_BEFORE_KEEPING, first.header(EVENT)));
        assertThat(changed).isEqualTo(1);
        RestCaller.Reply again = house.rest.get("/v1/library/books/b1", key, KEY, name);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header(REPLAYED)).isEmpty();
        assertThat(again.header(EVENT)).isEqualTo(first.header(EVENT));
        assertThat(again.text()).isEqualTo(first.text());
        stored(again.requestId(), 0);
        assertThat(house.rest.get("/v1/library/books/b1", key, KEY, name).header(REPLAYED)).isEqualTo("true");
    }

    @Test
    void aRetryIsAnsweredEvenWhenTheQuotaIsUsedUpAndTakesNothingOfIt() throws Exception {
        String three = liveKey(3);
        String name = name();
        assertThat(house.rest.get("/v1/library/books/b1", three, KEY, name).status()).isEqualTo(200);
        for (int i = 0; i < 5; i++) {
            assertThat(house.rest.get("/v1/library/books/b1", three, KEY, name).header(REPLAYED)).isEqualTo("true");
        }
        assertThat(house.rest.get("/v1/library/books/b1", three).status()).isEqualTo(200);
        assertThat(house.rest.get("/v1/library/books/b1", three).status()).isEqualTo(200);
        String late = name();
        RestCaller.Reply over = house.rest.get("/v1/library/books/b1", three, KEY, late);
        assertThat(over.text()).contains(Refusal.QUOTA_EXHAUSTED.code());
        assertThat(house.rest.get("/v1/library/books/b1", three, KEY, late).text()).contains(Refusal.QUOTA_EXHAUSTED.code());
        assertThat(house.rest.get("/v1/library/books/b1", three, KEY, name).header(REPLAYED)).isEqualTo("true");
    }

    private static void useUp(String apiKey) throws Exception {
        Until.holds(Duration.ofSeconds(10), () -> house.rest.get("/v1/library/books/b1", apiKey).text(),
                text -> text.contains(Refusal.QUOTA_EXHAUSTED.code()));
    }

    private static int change(String sql, Object... arguments) {
        return house.node.get(Database.class).inTransaction(t -> t.change(sql, arguments));
    }

    @Test
    void aCallThatWasPaidIsAnsweredThoughItsNodeDiedAndNothingIsLeftOfTheQuota() throws Exception {
        String three = liveKey(3);
        String name = name();
        RestCaller.Reply first = house.rest.get("/v1/library/books/b1", three, KEY, name);
        assertThat(house.usage.one(first.requestId()).quantity()).isEqualTo(1);
        useUp(three);
        assertThat(change(NODE_DIED_BEFORE_KEEPING, first.header(EVENT))).isEqualTo(1);
        RestCaller.Reply unchanged = house.rest.get("/v1/library/books/b1", three, KEY, name, "If-None-Match", first.header("ETag"));
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(house.usage.one(unchanged.requestId()).quantity()).isZero();
        RestCaller.Reply again = house.rest.get("/v1/library/books/b1", three, KEY, name);
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header(REPLAYED)).isEmpty();
        assertThat(again.header(EVENT)).isEqualTo(first.header(EVENT));
        stored(again.requestId(), 0);
        assertThat(house.rest.get("/v1/library/books/b1", three, KEY, name).header(REPLAYED)).isEqualTo("true");
        useUp(three); // it gave nothing back that it had not taken
    }

    @Test
    void whileADeadNodesJournalMayHoldTheCallNobodyIsToldThatItIsRefused() throws Exception {
        String three = liveKey(3);
        String name = name();
        RestCaller.Reply first = house.rest.get("/v1/library/books/b1", three, KEY, name);
        useUp(three);
        assertThat(change(RECORDED_NOWHERE, UUID.randomUUID().toString(), first.header(EVENT))).isEqualTo(1);
        try {
            change(BEGAN);
            change(SPOKE_LAST);
            RestCaller.Reply open = house.rest.get("/v1/library/books/b1", three, KEY, name);
            assertThat(open.status()).as(open.text()).isEqualTo(409);
            assertThat(open.text()).contains(Refusal.IDEMPOTENCY_IN_PROGRESS.code());
            assertThat(open.header("Retry-After")).isEqualTo("5");
            stored(open.requestId(), 0);
            GrpcCaller.Reply overGrpc = house.grpc.call(GET_BOOK, GetBookRequest.newBuilder().setBookId("b1").build(), three, "idempotency-key", name);
            assertThat(overGrpc.reason()).isEqualTo(Refusal.IDEMPOTENCY_IN_PROGRESS.code());
            change(SHIPPED_BY_SOMEBODY);
        } finally {
            change(SHIPPED_BY_SOMEBODY);
            change(FORGOTTEN);
        }
        RestCaller.Reply refused = Until.holds(
                Duration.ofSeconds(10), () -> house.rest.get("/v1/library/books/b1", three, KEY, name), reply -> reply.status() != 409);
        assertThat(refused.text()).as("it was recorded nowhere").contains(Refusal.QUOTA_EXHAUSTED.code());
    }

    @Test
    void retriesCountAgainstTheRateLimit() throws Exception {
        String slow = house.market.key(house.market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000,
                new RateLimit(3, Duration.ofSeconds(60))));
        String name = name();
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/b1", slow, KEY, name).status(), status -> status == 429);
    }

    @Test
    void aTestKeyIsNeverAnsweredFromALiveCall() throws Exception {
        Subscription subscription = house.market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE);
        String live = house.market.key(subscription);
        String test = house.market.issueKey(subscription, true).key().reveal();
        String name = name();
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/b1", live, KEY, name).status(), status -> status == 200);
        RestCaller.Reply sandbox = Until.holds(Duration.ofSeconds(5),
                () -> house.rest.get("/v1/library/books/b1", test, KEY, name), reply -> reply.status() == 200);
        assertThat(sandbox.header(REPLAYED)).isEmpty();
    }

    @Test
    void whatIsNoKeyIsRefusedOfCallsAndStreams() throws Exception {
        for (String path : List.of("/v1/library/books/b1", RETURNS)) {
            RestCaller.Reply blank = house.rest.get(path, key, KEY, "two words");
            assertThat(blank.status()).isEqualTo(400);
            assertThat(blank.text()).contains(Refusal.INVALID_REQUEST.code(), KEY);
            assertThat(house.usage.one(blank.requestId()).quantity()).isZero();
        }
    }

    @Test
    void aStreamIsOpenedOnceAndThenToldAsMeteredOverBothEdges() throws Exception {
        String name = name();
        RestCaller.Reply first = house.rest.get(RETURNS, key, KEY, name);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header(REPLAYED)).isEmpty();
        assertThat(first.text()).contains("Title of b3");
        UUID event = house.usage.one(first.requestId()).eventId();

        RestCaller.Reply again = Until.holds(Duration.ofSeconds(5), () -> house.rest.get(RETURNS, key, KEY, name), reply -> reply.status() != 409);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header(REPLAYED)).isEqualTo("true");
        assertThat(again.header(EVENT)).isEqualTo(event.toString());
        assertThat(again.text()).isEqualTo("retry: 3000\n\n");
        stored(again.requestId(), 0);

        String requestId = UUID.randomUUID().toString();
        Iterator<Message> none = house.grpc.stream(WATCH, WatchReturnsRequest.newBuilder().setBooks(3).build(), requestId, key,
                "idempotency-key", name);
        assertThat(none.hasNext()).isFalse();
        stored(requestId, 0);
    }

    @Test
    void aKeyOfAStreamIsNoneOfAnotherOrOfAnotherPlaceInIt() throws Exception {
        String name = name();
        assertThat(house.rest.get(RETURNS, key, KEY, name).status()).isEqualTo(200);
        for (RestCaller.Reply other : List.of(house.rest.get("/v1/library/returns?books=2", key, KEY, name),
                house.rest.get(RETURNS, key, KEY, name, "Last-Event-ID", "2"))) {
            assertThat(other.status()).isEqualTo(422);
            assertThat(other.text()).contains(Refusal.IDEMPOTENCY_KEY_REUSED.code());
            stored(other.requestId(), 0);
        }
    }

    @Test
    void whileAStreamRunsItsKeyIsRefusedAndAfterwardsTold() throws Exception {
        String name = name();
        String endless = "/v1/transit/stream/vehicles";
        String watching = house.market.key(house.market.subscribe("bank", "transit", Purpose.INDUSTRY, 1_000, Market.WIDE));
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/transit/vehicles", watching).status(), status -> status == 200);
        var request = house.rest.request(endless, watching).header(KEY, name);
        HttpResponse<Stream<String>> open = house.rest.client().send(request.build(), BodyHandlers.ofLines());
        try (Stream<String> lines = open.body()) {
            Iterator<String> read = lines.iterator(); // an assertion on the stream itself would close it
            while (!read.next().startsWith("data: ")) {}
            RestCaller.Reply running = house.rest.get(endless, watching, KEY, name);
            assertThat(running.status()).isEqualTo(409);
            assertThat(running.text()).contains(Refusal.IDEMPOTENCY_IN_PROGRESS.code());
            assertThat(running.header("Retry-After")).isEqualTo("1");
        }
        RestCaller.Reply told = Until.holds(
                Duration.ofSeconds(10), () -> house.rest.get(endless, watching, KEY, name), reply -> reply.status() != 409);
        assertThat(told.header(REPLAYED)).isEqualTo("true");
    }

    @Test
    void aStreamThatIsRefusedBeforeItsFirstItemFreesItsKey() throws Exception {
        String name = name();
        for (int i = 0; i < 2; i++) {
            RestCaller.Reply refused = house.rest.get(RETURNS, key, KEY, name, "Last-Event-ID", "enough");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.text()).contains(Refusal.PRODUCT_LIMIT_REACHED.code());
            assertThat(house.usage.one(refused.requestId()).quantity()).isZero();
        }
        assertThat(house.rest.get(RETURNS, key, KEY, name).text()).contains("Title of b3");
    }

    @Test
    void aStreamWhoseNodeDiedBeforeItCouldKeepThatItWasOpenedIsCountedOnce() throws Exception {
        String name = name();
        RestCaller.Reply first = house.rest.get(RETURNS, key, KEY, name);
        UUID event = house.usage.one(first.requestId()).eventId();
        int changed = house.node.get(Database.class).inTransaction(t -> t.change(NODE_DIED_BEFORE_KEEPING, event.toString()));
        assertThat(changed).isEqualTo(1);
        RestCaller.Reply again = Until.holds(Duration.ofSeconds(5), () -> house.rest.get(RETURNS, key, KEY, name), reply -> reply.status() != 409);
        assertThat(again.text()).contains("Title of b3");
        assertThat(again.header(REPLAYED)).isEmpty();
        stored(again.requestId(), 0);
    }

    @Test
    void aStreamThatWasPaidIsOpenedThoughItsNodeDiedAndNothingIsLeftOfTheQuota() throws Exception {
        String three = liveKey(3);
        String name = name();
        RestCaller.Reply first = house.rest.get(RETURNS, three, KEY, name);
        UUID event = house.usage.one(first.requestId()).eventId();
        useUp(three);
        assertThat(change(NODE_DIED_BEFORE_KEEPING, event.toString())).isEqualTo(1);
        RestCaller.Reply again = Until.holds(Duration.ofSeconds(5), () -> house.rest.get(RETURNS, three, KEY, name), reply -> reply.status() != 409);
        assertThat(again.text()).contains("Title of b3");
        stored(again.requestId(), 0);
    }

    @Test
    void theNextKeyOfASubscriptionFindsTheAnswerAndARevokedOneDoesNot() throws Exception {
        Subscription subscription = house.market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE);
        ApiKeys.Issue.Issued old = house.market.issueKey(subscription, false);
        String oldText = old.key().reveal();
        String next = house.market.key(subscription);
        String name = name();
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/b1", oldText, KEY, name).status(), status -> status == 200);
        Until.holds(Duration.ofSeconds(5), () -> house.rest.get("/v1/library/books/b1", next, KEY, name).header(REPLAYED), "true"::equals);
        house.node.get(ApiKeys.class).revoke(old.record().id(), null, "test");
        Until.holds(Duration.ofSeconds(1), () -> house.rest.get("/v1/library/books/b1", oldText, KEY, name).text(),
                text -> text.contains(Refusal.KEY_REVOKED.code()));
    }
}
