package cn.jingshu.products.transit.feed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Running counts of what happened to the observations of a feed; written by the intake, read from any thread. */
public final class FeedCounts {
    private final Clock clock;
    private final Map<Count, LongAdder> counts;
    private final AtomicReference<Readings> readings = new AtomicReference<>(new Readings(null, null, ""));

    public FeedCounts(Clock clock) {
        this.clock = clock;
        EnumMap<Count, LongAdder> zeros = new EnumMap<>(Count.class);
        for (Count count : Count.values()) {
            zeros.put(count, new LongAdder());
        }
        this.counts = Collections.unmodifiableMap(zeros);
    }

    /** What is counted. */
    public enum Count {
        ACCEPTED,
        DROPPED_OLDER,
        DROPPED_FUTURE,
        UNTIMED,
        ABSURD,
        INVALID_UTF8,
        UNKNOWN_TRIP,
        UNKNOWN_ROUTE,
        OVER_CAPACITY,
        FAILURE
    }

    /** When the feed was last read, how new its data are, and why the last reading failed; empty: it did not. */
    private record Readings(@Nullable Instant readAt, @Nullable Instant newest, String error) {}

    public void add(Count count, long by) {
        adder(count).add(by);
    }

    /** The feed answered; {@code newest} is the time of its data, null when it said nothing new. */
    public void succeeded(@Nullable Instant newest) {
        Instant now = clock.instant();
        readings.updateAndGet(
                old -> new Readings(now, newest == null || isAfter(old.newest, newest) ? old.newest : newest, ""));
    }

    /** The feed failed, for the reason given in one sentence. */
    public void failed(String reason) {
        add(Count.FAILURE, 1);
        readings.updateAndGet(old -> new Readings(old.readAt, old.newest, reason));
    }

    /** The counts as they stand. */
    public FeedHealth health() {
        Readings now = readings.get();
        return new FeedHealth(
                of(Count.ACCEPTED),
                of(Count.DROPPED_OLDER),
                of(Count.DROPPED_FUTURE),
                of(Count.UNTIMED),
                of(Count.ABSURD),
                of(Count.INVALID_UTF8),
                of(Count.UNKNOWN_TRIP),
                of(Count.UNKNOWN_ROUTE),
                of(Count.OVER_CAPACITY),
                of(Count.FAILURE),
                now.readAt,
                now.newest == null ? null : Duration.between(now.newest, clock.instant()),
                now.error);
    }

    private static boolean isAfter(@Nullable Instant known, Instant told) {
        return known != null && known.isAfter(told);
    }

    private LongAdder adder(Count count) {
        return Objects.requireNonNull(counts.get(count), "every count has its adder");
    }

    private long of(Count count) {
        return adder(count).sum();
    }
}
