package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers over gRPC that do not end what they ask, or announce more than is taken: they hold nothing, whoever they are. */
class HeldCallsIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static RestCaller rest;
    private static String key;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(),
                Map.of("jingshu.limits.request-timeout", "1s", "jingshu.limits.max-body-bytes", "65536"));
        Market market = new Market(node);
        market.sellLibrary("2", "1.5");
        rest = new RestCaller(node.httpPort());
        Subscription subscription = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        key = market.key(subscription);
        Until.holds(SOON, () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
    }

    @AfterAll
    static void close() {
        rest.close();
        node.close();
    }

    private static void refused(Http2Headers trailers, Refusal refusal) throws Exception {
        com.google.rpc.Status status = RawGrpc.statusIn(trailers);
        assertThat(status.getCode()).isEqualTo(Status.Code.valueOf(refusal.grpcStatus()).value());
        assertThat(trailers.get("grpc-message")).hasToString(refusal.en());
        assertThat(trailers.status()).hasToString("200");
        List<String> sentences = new ArrayList<>();
        String requestId = "";
        for (Any detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                ErrorInfo info = detail.unpack(ErrorInfo.class);
                assertThat(info.getReason()).isEqualTo(refusal.code());
                requestId = info.getMetadataOrThrow("requestId");
            } else {
                sentences.add(detail.unpack(LocalizedMessage.class).getMessage());
            }
        }
        assertThat(sentences).containsExactly(refusal.zh(), refusal.en());
        assertThat(trailers.get("x-request-id")).hasToString(requestId);
    }

    private static void goesOn(RawGrpc caller, int stream) throws Exception {
        caller.call(stream, "GetBook", GetBookRequest.newBuilder().setBookId("b1").build(), UUID.randomUUID().toString());
        Http2Headers trailers = caller.end(stream);
        assertThat(trailers.get("grpc-status")).hasToString(caller.isKnown() ? "0" : "16");
    }

    @Test
    void callsThatAreHeldOpenWithoutAKeyAreEndedAndTheConnectionGoesOn() throws Exception {
        try (RawGrpc caller = RawGrpc.open(node.grpcPort(), null)) {
            for (int stream = 1; stream < 512; stream += 2) {
                caller.begin(stream, stream % 4 == 1 ? "GetBook" : "WatchReturns", UUID.randomUUID().toString());
            }
            for (int stream = 1; stream < 512; stream += 2) {
                refused(caller.end(stream), Refusal.REQUEST_TOO_SLOW);
            }
            goesOn(caller, 513);
        }
    }

    @Test
    void whoTricklesIsEndedLikeWhoIsSilent() throws Exception {
        try (RawGrpc caller = RawGrpc.open(node.grpcPort(), key)) {
            byte[] message = RawGrpc.framed(GetBookRequest.newBuilder().setBookId("b".repeat(60)).build().toByteArray());
            long began = System.nanoTime();
            caller.begin(1, "GetBook", UUID.randomUUID().toString());
            for (int sent = 0; System.nanoTime() - began < TimeUnit.SECONDS.toNanos(2); sent++) {
                caller.data(1, new byte[] {message[sent]}, false);
                TimeUnit.MILLISECONDS.sleep(100);
            }
            refused(caller.end(1), Refusal.REQUEST_TOO_SLOW);
            goesOn(caller, 3);
        }
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedByItsAnnouncement() throws Exception {
        try (RawGrpc caller = RawGrpc.open(node.grpcPort(), key)) {
            caller.begin(1, "OrderBooks", UUID.randomUUID().toString());
            long began = System.nanoTime();
            caller.data(1, ByteBuffer.allocate(5).put((byte) 0).putInt(65_537).array(), false);
            refused(caller.end(1), Refusal.BODY_TOO_LARGE);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(900));
            for (int more = 0; more < 8; more++) {
                caller.data(1, new byte[16_000], more == 7); // what was under way already harms nobody
            }
            goesOn(caller, 3);
        }
    }

    @Test
    void whatFollowsARefusalOnItsHeadersAloneHarmsNoOtherCall() throws Exception {
        try (RawGrpc caller = RawGrpc.open(node.grpcPort(), key)) {
            caller.begin(1, "NoSuchMethod", UUID.randomUUID().toString());
            refused(caller.end(1), Refusal.NO_SUCH_PATH);
            caller.data(1, ByteBuffer.allocate(5).put((byte) 0).putInt(65_537).array(), false);
            goesOn(caller, 3);
        }
    }
}
