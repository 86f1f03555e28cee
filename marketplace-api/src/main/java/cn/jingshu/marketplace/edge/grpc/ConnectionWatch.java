package cn.jingshu.marketplace.edge.grpc;

import cn.jingshu.marketplace.edge.Connections;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the streams of one gRPC connection now and then, on the connection's own event loop, so that a bound on time costs a
 * call nothing. It stands before the transport.
 */
abstract class ConnectionWatch extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatch.class);
    private static final int LOOKS_PER_TIME = 10;

    private final long everyNanos;
    private @Nullable ScheduledFuture<?> looking;
    /** Null: the connection does not speak HTTP/2 yet. */
    private @Nullable Http2ConnectionHandler spoken;

    /** @param atMost what is bounded; ten looks fit into it */
    ConnectionWatch(Duration atMost) {
        this.everyNanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), atMost.toNanos() / LOOKS_PER_TIME);
    }

    /** Server sockets whose connections are counted and looked after by one each of {@code watches}. */
    static ChannelFactory<ServerChannel> sockets(Connections counted, Supplier<List<ConnectionWatch>> watches) {
        return () -> new NioServerSocketChannel() {
            @Override
            protected int doReadMessages(List<Object> accepted) throws Exception {
                List<Object> connections = new ArrayList<>(1);
                int read = super.doReadMessages(connections);
                for (Object each : connections) {
                    Channel connection = (Channel) each;
                    if (counted.admits(connection)) {
                        connection.pipeline().addLast(watches.get().toArray(ChannelHandler[]::new));
                        accepted.add(connection);
                    } else {
                        connection.unsafe().closeForcibly(); // no event loop has it yet
                    }
                }
                return read;
            }
        };
    }

    /** HTTP/2 is spoken from now on, and nothing of it was read; to be called once a connection. */
    abstract void begin(Http2ConnectionHandler http2, ChannelHandlerContext context);

    /** One look at the connection. */
    abstract void look(Http2ConnectionHandler http2, ChannelHandlerContext context) throws Http2Exception;

    @Override
    public void channelActive(ChannelHandlerContext context) {
        looking = context.executor().scheduleWithFixedDelay(() -> lookAt(context), everyNanos, everyNanos, TimeUnit.NANOSECONDS);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (spoken == null) {
            spoken(context);
        }
        context.fireChannelRead(bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ScheduledFuture<?> running = looking;
        if (running != null) {
            running.cancel(false);
        }
        context.fireChannelInactive();
    }

    private @Nullable Http2ConnectionHandler spoken(ChannelHandlerContext context) {
        Http2ConnectionHandler http2 = spoken;
        if (http2 == null) {
            http2 = context.pipeline().get(Http2ConnectionHandler.class);
            if (http2 != null) {
                spoken = http2;
                begin(http2, context.pipeline().context(http2));
            }
        }
        return http2;
    }

    private void lookAt(ChannelHandlerContext context) {
        Http2ConnectionHandler http2 = spoken(context);
        if (http2 == null) {
            return; // what is accepted and silent is the transport's to end
        }
        try {
            look(http2, context.pipeline().context(http2));
        } catch (Http2Exception impossible) {
            LOG.error("streams of {} cannot be looked at", context.channel(), impossible);
        }
    }
}
