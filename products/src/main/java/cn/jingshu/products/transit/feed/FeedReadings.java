package cn.jingshu.products.transit.feed;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How the readings of one feed go; written by its intake, read from any thread. */
public final class FeedReadings {
    private final Clock clock;
    private final LongAdder failures;
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(null, null, ""));

    FeedReadings(Clock clock, LongAdder failures) {
        this.clock = clock;
        this.failures = failures;
    }

    /**
     * What is known of the feed.
     *
     * @param readAt last reading that did not fail; null: none yet
     * @param newest time of its newest data; null: nothing read yet
     * @param error why the last reading failed, in one sentence; empty: it did not
     */
    record Known(@Nullable Instant readAt, @Nullable Instant newest, String error) {}

    /** The feed answered; {@code newest} is the time of its data, null when it said nothing new. */
    public void succeeded(@Nullable Instant newest) {
        Instant now = clock.instant();
        known.updateAndGet(old -> new Known(now, newest == null || isAfter(old.newest, newest) ? old.newest : newest, ""));
    }

    /** The feed failed, for the reason given in one sentence. */
    public void failed(String reason) {
        failures.increment();
        known.updateAndGet(old -> new Known(old.readAt, old.newest, reason));
    }

    Known known() {
        return known.get();
    }

    private static boolean isAfter(@Nullable Instant known, Instant told) {
        return known != null && known.isAfter(told);
    }
}
