package cn.jingshu.marketplace.edge;

import io.micronaut.context.annotation.Value;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Lets go of callers that do not read their stream. One look at all open streams now and then costs an item nothing but
 * the moment it was handed over; a stream may live beyond its time by as long as lies between two looks.
 */
@Singleton
public final class SlowReaders {
    private static final long LOOKS_PER_TIMEOUT = 10;

    private final StreamPath streams;
    private final Duration atMost;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("slow-readers").factory());

    SlowReaders(StreamPath streams, @Value("${jingshu.limits.slow-reader-timeout}") Duration atMost) {
        this.streams = streams;
        this.atMost = atMost;
    }

    /** Begins; to be called once. */
    public void start() {
        long every = Math.max(1, atMost.toMillis() / LOOKS_PER_TIMEOUT);
        var _ = looking.scheduleWithFixedDelay(() -> streams.endUnread(atMost), every, every, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        looking.shutdownNow();
    }
}
