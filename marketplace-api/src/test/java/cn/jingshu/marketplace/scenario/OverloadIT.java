package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.edge.LateLoops;
import cn.jingshu.marketplace.edge.Places;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.LibraryProduct;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.metering.limit.RateLimit;
import cn.jingshu.products.contract.Contracts;
import io.grpc.Status;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.netty.util.concurrent.EventExecutor;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
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
        return key;
    }

    /** Fills the places that paid use may take, until the library lets go. */
    private static List<CompletableFuture<HttpResponse<String>>> fill(String key) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> running = new ArrayList<>();
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
        assertThat(rest.get(BOOK, paid).status()).isEqualTo(200);
        Until.holds(SOON, places::taken, taken -> taken == 0);
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
