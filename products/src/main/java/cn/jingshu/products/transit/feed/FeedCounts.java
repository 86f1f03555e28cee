package cn.jingshu.products.transit.feed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Running counts of what happened to the observations of all feeds; written by the intakes, read from any thread. */
public final class FeedCounts {
    private final Clock clock;
    private final Map<Count, LongAdder> counts;
    private final List<FeedReadings> feeds = new CopyOnWriteArrayList<>();

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

    public void add(Count count, long by) {
        adder(count).add(by);
    }

    /** Begins to note how the readings of one more feed go. */
    public FeedReadings feed() {
        FeedReadings feed = new FeedReadings(clock, adder(Count.FAILURE));
        feeds.add(feed);
        return feed;
    }

    /** The counts as they stand. */
    public FeedHealth health() {
        List<FeedReadings.Known> known = feeds.stream().map(FeedReadings::known).toList();
        List<Instant> readAt = told(known, FeedReadings.Known::readAt);
        List<Instant> newest = told(known, FeedReadings.Known::newest);
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
                readAt.isEmpty() || readAt.size() < known.size() ? null : Collections.min(readAt),
                newest.isEmpty() ? null : Duration.between(Collections.min(newest), clock.instant()),
                known.stream().map(FeedReadings.Known::error).filter(error -> !error.isEmpty()).collect(Collectors.joining(" ")));
    }

    private static List<Instant> told(
            List<FeedReadings.Known> known, Function<FeedReadings.Known, @Nullable Instant> moment) {
        List<Instant> told = new ArrayList<>();
        for (FeedReadings.Known feed : known) {
            @Nullable Instant at = moment.apply(feed);
            if (at != null) {
                told.add(at);
            }
        }
        return told;
    }

    private LongAdder adder(Count count) {
        return Objects.requireNonNull(counts.get(count), "every count has its adder");
    }

    private long of(Count count) {
        return adder(count).sum();
    }
}
