package cn.jingshu.marketplace.edge.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time one request may take to arrive, from its first byte to its last, however steadily it trickles. It
 * stands before everything that decodes, so that a head which never ends is bounded, too.
 */
final class SlowSenders extends ChannelInboundHandlerAdapter {
    private final Duration atMost;
    private final Runnable late;
    private @Nullable ScheduledFuture<?> deadline;

    /** @param late what happens, on the event loop, when a request has not arrived in time */
    SlowSenders(Duration atMost, Runnable late) {
        this.atMost = atMost;
        this.late = late;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (deadline == null) {
            deadline = context.executor().schedule(this::isLate, atMost.toMillis(), TimeUnit.MILLISECONDS);
        }
        context.fireChannelRead(bytes);
    }

    /** The request has arrived; the next bytes are another's. */
    void arrived() {
        ScheduledFuture<?> running = deadline;
        deadline = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    private void isLate() {
        deadline = null;
        late.run();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        arrived();
        context.fireChannelInactive();
    }
}
