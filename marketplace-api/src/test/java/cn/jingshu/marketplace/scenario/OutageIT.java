package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.LibraryProduct;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.metering.journal.UsageJournal;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.echo.v1.EchoRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is around a node fails; what was paid for goes on, and nothing is answered that is not recorded. */
class OutageIT {
    @TempDir
    private static Path folder;

    private static RunningNode start(String name, Map<String, Object> settings) {
        return RunningNode.start(folder.resolve(name), Clock.systemUTC(), settings);
    }

    @Test
    void callsGoOnWithoutRedisAndWithoutPostgresqlAndAreStoredLater() throws Exception {
        try (RunningNode node = start("outage", Map.of("jingshu.redis.uri", "redis://127.0.0.1:1"));
                RestCaller rest = new RestCaller(node.httpPort());
                GrpcCaller grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class))) {
            Market market = new Market(node);
            UsageRecords usage = new UsageRecords(node);
            String paid = market.key(market.subscriptionOf("bank", "echo-paid"));
            String free = market.key(market.subscriptionOf("institute", "echo-public"));
            Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/echo", paid).status(), status -> status == 200);
            Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/echo", free).status(), status -> status == 200);
            RunningNode.Postgres postgres = node.postgres();
            postgres.stop();
            List<String> answered = new ArrayList<>();
            // Paid use goes on for as many units as the node holds, which is at most a block of 1,000; free use without end.
            for (int i = 0; i < 200; i++) {
                RestCaller.Reply byRest = rest.get("/v1/echo", paid);
                assertThat(byRest.status()).as(byRest.text()).isEqualTo(200);
                GrpcCaller.Reply byGrpc = grpc.call("jingshu.echo.v1.EchoService/Echo", EchoRequest.getDefaultInstance(), free);
                assertThat(byGrpc.answer()).isNotNull();
                answered.add(byRest.requestId());
                answered.add(byGrpc.requestId());
            }
            RestCaller.Reply management = rest.get("/api/usage", paid);
            assertThat(management.status()).as(management.text()).isEqualTo(503);
            assertThat(management.text()).contains("\"code\":\"STORE_UNAVAILABLE\"", "\"detailZh\":");
            postgres.startAgain();
            usage.one(answered.getLast());
            for (String requestId : answered) {
                assertThat(usage.of(requestId)).as(requestId).hasSize(1);
            }
            assertThat(rest.get("/v1/echo", paid).status()).isEqualTo(200);
        }
    }

    @Test
    void whatCannotBeRecordedIsNotAnswered() throws Exception {
        try (RunningNode node = start("unmetered", Map.of());
                RestCaller rest = new RestCaller(node.httpPort());
                GrpcCaller grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class))) {
            Market market = new Market(node);
            market.sellLibrary("5", "1");
            String key = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE));
            Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/b1", key).status(), status -> status == 200);
            node.get(UsageJournal.class).close(); // as a full disk does: nothing more can be appended
            for (String path : List.of("/v1/library/books/b1", "/v1/library/books/missing", "/v1/library/returns?books=3")) {
                RestCaller.Reply reply = rest.get(path, key);
                assertThat(reply.status()).as(path + reply.text()).isEqualTo(503);
                assertThat(reply.text()).contains(Refusal.METER_UNAVAILABLE.code()).doesNotContain("Title of");
            }
            GrpcCaller.Reply reply = grpc.call("jingshu.library.v1.LibraryService/GetBook",
                    GetBookRequest.newBuilder().setBookId("b1").build(), key);
            assertThat(reply.reason()).isEqualTo(Refusal.METER_UNAVAILABLE.code());
        }
    }

    @Test
    void aNodeThatStopsAnswersWhatItHasAdmitted() throws Exception {
        RunningNode node = start("drained", Map.of());
        try (RestCaller rest = new RestCaller(node.httpPort());
                GrpcCaller grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class));
                ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor();
                RawConnection idle = new RawConnection(node.httpPort())) {
            Market market = new Market(node);
            market.sellLibrary("5", "1");
            String key = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000, Market.WIDE));
            String bus = market.key(market.subscriptionOf("app-studio", "transit-standard"));
            Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/library/books/b1", key).status(), status -> status == 200);
            Until.holds(Duration.ofSeconds(10), () -> rest.get("/v1/transit/routes", bus).status(), status -> status == 200);
            HttpResponse<Stream<String>> stream = rest.client()
                    .send(rest.request("/v1/transit/stream/vehicles", bus).build(), BodyHandlers.ofLines());
            assertThat(stream.statusCode()).isEqualTo(200);
            List<CompletableFuture<HttpResponse<String>>> slow = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                slow.add(rest.client().sendAsync(rest.request("/v1/library/books/slow", key).build(), BodyHandlers.ofString()));
            }
            CompletableFuture<GrpcCaller.Reply> slowGrpc = CompletableFuture.supplyAsync(() -> grpc.call(
                    "jingshu.library.v1.LibraryService/GetBook",
                    GetBookRequest.newBuilder().setBookId("slow").build(), key), waiting);
            Until.holds(Duration.ofSeconds(10), node.get(LibraryProduct.class)::slowAsked, asked -> asked == 6);
            node.close();
            for (CompletableFuture<HttpResponse<String>> answer : slow) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
                assertThat(answer.get().body()).contains("Title of slow");
            }
            assertThat(slowGrpc.get().answer().getAllFields()).isNotEmpty();
            stream.body().close();
        } finally {
            node.close();
        }
    }
}
