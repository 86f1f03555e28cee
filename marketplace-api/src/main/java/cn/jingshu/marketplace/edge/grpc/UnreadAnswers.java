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
 * and taken nothing for a while is reset, and what waited is freed. The connection and its other streams go on.
 *
 * <p>Whoever has granted much grants no more until that has come, and over a slow link it comes slowly. So a stream also moves when its
 * window has changed since the last look, for then some of it has left; and one that has a window waits for nothing but the socket,
 * and moves with whatever leaves by that.
 *
 * <p>It looks at the streams of its connection now and then, on the connection's own event loop; a call costs nothing but a step
 * when its caller grants more. A caller that reads slowly but reads keeps its stream.
 */
final class UnreadAnswers extends ConnectionWatch {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadAnswers.class);

    private final long atMostNanos;
    /** Streams on which something waits. */
    private final Map<Integer, Waiting> waiting = new HashMap<>();
    /** The window of the connection at the last look. */
    private int windowOfAll;

    /** How long a stream's caller has granted and taken nothing, as {@link System#nanoTime} counts, and its window at the last look. */
    private static final class Waiting {
        long sinceNanos;
        int window;

        Waiting(long sinceNanos, int window) {
            this.sinceNanos = sinceNanos;
            this.window = window;
        }
    }

    /** @param atMost how long a caller may grant and take nothing while something waits for it; a stream may live a tenth longer */
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
        int ofAll = flow.windowSize(http2.connection().connectionStream());
        boolean socketTakes = ofAll != windowOfAll;
        windowOfAll = ofAll;
        Set<Integer> still = new HashSet<>();
        List<Http2Stream> unread = new ArrayList<>();
        http2.connection().forEachActiveStream(stream -> {
            if (flow.hasFlowControlled(stream)) {
                still.add(stream.id());
                int window = flow.windowSize(stream);
                Waiting since = waiting.computeIfAbsent(stream.id(), first -> new Waiting(now, window));
                if (window != since.window || (socketTakes && window > 0)) {
                    since.sinceNanos = now;
                    since.window = window;
                } else if (now - since.sinceNanos > atMostNanos) {
                    unread.add(stream);
                }
            }
            return true;
        });
        waiting.keySet().retainAll(still);
        for (Http2Stream stream : unread) {
            LOG.info("stream {} of {} was not read and is reset", stream.id(), context.channel());
            // To gRPC it is as if the caller had let go: a stream that is still open ends, and is metered to here.
            grpc.onRstStreamRead(context, stream.id(), Http2Error.CANCEL.code());
            var _ = http2.resetStream(context, stream.id(), Http2Error.CANCEL.code(), context.newPromise());
            waiting.remove(stream.id());
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
            if (!waiting.isEmpty()) {
                granted(streamId);
            }
            super.onWindowUpdateRead(context, streamId, increment);
        }
    }

    /** Zero is the connection as a whole: whoever waits may have waited for that. */
    private void granted(int streamId) {
        if (streamId == 0) {
            waiting.values().forEach(each -> each.sinceNanos = System.nanoTime());
        } else {
            Waiting granted = waiting.get(streamId);
            if (granted != null) {
                granted.sinceNanos = System.nanoTime();
            }
        }
    }
}
