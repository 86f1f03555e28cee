package cn.jingshu.products.transit;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the data of public transport come from. With nothing set it is the demonstration network.
 *
 * @param gtfs file of a GTFS archive; null: no timetable, or the demonstration's
 * @param feed addresses ({@code http://}, {@code https://}) or files of GTFS-Realtime feeds, read side by side: of one
 *     operator the positions and the trip updates, say; empty: none
 * @param replay file of a vehicle trace to replay; null: none
 * @param replaySpeed trace seconds for each second; above zero
 * @param pollInterval between two readings of the feed; at least a second
 * @param staleAfter age from which a position is not sold as live; at least five seconds
 */
@ConfigurationProperties("jingshu.transit")
public record TransitSettings(
        @Nullable String gtfs,
        @Nullable List<String> feed,
        @Nullable String replay,
        @Bindable(defaultValue = "1") double replaySpeed,
        @Bindable(defaultValue = "10s") Duration pollInterval,
        @Bindable(defaultValue = "90s") Duration staleAfter) {

    public TransitSettings {
        feed = feed == null ? List.of() : feed.stream().map(String::strip).filter(place -> !place.isEmpty()).toList();
        if (feed.stream().distinct().count() < feed.size()) {
            throw new IllegalArgumentException("jingshu.transit.feed names a feed twice: " + String.join(", ", feed) + ".");
        }
        if (!feed.isEmpty() && replay != null) {
            throw new IllegalArgumentException("Set jingshu.transit.feed or jingshu.transit.replay, not both.");
        }
        if (!(replaySpeed > 0) || replaySpeed > 10_000) {
            throw new IllegalArgumentException("jingshu.transit.replay-speed is " + replaySpeed + ", not within 0 and 10000.");
        }
        if (pollInterval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("jingshu.transit.poll-interval is below one second: " + pollInterval + ".");
        }
        if (staleAfter.compareTo(Duration.ofSeconds(5)) < 0) {
            throw new IllegalArgumentException("jingshu.transit.stale-after is below five seconds: " + staleAfter + ".");
        }
    }

    /** The feeds, in the order given; empty: none. */
    @Override
    public List<String> feed() {
        return feed == null ? List.of() : feed;
    }

    /** The demonstration network with the usual limits. */
    public static TransitSettings demo() {
        return new TransitSettings(null, null, null, 1, Duration.ofSeconds(10), Duration.ofSeconds(90));
    }
}
