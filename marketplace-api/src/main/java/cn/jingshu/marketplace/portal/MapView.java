package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live bus map and the same facts as a list, for readers without JavaScript or without sight.
 *
 * @param synthetic true: the vehicles are made up, and the page says so
 * @param feedName what moves on the map
 * @param arrivals at the chosen stop; null: no stop is chosen
 * @param shortfalls which feeds, or the timetable, are degraded now; none: all are good enough
 */
public record MapView(
        boolean synthetic,
        Bilingual feedName,
        List<Route> routes,
        List<Stop> stops,
        Reading<List<Vehicle>> vehicles,
        @Nullable Reading<StopArrivals> arrivals,
        List<Bilingual> shortfalls) {

    public MapView {
        routes = List.copyOf(routes);
        stops = List.copyOf(stops);
        shortfalls = List.copyOf(shortfalls);
    }

    /** A route (线路). */
    public record Route(String id, String shortName, String longName) {}

    /** A stop (站台). */
    public record Stop(String id, String name) {}

    /**
     * Where a vehicle was last seen.
     *
     * @param nextStop name of the stop it heads for; null: not known
     * @param kilometresPerHour null: not known
     * @param stale true: too old to be called live
     */
    public record Vehicle(
            String id,
            String routeName,
            @Nullable String nextStop,
            @Nullable Double kilometresPerHour,
            Instant observedAt,
            boolean stale) {}

    /** What comes to one stop, soonest first. */
    public record StopArrivals(String stopId, String stopName, List<Arrival> arrivals) {
        public StopArrivals {
            arrivals = List.copyOf(arrivals);
        }
    }

    /**
     * One arrival.
     *
     * @param predictedAt null: only the timetable is known
     * @param delaySeconds above zero: late; null: not known
     */
    public record Arrival(
            String routeName,
            String headsign,
            @Nullable Instant scheduledAt,
            @Nullable Instant predictedAt,
            @Nullable Integer delaySeconds) {}
}
