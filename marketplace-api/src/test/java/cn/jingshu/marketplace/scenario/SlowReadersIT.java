package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.library.LibraryProduct;
import cn.jingshu.marketplace.library.v1.WatchReturnsRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers of a stream that do not read: nothing is piled up for them, and after a while they are let go and told so. */
class SlowReadersIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int TITLE = 100_000;
    private static final int BOOKS = 1_000;

    /** What two sockets, their windows and the edge's own buffer hold; all of the stream would be 100 MB. */
    private static final int MOST_ON_THE_WAY = 200;

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static Market market;
    private static UsageRecords usage;
    private static RestCaller rest;
    private static GrpcCaller grpc;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(),
                Map.of("jingshu.limits.slow-reader-timeout", "1s", "jingshu.limits.streams-per-subscription", "1"));
        market = new Market(node);
        market.sellLibrary("2", "1.5");
        usage = new UsageRecords(node);
        rest = new RestCaller(node.httpPort());
        grpc = new GrpcCaller(node.grpcPort(), node.get(Contracts.class));
    }

    @AfterAll
    static void close() throws Exception {
        rest.close();
        grpc.close();
        node.close();
    }

    private static String key() throws Exception {
        Subscription subscription = market.subscribe("bank", "library", Purpose.INDUSTRY, 1_000_000, Market.WIDE);
        String key = market.key(subscription);
        Until.holds(SOON, () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
        return key;
    }

    /** A socket that has asked for a long stream and takes a few kilobytes of it. */
    private static Socket unread(String key, String requestId) throws IOException {
        return unread(key, requestId, "");
    }

    private static Socket unread(String key, String requestId, String lastEventId) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.httpPort()));
        socket.setSoTimeout((int) SOON.toMillis());
        socket.getOutputStream().write(("GET /v1/library/returns?books=" + BOOKS + "&titleLength=" + TITLE
                + " HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + requestId + "\r\nAuthorization: Bearer " + key
                + (lastEventId.isEmpty() ? "" : "\r\nLast-Event-ID: " + lastEventId)
                + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static int status(String key) throws Exception {
        return rest.get("/v1/library/returns?books=1", key).status();
    }

    @Test
    void anUnreadStreamOverHttpIsEndedAndSaysWhy() throws Exception {
        String key = key();
        String requestId = UUID.randomUUID().toString();
        int before = node.get(LibraryProduct.class).returned();
        try (Socket socket = unread(key, requestId)) {
            begun(before);
            assertThat(status(key)).isEqualTo(Refusal.TOO_MANY_STREAMS.httpStatus());
            Until.holds(SOON, () -> status(key), status -> status == 200); // the only one allowed has ended
            assertThat(node.get(LibraryProduct.class).returned() - before).isBetween(1, MOST_ON_THE_WAY);
            String all = readAll(socket.getInputStream());
            assertThat(all).contains("event: problem", "\"code\":\"READER_TOO_SLOW\"", Refusal.READER_TOO_SLOW.zh());
            assertThat(all.substring(all.lastIndexOf("event:"))).startsWith("event: problem");
        }
        assertThat(usage.one(requestId).quantity()).isEqualTo(1); // the minute it was open
    }

    /** Of two streams nobody reads the first belongs to a product that throws when it is told to end. */
    @Test
    void aProductThatDoesNotEndItsStreamHoldsUpNoOther() throws Exception {
        String stuck = key();
        String after = key();
        int before = node.get(LibraryProduct.class).returned();
        try (Socket first = unread(stuck, UUID.randomUUID().toString(), "stuck")) {
            begun(before);
            assertThat(status(stuck)).isEqualTo(Refusal.TOO_MANY_STREAMS.httpStatus());
            Until.holds(SOON, () -> status(stuck), status -> status == 200);
            assertThat(readAll(first.getInputStream())).contains("\"code\":\"READER_TOO_SLOW\"");
            int between = node.get(LibraryProduct.class).returned();
            try (Socket second = unread(after, UUID.randomUUID().toString())) {
                begun(between);
                Until.holds(SOON, () -> status(after), status -> status == 200);
                assertThat(readAll(second.getInputStream())).contains("\"code\":\"READER_TOO_SLOW\"");
            }
        }
    }

    @Test
    void aStreamThatIsNotEndedByItsProductGivesItsUnitAndItsPlaceBack() throws Exception {
        String key = market.key(market.subscribe("bank", "library", Purpose.INDUSTRY, 1, Market.WIDE));
        Until.holds(SOON, () -> rest.get("/v1/library/books/absent", key).status(), status -> status == 200);
        LibraryProduct library = node.get(LibraryProduct.class);
        try (Socket _ = unread(key, UUID.randomUUID().toString(), "still stuck")) {
            Until.holds(SOON, library::still, open -> open == 1);
            assertThat(status(key)).as("the only unit").isEqualTo(Refusal.QUOTA_EXHAUSTED.httpStatus());
        }
        Until.holds(SOON, library::still, open -> open == 0);
        Until.holds(SOON, () -> status(key), status -> status == 200);
    }

    @Test
    void whoNeverReadsIsCutOff() throws Exception {
        String key = key();
        int before = node.get(LibraryProduct.class).returned();
        try (Socket socket = unread(key, UUID.randomUUID().toString())) {
            begun(before);
            // A closed connection refuses what is sent to it; until then requests wait behind the stream. Nothing is read.
            Until.holds(Duration.ofSeconds(20), () -> {
                pause();
                try {
                    socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    return false;
                } catch (SocketException closed) {
                    return true;
                }
            }, closed -> closed);
        }
    }

    /** Waits until a stream has begun: what is asked next is another one. */
    private static void begun(int before) throws Exception {
        Until.holds(SOON, () -> node.get(LibraryProduct.class).returned(), now -> now > before);
    }

    private static String readAll(InputStream in) throws IOException {
        // Ends with the last chunk: the connection stays open behind a stream that ended in good order.
        StringBuilder all = new StringBuilder();
        byte[] buffer = new byte[65_536];
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
            all.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            if (all.length() > 5 && all.substring(all.length() - 5).equals("0\r\n\r\n")) {
                break;
            }
        }
        return new String(all.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    @Test
    void anUnreadStreamOverGrpcIsEndedAndSaysWhy() throws Exception {
        String key = key();
        String requestId = UUID.randomUUID().toString();
        ContractMethod method = grpc.method("jingshu.library.v1.LibraryService/WatchReturns");
        Metadata metadata = new Metadata();
        metadata.put(GrpcCaller.key("authorization"), "Bearer " + key);
        metadata.put(GrpcCaller.key("x-request-id"), requestId);
        AtomicInteger read = new AtomicInteger();
        CompletableFuture<Status> ended = new CompletableFuture<>();
        CompletableFuture<Metadata> told = new CompletableFuture<>();
        int before = node.get(LibraryProduct.class).returned();
        ClientCall<Message, Message> call = grpc.channel().newCall(GrpcCaller.descriptor(method), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onMessage(Message book) {
                read.incrementAndGet();
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                told.complete(trailers);
                ended.complete(status);
            }
        }, metadata);
        call.sendMessage(WatchReturnsRequest.newBuilder().setBooks(BOOKS).setTitleLength(TITLE).build());
        call.halfClose();
        call.request(1);
        begun(before);
        assertThat(status(key)).isEqualTo(Refusal.TOO_MANY_STREAMS.httpStatus());
        Until.holds(SOON, () -> status(key), status -> status == 200);
        assertThat(node.get(LibraryProduct.class).returned() - before).isBetween(1, MOST_ON_THE_WAY);
        assertThat(read.get()).isEqualTo(1);
        call.request(BOOKS);
        assertThat(ended.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.ABORTED);
        com.google.rpc.Status detailed = StatusProto.fromStatusAndTrailers(ended.get(), told.get());
        assertThat(detailed.getDetailsList().stream().filter(detail -> detail.is(ErrorInfo.class)).toList())
                .singleElement()
                .satisfies(detail -> assertThat(detail.unpack(ErrorInfo.class).getReason()).isEqualTo("READER_TOO_SLOW"));
        assertThat(read.get()).isLessThan(MOST_ON_THE_WAY);
        assertThat(usage.one(requestId).quantity()).isEqualTo(1);
    }

    @Test
    void whoReadsSlowlyButReadsIsNotLetGo() throws Exception {
        String key = key();
        var lines = rest.client().send(rest.request("/v1/library/returns?books=40&titleLength=" + TITLE, key).build(),
                java.net.http.HttpResponse.BodyHandlers.ofLines());
        assertThat(lines.body().filter(line -> line.startsWith("data:")).peek(_ -> pause()).count()).isEqualTo(40);
    }

    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
    }
}
