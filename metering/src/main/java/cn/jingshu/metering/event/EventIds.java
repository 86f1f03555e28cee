package cn.jingshu.metering.event;

import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * Makes the ids of usage events: time-ordered 128-bit ids (UUID version 7) that only grow within one process, so
 * they index well and sort as they happened. The random bits need not be secret: an id names an event, it opens nothing.
 */
public final class EventIds {
    private final TimeOrderedEpochFactory ids;

    public EventIds(Clock clock) {
        this(clock, () -> ThreadLocalRandom.current().nextLong());
    }

    /** @param random gives the random bits, to whichever thread asks */
    public EventIds(Clock clock, LongSupplier random) {
        this.ids = TimeOrderedEpochFactory.builder()
                .withClock(clock)
                .withRandomFunction(random)
                .withIncrementPlus1()
                .build();
    }

    /** The next id, greater than every id this object made before. */
    public UUID next() {
        return ids.create();
    }
}
