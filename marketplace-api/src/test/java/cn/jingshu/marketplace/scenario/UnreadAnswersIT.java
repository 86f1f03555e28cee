package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.library.v1.GetBookRequest;
import cn.jingshu.marketplace.library.v1.WatchReturnsRequest;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.runtime.RunningNode;
import cn.jingshu.marketplace.subscription.Subscription;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers over gRPC that grant nothing for what is sent to them: it is not kept for ever, and only that stream is let go. */
class UnreadAnswersIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int CANCEL = 8;

    @TempDir
    private static Path folder;

    private static RunningNode node;
    private static RestCaller rest;
    private static UsageRecords usage;
    private static String key;

    @BeforeAll
    static void open() throws Exception {
        node = RunningNode.start(folder.resolve("node"), Clock.systemUTC(), Map.of("jingshu.limits.slow-reader-timeout", "1s"));
        Market market = new Market(node);
        market.sellLibrary("2", "1.5");
        usage = new UsageRecords(node);
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

    private record Frame(int type, int flags, int stream, ByteString payload) {
        boolean is(int expected, int ofStream) {
            return type == expected && stream == ofStream;
        }

        boolean ends(int ofStream) {
            return stream == ofStream && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    /** A connection of HTTP/2 by hand whose streams begin with a window of ten bytes: it takes what the test grants, and no more. */
    private static final class Caller implements AutoCloseable {
        private final Socket socket;
        private final OutputStream out;
        private final DataInputStream in;

        Caller() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), node.grpcPort());
            socket.setSoTimeout(30_000);
            out = socket.getOutputStream();
            in = new DataInputStream(socket.getInputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(10).array());
        }

        private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
            ByteBuffer head = ByteBuffer.allocate(9 + payload.length);
            head.put((byte) (payload.length >> 16)).putShort((short) payload.length).put((byte) type).put((byte) flags).putInt(stream).put(payload);
            out.write(head.array());
            out.flush();
        }

        void call(int stream, String method, Message request, String requestId) throws IOException {
            ByteArrayOutputStream headers = new ByteArrayOutputStream();
            Map.of(":method", "POST", ":scheme", "http", ":path", "/jingshu.library.v1.LibraryService/" + method, ":authority", "x")
                    .forEach((name, value) -> header(headers, name, value));
            header(headers, "te", "trailers");
            header(headers, "content-type", "application/grpc");
            header(headers, "authorization", "Bearer " + key);
            header(headers, "x-request-id", requestId);
            frame(HEADERS, 4, stream, headers.toByteArray());
            byte[] message = request.toByteArray();
            frame(DATA, END_STREAM, stream, ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array());
        }

        /** A literal field that is not indexed (RFC 7541, 6.2.2). */
        private static void header(ByteArrayOutputStream into, String name, String value) {
            into.write(0);
            for (String text : new String[] {name, value}) {
                assertThat(text.length()).isLessThan(127);
                into.write(text.length());
                into.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            }
        }

        void grant(int stream, int bytes) throws IOException {
            frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
        }

        /** Reads until a frame fits, and says how many bytes of data came for the stream until then. */
        int readUntil(int stream, Predicate<Frame> fits) throws IOException {
            int data = 0;
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                Frame frame = new Frame(in.readUnsignedByte(), in.readUnsignedByte(), in.readInt(), ByteString.copyFrom(in.readNBytes(length)));
                if (frame.is(DATA, stream)) {
                    data += length;
                }
                if (fits.test(frame)) {
                    return data;
                }
                assertThat(frame.is(RST_STREAM, stream)).as("stream %d was reset", stream).isFalse();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static boolean isReset(Frame frame, int stream) {
        return frame.is(RST_STREAM, stream) && frame.payload().asReadOnlyByteBuffer().getInt() == CANCEL;
    }

    @Test
    void anUnreadAnswerIsLetGoAndTheConnectionGoesOn() throws Exception {
        try (Caller caller = new Caller()) {
            String requestId = UUID.randomUUID().toString();
            caller.call(1, "GetBook", GetBookRequest.newBuilder().setBookId("b1").build(), requestId);
            assertThat(caller.readUntil(1, frame -> isReset(frame, 1))).isEqualTo(10);
            assertThat(usage.one(requestId).quantity()).isEqualTo(1); // it was answered; that it was not read is the caller's

            caller.call(3, "GetBook", GetBookRequest.newBuilder().setBookId("b1").build(), UUID.randomUUID().toString());
            caller.grant(3, 100_000);
            assertThat(caller.readUntil(3, frame -> frame.ends(3))).isGreaterThan(10);
        }
    }

    @Test
    void theRestOfAStreamThatWasEndedIsLetGo() throws Exception {
        try (Caller caller = new Caller()) {
            String requestId = UUID.randomUUID().toString();
            caller.call(1, "WatchReturns", WatchReturnsRequest.newBuilder().setBooks(1_000).setTitleLength(100_000).build(), requestId);
            assertThat(caller.readUntil(1, frame -> isReset(frame, 1))).isEqualTo(10);
            assertThat(usage.one(requestId).quantity()).isEqualTo(1); // the minute it was open
        }
    }

    @Test
    void whoTakesALittleNowAndThenKeepsItsAnswer() throws Exception {
        try (Caller caller = new Caller()) {
            caller.call(1, "GetBook", GetBookRequest.newBuilder().setBookId("b1").build(), UUID.randomUUID().toString());
            caller.readUntil(1, frame -> frame.is(DATA, 1));
            for (int second = 0; second < 9; second++) {
                TimeUnit.SECONDS.sleep(1);
                caller.grant(1, 1);
            }
            caller.grant(1, 100_000);
            assertThat(caller.readUntil(1, frame -> frame.ends(1))).isGreaterThan(1);
        }
    }
}
