package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.Connections;
import io.micronaut.context.annotation.Value;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Puts a {@link DataPlaneHandler} into every HTTP connection, just before the framework's own handler. */
@Singleton
final class DataPlane implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
    private final RestHandler rest;
    private final HttpDrain drain;
    private final Connections connections;
    private final int maxBodyBytes;
    private final Duration requestTimeout;

    DataPlane(
            RestHandler rest,
            HttpDrain drain,
            Connections connections,
            @Value("${jingshu.limits.max-body-bytes}") int maxBodyBytes,
            @Value("${jingshu.limits.request-timeout}") Duration requestTimeout) {
        this.rest = rest;
        this.drain = drain;
        this.connections = connections;
        this.maxBodyBytes = maxBodyBytes;
        this.requestTimeout = requestTimeout;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        NettyServerCustomizer.Registry registry = event.getBean();
        registry.register(new OfConnection(null));
        return registry;
    }

    /** Asked once for the listener and once for each connection below it. */
    private final class OfConnection implements NettyServerCustomizer {
        /** The connection this customizer is for; null: not for one yet. */
        private final @Nullable Channel connection;

        private OfConnection(@Nullable Channel connection) {
            this.connection = connection;
        }

        @Override
        public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
            if (role != ChannelRole.CONNECTION) {
                return this;
            }
            if (!connections.admits(channel)) {
                var _ = channel.close();
            }
            return new OfConnection(channel);
        }

        @Override
        public void onStreamPipelineBuilt() {
            if (connection != null && connection.isOpen()) {
                connection.pipeline().addBefore(ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND,
                        "jingshu-data-plane", new DataPlaneHandler(rest, drain, maxBodyBytes, requestTimeout));
            }
        }
    }
}
