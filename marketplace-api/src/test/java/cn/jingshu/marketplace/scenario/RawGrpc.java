package cn.jingshu.marketplace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A connection of HTTP/2 by hand: it sends and takes what the test says, and no more. */
final class RawGrpc implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

    /** Sent with each call; null: none is. */
    private final @Nullable String key;

    private RawGrpc(int port, @Nullable String key, byte[] settings) throws IOException {
        this(port, key, settings, 0);
    }

    /** @param receiveBuffer of its socket, in bytes; zero: as the system has it */
    private RawGrpc(int port, @Nullable String key, byte[] settings, int receiveBuffer) throws IOException {
        this.key = key;
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(30_000);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, settings);
    }

    static RawGrpc open(int port, @Nullable String key) throws IOException {
        return new RawGrpc(port, key, new byte[0]);
    }

    /** One whose streams begin with a window of so many bytes. */
    static RawGrpc openWithWindow(int bytes, int port, @Nullable String key) throws IOException {
        return new RawGrpc(port, key, ByteBuffer.allocate(6).putShort((short) 4).putInt(bytes).array());
    }

    /** One that grants all there can be at once, on a link that takes little at a time. */
    static RawGrpc openWithAllGranted(int port, @Nullable String key) throws IOException {
        RawGrpc opened = new RawGrpc(port, key, ByteBuffer.allocate(6).putShort((short) 4).putInt(Integer.MAX_VALUE).array(), 1 << 16);
        opened.grant(0, Integer.MAX_VALUE - 65_535);
        return opened;
    }

    record Frame(int type, int flags, int stream, ByteString payload) {
        boolean is(int expected, int ofStream) {
            return type == expected && stream == ofStream;
        }

        boolean ends(int ofStream) {
            return stream == ofStream && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(9 + payload.length);
        head.put((byte) (payload.length >> 16)).putShort((short) payload.length).put((byte) type).put((byte) flags).putInt(stream).put(payload);
        out.write(head.array());
        out.flush();
    }

    void call(int stream, String method, Message request, String requestId) throws IOException {
        begin(stream, method, requestId);
        data(stream, framed(request.toByteArray()), true);
    }

    /** The headers of a call, and nothing after them. */
    void begin(int stream, String method, String requestId) throws IOException {
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        Map.of(":method", "POST", ":scheme", "http", ":path", "/jingshu.library.v1.LibraryService/" + method, ":authority", "x")
                .forEach((name, value) -> header(headers, name, value));
        header(headers, "te", "trailers");
        header(headers, "content-type", "application/grpc");
        if (key != null) {
            header(headers, "authorization", "Bearer " + key);
        }
        header(headers, "x-request-id", requestId);
        frame(HEADERS, END_HEADERS, stream, headers.toByteArray());
    }

    /** A message as gRPC frames it. */
    static byte[] framed(byte[] message) {
        return ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
    }

    void data(int stream, byte[] bytes, boolean last) throws IOException {
        frame(DATA, last ? END_STREAM : 0, stream, bytes);
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

    /** Whether its calls carry a key. */
    boolean isKnown() {
        return key != null;
    }

    private Frame next() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        return new Frame(in.readUnsignedByte(), in.readUnsignedByte(), in.readInt(), ByteString.copyFrom(in.readNBytes(length)));
    }

    /** Reads until a frame fits, and says how many bytes of data came for the stream until then. */
    int readUntil(int stream, Predicate<Frame> fits) throws IOException {
        int data = 0;
        while (true) {
            Frame frame = next();
            if (frame.is(DATA, stream)) {
                data += frame.payload().size();
            }
            if (fits.test(frame)) {
                return data;
            }
            assertThat(frame.is(RST_STREAM, stream)).as("stream %d was reset", stream).isFalse();
        }
    }

    /** What a stream ends with; one that is reset without a word fails. */
    Http2Headers end(int stream) throws IOException, Http2Exception {
        while (true) {
            Frame frame = next();
            assertThat(frame.is(RST_STREAM, stream)).as("stream %d was reset", stream).isFalse();
            if (frame.type() == HEADERS) {
                // Every block is decoded, since later ones build on it.
                Http2Headers headers = decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload().toByteArray()));
                if (frame.ends(stream)) {
                    return headers;
                }
            }
        }
    }

    /** What a refusal says of itself. */
    static com.google.rpc.Status statusIn(Http2Headers trailers) throws IOException {
        CharSequence details = trailers.get("grpc-status-details-bin");
        assertThat(details).as("details in %s", trailers).isNotNull();
        com.google.rpc.Status status = com.google.rpc.Status.parseFrom(Base64.getDecoder().decode(details.toString()));
        assertThat(trailers.get("grpc-status")).hasToString(Integer.toString(status.getCode()));
        return status;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
