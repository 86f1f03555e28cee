package cn.jingshu.marketplace.edge.grpc;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of what a gRPC caller does not read. An answer, or the rest of a stream that was ended, waits for the caller's window
 * (RFC 9113, 5.2), and would as long as the connection lives: a stream on which something waits and whose caller has granted
 * nothing for a while is reset, and what waited is freed. The connection and its other streams go on.
 *
 * <p>It looks at the streams of its connection now and then, on the connection's own event loop; a call costs nothing but a step
 * when its caller grants more. A caller that reads slowly but reads keeps its stream.
 */
final class UnreadAnswers extends ConnectionWatch {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadAnswers.class);

    private final long atMostNanos;
    /** Streams on which something waits, and since when their caller has granted nothing, as {@link System#nanoTime} counts. */
    private final Map<Integer, Long> waitingSince = new HashMap<>();

    /** @param atMost how long a caller may grant nothing while something waits for it; a stream may live a tenth longer */
    UnreadAnswers(Duration atMost) {
        super(atMost);
        this.atMostNanos = atMost.toNanos();
    }

    @Override
    void begin(Http2ConnectionHandler http2, ChannelHandlerContext context) {
        http2.decoder().frameListener(new Grants(http2.decoder().frameListener()));
    }

    @Override
    void look(Http2ConnectionHandler http2, ChannelHandlerContext context) throws Http2Exception {
        letGo(http2, context, http2.decoder().frameListener());
    }

    private void letGo(Http2ConnectionHandler http2, ChannelHandlerContext context, Http2FrameListener grpc) throws Http2Exception {
        Http2RemoteFlowController flow = http2.encoder().flowController();
        long now = System.nanoTime();
        Set<Integer> waiting = new HashSet<>();
        List<Http2Stream> unread = new ArrayList<>();
        http2.connection().forEachActiveStream(stream -> {
            if (flow.hasFlowControlled(stream)) {
                waiting.add(stream.id());
                if (now - waitingSince.computeIfAbsent(stream.id(), first -> now) > atMostNanos) {
                    unread.add(stream);
                }
            }
            return true;
        });
        waitingSince.keySet().retainAll(waiting);
        for (Http2Stream stream : unread) {
            LOG.info("stream {} of {} was not read and is reset", stream.id(), context.channel());
            // To gRPC it is as if the caller had let go: a stream that is still open ends, and is metered to here.
            grpc.onRstStreamRead(context, stream.id(), Http2Error.CANCEL.code());
            var _ = http2.resetStream(context, stream.id(), Http2Error.CANCEL.code(), context.newPromise());
            waitingSince.remove(stream.id());
        }
        if (!unread.isEmpty()) {
            context.flush();
        }
    }

    /** Hears what callers grant, beside gRPC. */
    private final class Grants extends Http2FrameListenerDecorator {
        Grants(Http2FrameListener grpc) {
            super(grpc);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int increment) throws Http2Exception {
            if (!waitingSince.isEmpty()) {
                granted(streamId);
            }
            super.onWindowUpdateRead(context, streamId, increment);
        }
    }

    /** Zero is the connection as a whole: whoever waits may have waited for that. */
    private void granted(int streamId) {
        if (streamId == 0) {
            waitingSince.replaceAll((stream, since) -> System.nanoTime());
        } else {
            waitingSince.computeIfPresent(streamId, (stream, since) -> System.nanoTime());
        }
    }
}
