package cn.jingshu.marketplace.portal;

import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /portal/map/stops/{id}/arrivals}: what comes to one stop, soonest first. */
@Serdeable
public record MapArrivals(String stopId, String stopName, Instant asOf, List<Arrival> arrivals) {
    public MapArrivals {
        arrivals = List.copyOf(arrivals);
    }

    /**
     * One arrival.
     *
     * @param scheduledAt null: not in the timetable
     * @param predictedAt null: only the timetable is known
     * @param delaySeconds above zero: late; null: not known
     * @param confidence from 0 to 1; null: no prediction
     */
    @Serdeable
    public record Arrival(
            @Nullable String routeId,
            String routeName,
            String headsign,
            @Nullable String vehicleId,
            @Nullable Instant scheduledAt,
            @Nullable Instant predictedAt,
            @Nullable Integer delaySeconds,
            @Nullable Double confidence) {}
}
