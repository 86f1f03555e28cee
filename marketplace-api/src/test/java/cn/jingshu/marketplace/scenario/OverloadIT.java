package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.edge.LateLoops;
import cn.jingshu.marketplace.edge.Places;
import cn.jingshu.marketplace.edge.StreamPath;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.LibraryProduct;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.library.v1.WatchReturnsRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.products.contract.Contracts;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.netty.util.concurrent.EventExecutor;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node full of slow paid calls: the public interest is still answered, more paid use is refused and pays nothing. */
class OverloadIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String BOOK = "/v1/library/books/b1";
    private static final String HELD = "/v1/library/books/held";
    private static final String METHOD = "jingshu.library.v1.LibraryService/GetBook";
    private static final int PLACES = 6;
    private static final int FOR_PAID = 4;

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static Market market;
    private static RestCaller rest;
    private static GrpcCaller grpc;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of(
                "jingshu.limits.answer-timeout", "10s",
                "jingshu.limits.calls-under-way", String.valueOf(PLACES),
                "jingshu.limits.streams", "4", // of which paid use may have two
                "jingshu.limits.public-interest-share", "0.3",
                "jingshu.limits.late-after", "200ms"));
        market = new Market(node);
        market.sellLibrary("2", "1.5");
        rest = new RestCaller(node.httpPort());
        grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class));
    }

    @AfterAll
    static void close() throws Exception {
        rest.close();
        grpc.close();
        node.close();
    }

    private static String key(String who, Purpose purpose, long quota, RateLimit rate) throws Exception {
        Subscription subscription = market.subscribe(who, "library", purpose, quota, rate);
        String key = market.key(subscription);
        // Of a book that is not there: a hit that is none takes no unit, but one token of the rate.
        Until.holds(SOON, () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
        waitUntilOnTime();
        return key;
    }

    /** No event loop is late, by another test of this class or by a machine that had no time for them: paid use is refused for its places alone. */
    private static void waitUntilOnTime() throws Exception {
        Until.holds(Duration.ofSeconds(20), node.get(LateLoops.class)::count, count -> count == 0);
    }

    /** Fills the places that paid use may take, until the library lets go. */
    private static List<CompletableFuture<HttpResponse<String>>> fill(String key) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> running = new ArrayList<>();
        waitUntilOnTime();
        for (int i = 0; i < FOR_PAID; i++) {
            running.add(rest.client().sendAsync(rest.request(HELD, key).build(), BodyHandlers.ofString()));
        }
        Until.holds(SOON, node.get(LibraryProduct.class)::held, held -> held == FOR_PAID);
        return running;
    }

    private static void letGo(List<CompletableFuture<HttpResponse<String>>> running) {
        node.get(LibraryProduct.class).letGo();
        assertThat(running).allSatisfy(each -> assertThat(each.join().statusCode()).isEqualTo(200));
    }

    @Test
    void whenPaidCallsFillTheNodeThePublicInterestIsStillAnswered() throws Exception {
        String paid = key("bank", Purpose.INDUSTRY, 1_000, Market.WIDE);
        String free = key("institute", Purpose.PUBLIC_INTEREST, 1_000, Market.WIDE);
        Places places = node.get(Places.class);
        List<CompletableFuture<HttpResponse<String>>> running = fill(paid);
        RestCaller.Reply refused = rest.get(BOOK, paid);
        GrpcCaller.Reply refusedOverGrpc = grpc.call(METHOD, GetBookRequest.newBuilder().setBookId("b1").build(), paid);
        RestCaller.Reply answered = rest.get(BOOK, free);
        GrpcCaller.Reply answeredOverGrpc = grpc.call(METHOD, GetBookRequest.newBuilder().setBookId("b1").build(), free);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("\"code\":\"NODE_OVERLOADED\"", Refusal.NODE_OVERLOADED.zh());
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refusedOverGrpc.code()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(refusedOverGrpc.reason()).isEqualTo("NODE_OVERLOADED");
        assertThat(answered.status()).isEqualTo(200);
        assertThat(answeredOverGrpc.code()).isEqualTo(Status.Code.OK);
        letGo(running);
        waitUntilOnTime();
        assertThat(rest.get(BOOK, paid).status()).isEqualTo(200);
        Until.holds(SOON, places::taken, taken -> taken == 0);
    }

    /** A stream of which nothing comes; the answer is there once it is open, and closing its body ends it. */
    private static HttpResponse<Stream<String>> watch(String key, String... headers) throws Exception {
        HttpRequest.Builder request = rest.request("/v1/library/returns?books=1", key).header("Last-Event-ID", "still");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return rest.client().send(request.build(), BodyHandlers.ofLines());
    }

    @Test
    void whenPaidStreamsHaveTheirPlacesThePublicInterestStillOpensOne() throws Exception {
        String paid = key("bank", Purpose.INDUSTRY, 1_000, Market.WIDE);
        String free = key("institute", Purpose.PUBLIC_INTEREST, 1_000, Market.WIDE);
        StreamPath streams = node.get(StreamPath.class);
        List<HttpResponse<Stream<String>>> open = new ArrayList<>();
        waitUntilOnTime();
        open.add(watch(paid));
        waitUntilOnTime();
        open.add(watch(paid, "Idempotency-Key", "\"a-stream\""));
        assertThat(open).allSatisfy(each -> assertThat(each.statusCode()).isEqualTo(200));
        RestCaller.Reply refused = rest.get("/v1/library/returns?books=1", paid);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("\"code\":\"NODE_OVERLOADED\"");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(rest.get("/v1/library/returns?books=1", paid, "Idempotency-Key", "\"another\"").status()).isEqualTo(503);
        Iterator<Message> overGrpc = grpc.stream("jingshu.library.v1.LibraryService/WatchReturns",
                WatchReturnsRequest.newBuilder().setBooks(1).build(), "over-grpc", paid);
        assertThatThrownBy(overGrpc::next).isInstanceOfSatisfying(StatusRuntimeException.class,
                status -> assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        waitUntilOnTime();
        assertThat(rest.get(BOOK, paid).status()).as("calls have places of their own").isEqualTo(200);
        assertThat(rest.get("/v1/library/returns?books=1", free).status()).isEqualTo(200);
        open.add(watch(free));
        open.add(watch(free));
        assertThat(rest.get("/v1/library/returns?books=1", free).status()).as("and all are taken").isEqualTo(503);
        assertThat(streams.taken()).isEqualTo(4);
        open.forEach(each -> each.body().close());
        Until.holds(SOON, streams::taken, taken -> taken == 0);
        waitUntilOnTime();
        assertThat(rest.get("/v1/library/returns?books=1", paid).status()).isEqualTo(200);
    }

    @Test
    void streamsThatAreRefusedOrBreakLeaveTheirPlaces() throws Exception {
        String paid = key("bank", Purpose.INDUSTRY, 1_000, Market.WIDE);
        for (int i = 0; i < 5; i++) {
            waitUntilOnTime();
            assertThat(rest.get("/v1/library/returns?books=1001", paid).status()).isEqualTo(400);
            assertThat(rest.get("/v1/library/returns?books=1", paid, "Last-Event-ID", "not a number").status()).isEqualTo(500);
            assertThat(rest.get("/v1/library/returns?books=1", paid, "Last-Event-ID", "enough").status()).isEqualTo(429);
            assertThat(rest.get("/v1/library/returns?books=1", paid, "Idempotency-Key", "\"once\"").status()).isEqualTo(200);
            assertThat(rest.get("/v1/library/returns?books=2", paid, "Idempotency-Key", "\"once\"").status()).isEqualTo(422);
        }
        Until.holds(SOON, node.get(StreamPath.class)::taken, taken -> taken == 0);
    }

    /** Holds up every event loop for 300 ms at a time, with a moment for what waits in between, as a processor that is full does. */
    private static void holdUp(EventExecutor loop, AtomicBoolean full) {
        var _ = loop.schedule(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            if (full.get()) {
                holdUp(loop, full);
            }
        }, 1, TimeUnit.MILLISECONDS);
    }

    @Test
    void whileTheEventLoopsAreLateThePublicInterestIsAnsweredAndPaidUseIsNot() throws Exception {
        String paid = key("app-studio", Purpose.INDUSTRY, 1, Market.WIDE);
        String free = key("institute", Purpose.PUBLIC_INTEREST, 1_000, Market.WIDE);
        LateLoops late = node.get(LateLoops.class);
        AtomicBoolean full = new AtomicBoolean(true);
        GetBookRequest book = GetBookRequest.newBuilder().setBookId("b1").build();
        try {
            node.get(EventLoopGroupRegistry.class).getDefaultEventLoopGroup().forEach(loop -> holdUp(loop, full));
            Until.holds(Duration.ofSeconds(20), late::count, count -> count == late.watched());
            RestCaller.Reply refused = rest.get(BOOK, paid);
            GrpcCaller.Reply refusedOverGrpc = grpc.call(METHOD, book, paid);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text()).contains("\"code\":\"NODE_OVERLOADED\"");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refusedOverGrpc.reason()).isEqualTo("NODE_OVERLOADED");
            assertThat(rest.get(BOOK, free).status()).isEqualTo(200);
            assertThat(grpc.call(METHOD, book, free).code()).isEqualTo(Status.Code.OK);
        } finally {
            full.set(false);
        }
        Until.holds(Duration.ofSeconds(20), late::count, count -> count == 0);
        assertThat(rest.get(BOOK, paid).status()).as("its only unit was not taken").isEqualTo(200);
    }

    @Test
    void aCallRefusedSoTakesNothingOfRateNorQuota() throws Exception {
        String paid = key("bank", Purpose.INDUSTRY, 1_000, Market.WIDE);
        // A long minute and few calls in it: what is left of the rate is what nobody took.
        String counted = key("app-studio", Purpose.INDUSTRY, 5, new RateLimit(5, Duration.ofHours(10)));
        List<CompletableFuture<HttpResponse<String>>> running = fill(paid);
        for (int i = 0; i < 10; i++) {
            assertThat(rest.get(BOOK, counted).status()).isEqualTo(503);
        }
        letGo(running);
        RestCaller.Reply reply = Until.holds(SOON, () -> rest.get(BOOK, counted), answer -> answer.status() == 200);
        assertThat(reply.header("RateLimit")).contains("\"rate\";r=3;", "\"month\";r=4;"); // its first call and this one
    }

    @Test
    void refusedFailedAndLateCallsLeaveTheirPlaces() throws Exception {
        String paid = key("bank", Purpose.INDUSTRY, 1_000, Market.WIDE);
        for (int i = 0; i < 2 * PLACES; i++) {
            waitUntilOnTime();
            assertThat(rest.get("/v1/library/books/broken", paid).status()).isEqualTo(500);
            assertThat(rest.get("/v1/library/books/missing", paid).status()).isEqualTo(404);
            assertThat(rest.get(BOOK + "?colour=red", paid).status()).isEqualTo(400);
            assertThat(rest.get(BOOK, paid, "Idempotency-Key", "\"same\"").status()).isEqualTo(200);
            assertThat(rest.get("/v1/library/books/b2", paid, "Idempotency-Key", "\"same\"").status()).isEqualTo(422);
            assertThat(rest.get(BOOK, paid, "Jingshu-Purpose", "none").status()).isEqualTo(403);
        }
        assertThat(rest.get("/v1/library/books/never", paid).status()).isEqualTo(504);
        Until.holds(SOON, node.get(Places.class)::taken, taken -> taken == 0);
    }
}
