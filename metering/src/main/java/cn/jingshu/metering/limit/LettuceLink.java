package cn.jingshu.metering.limit;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis, kept open and mended by Lettuce; what is asked while it is broken fails at once. Neither to be
 * connected nor to be greeted takes longer than the time set.
 */
final class LettuceLink implements RedisLink {
    private final RedisClient client;
    private @Nullable StatefulRedisConnection<String, byte[]> connection; // the probing thread's own

    LettuceLink(RedisURI uri, Duration connectWithin) {
        // A Redis that takes connections and says nothing would else be waited for a minute with every greeting.
        this.client = RedisClient.create(RedisURI.builder(uri).withTimeout(connectWithin).build());
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder().connectTimeout(connectWithin).build())
                .build());
    }

    @Override
    public RedisAsyncCommands<String, byte[]> reach(Duration answerWithin)
            throws InterruptedException, ExecutionException, TimeoutException {
        StatefulRedisConnection<String, byte[]> open = connection;
        if (open == null) {
            open = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
            connection = open;
        }
        RedisAsyncCommands<String, byte[]> commands = open.async();
        var _ = commands.ping().toCompletableFuture().get(answerWithin.toNanos(), TimeUnit.NANOSECONDS);
        return commands;
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
