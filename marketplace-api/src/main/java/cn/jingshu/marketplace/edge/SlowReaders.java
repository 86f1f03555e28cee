package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.store.Rounds;
import io.micronaut.context.annotation.Value;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Lets go of callers that do not read their stream. One look at all open streams now and then costs an item nothing but
 * the moment it was handed over; a stream may live beyond its time by as long as lies between two looks.
 */
@Singleton
public final class SlowReaders {
    private static final long LOOKS_PER_TIMEOUT = 10;

    private final Rounds looks;

    SlowReaders(StreamPath streams, @Value("${jingshu.limits.slow-reader-timeout}") Duration atMost) {
        Duration every = Duration.ofMillis(Math.max(1, atMost.toMillis() / LOOKS_PER_TIMEOUT));
        this.looks = new Rounds("slow-readers", every, every, () -> streams.endUnread(atMost));
    }

    /** Begins; to be called once. */
    public void start() {
        looks.start();
    }

    @PreDestroy
    void stop() {
        looks.close();
    }
}
