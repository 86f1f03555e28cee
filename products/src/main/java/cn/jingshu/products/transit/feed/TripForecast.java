package cn.jingshu.products.transit.feed;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator's own trip update says of a trip.
 *
 * @param startDate service day; null: not told
 * @param madeAt when it was made; null: not told
 * @param canceled true: the trip will not run
 * @param delay seconds late over the whole trip; null: not told
 * @param stops by place in the trip; a delay holds for the stops after it until the next one
 */
public record TripForecast(
        String tripId,
        @Nullable String routeId,
        @Nullable LocalDate startDate,
        @Nullable Instant madeAt,
        boolean canceled,
        @Nullable Integer delay,
        List<StopForecast> stops) {
    public TripForecast {
        stops = List.copyOf(stops);
    }

    /** Seconds late at the next stop told of, or else over the whole trip; null: not told. */
    public @Nullable Integer nextDelay() {
        for (StopForecast stop : stops) {
            if (stop.arrivalDelay() != null) {
                return stop.arrivalDelay();
            }
        }
        return delay;
    }

    /**
     * One stop of the forecast.
     *
     * @param sequence null: only the stop id is told
     * @param stopId empty: only the sequence is told
     * @param arrivalDelay seconds late; null: not told
     * @param arrivalAt predicted arrival; null: not told
     * @param skipped true: the vehicle will not stop here
     */
    public record StopForecast(
            @Nullable Integer sequence,
            String stopId,
            @Nullable Integer arrivalDelay,
            @Nullable Instant arrivalAt,
            boolean skipped) {}
}
