package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.marketplace.gate.Refusal;
import com.google.rpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what a gRPC caller may send before anybody has asked who it is: how long a request may take from its headers to its end,
 * however steadily it trickles, and how large its message may be. What is beyond is refused as over HTTP, by code and in both
 * languages, and the connection's other streams go on. A call whose request came at once costs nothing here.
 */
final class RequestBounds extends ConnectionWatch {
    private static final Logger LOG = LoggerFactory.getLogger(RequestBounds.class);

    /** Before a message on the wire: whether it is compressed, and its length (gRPC over HTTP/2, Length-Prefixed-Message). */
    private static final int PREFIX_BYTES = 5;

    private final long atMostNanos;
    private final int maxMessageBytes;
    /** When a stream whose request has not ended was first seen, as {@link System#nanoTime} counts. */
    private Http2Connection.@Nullable PropertyKey firstSeen;
    /** That the first data of a stream were looked at. */
    private Http2Connection.@Nullable PropertyKey begun;

    /**
     * @param atMost how long a request may take to arrive; it may take a fifth longer
     * @param maxMessageBytes size of the largest message, as sent
     */
    RequestBounds(Duration atMost, int maxMessageBytes) {
        super(atMost);
        this.atMostNanos = atMost.toNanos();
        this.maxMessageBytes = maxMessageBytes;
    }

    @Override
    void begin(Http2ConnectionHandler http2, ChannelHandlerContext context) {
        firstSeen = http2.connection().newKey();
        begun = http2.connection().newKey();
        http2.decoder().frameListener(new Messages(http2, http2.decoder().frameListener()));
    }

    @Override
    void look(Http2ConnectionHandler http2, ChannelHandlerContext context) throws Http2Exception {
        Http2Connection.PropertyKey key = Objects.requireNonNull(firstSeen, "it has begun");
        long now = System.nanoTime();
        List<Http2Stream> late = new ArrayList<>();
        http2.connection().forEachActiveStream(stream -> {
            if (stream.state() == Http2Stream.State.OPEN) { // its caller has not said that this was all
                Long since = stream.getProperty(key);
                if (since == null) {
                    stream.setProperty(key, now);
                } else if (now - since > atMostNanos) {
                    late.add(stream);
                }
            }
            return true;
        });
        for (Http2Stream stream : late) {
            refuse(http2, context, http2.decoder().frameListener(), stream, Refusal.REQUEST_TOO_SLOW);
        }
        if (!late.isEmpty()) {
            context.flush();
        }
    }

    /** Ends a stream with a status of ours; to gRPC it is as if the caller had let go. */
    private static void refuse(Http2ConnectionHandler http2, ChannelHandlerContext context, Http2FrameListener grpc, Http2Stream stream,
            Refusal refusal) throws Http2Exception {
        String requestId = RequestIds.accept(null);
        LOG.debug("stream {} of {} is refused with {} (request {})", stream.id(), context.channel(), refusal, requestId);
        grpc.onRstStreamRead(context, stream.id(), Http2Error.CANCEL.code());
        var _ = http2.encoder().writeHeaders(context, stream.id(), trailers(refusal, requestId, !stream.isHeadersSent()), 0, true,
                context.newPromise());
        // What the caller may still have to send is not waited for (RFC 9113, 8.1).
        var _ = http2.resetStream(context, stream.id(), Http2Error.NO_ERROR.code(), context.newPromise());
    }

    private static Http2Headers trailers(Refusal refusal, String requestId, boolean alone) {
        Status status = GrpcRefusals.status(refusal, requestId);
        Http2Headers trailers = new DefaultHttp2Headers();
        if (alone) {
            trailers.status("200").add("content-type", "application/grpc");
        }
        return trailers.add("x-request-id", requestId)
                .add("grpc-status", Integer.toString(status.getCode()))
                .add("grpc-message", percentEncoded(status.getMessage()))
                .add("grpc-status-details-bin", Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray()));
    }

    /** As gRPC over HTTP/2 has it of {@code grpc-message}: whatever is not printable ASCII, and the per cent sign. */
    private static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each >= ' ' && each < 0x7f && each != '%') {
                encoded.append((char) each);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    /**
     * Looks at how large a message says it will be, before it is there. Only one that does not come with the first data of its stream
     * can be too large; of a length that is itself cut in two the transport says that it is too large, in its own words.
     */
    private final class Messages extends Http2FrameListenerDecorator {
        private final Http2ConnectionHandler http2;

        Messages(Http2ConnectionHandler http2, Http2FrameListener grpc) {
            super(grpc);
            this.http2 = http2;
        }

        @Override
        public int onDataRead(ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream)
                throws Http2Exception {
            // What was answered on its headers alone may still send: nothing is said to it any more.
            if (!endOfStream && http2.connection().stream(streamId).state() == Http2Stream.State.OPEN && begins(streamId) && data.readableBytes() >= PREFIX_BYTES
                    && data.getUnsignedInt(data.readerIndex() + 1) > maxMessageBytes) {
                refuse(http2, context, listener, http2.connection().stream(streamId), Refusal.BODY_TOO_LARGE);
                context.flush();
                return data.readableBytes() + padding;
            }
            return super.onDataRead(context, streamId, data, padding, endOfStream);
        }

        private boolean begins(int streamId) {
            Http2Connection.PropertyKey key = Objects.requireNonNull(begun, "it has begun");
            return http2.connection().stream(streamId).setProperty(key, true) == null;
        }
    }
}
