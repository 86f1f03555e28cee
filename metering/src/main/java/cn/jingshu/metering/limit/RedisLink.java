package cn.jingshu.metering.limit;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** The way from one node to Redis. */
interface RedisLink extends AutoCloseable {
    /**
     * Commands over a connection that has just answered; opens one when there is none. Waits, so it is not for an event
     * loop; to be called by one thread at a time.
     *
     * @throws ExecutionException when Redis refuses
     * @throws TimeoutException when it does not answer in time
     * @throws RuntimeException when there is no connection to be had
     */
    RedisAsyncCommands<String, byte[]> reach(Duration answerWithin)
            throws InterruptedException, ExecutionException, TimeoutException;

    @Override
    void close();
}
