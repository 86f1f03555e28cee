package cn.jingshu.products.transit.feed;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a feed, and what in it could not be used.
 *
 * @param timestamp the feed's own time; null: not told
 * @param complete true: a vehicle that is not in it is no longer there
 * @param alerts the operator's notices
 * @param invalidUtf8 text fields that were not valid UTF-8; their odd bytes are kept as %XX
 * @param absurd positions or speeds that no vehicle can have; such a position is left out, such a speed is not told
 * @param untimed observations without any time; left out
 * @param leftOut what else was left out
 */
public record FeedContent(
        @Nullable Instant timestamp,
        boolean complete,
        List<Observation> observations,
        List<TripForecast> forecasts,
        List<ServiceAlert> alerts,
        int invalidUtf8,
        int absurd,
        int untimed,
        LeftOut leftOut) {
    public FeedContent {
        observations = List.copyOf(observations);
        forecasts = List.copyOf(forecasts);
        alerts = List.copyOf(alerts);
    }

    /** Content without notices, nothing else of which was left out. */
    public FeedContent(
            @Nullable Instant timestamp,
            boolean complete,
            List<Observation> observations,
            List<TripForecast> forecasts,
            int invalidUtf8,
            int absurd,
            int untimed) {
        this(timestamp, complete, observations, forecasts, List.of(), invalidUtf8, absurd, untimed, LeftOut.NOTHING);
    }

    /**
     * Entities of a reading that are in none of its lists.
     *
     * @param placeless vehicles without a possible position; counted among the absurd, too
     * @param nameless trip updates that name no trip
     * @param untold notices without a word
     */
    public record LeftOut(int placeless, int nameless, int untold) {
        public static final LeftOut NOTHING = new LeftOut(0, 0, 0);
    }

    /** Observations made elsewhere, all of them usable. */
    public static FeedContent of(Instant timestamp, boolean complete, List<Observation> observations) {
        return new FeedContent(timestamp, complete, observations, List.of(), 0, 0, 0);
    }
}
