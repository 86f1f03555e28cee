package cn.jingshu.marketplace.portal;

import io.micronaut.serde.annotation.Serdeable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /portal/map/network.json}: what does not move. Coordinates are WGS-84 degrees.
 *
 * @param version changes when the network changes; also its ETag
 * @param staleAfterSeconds age from which the map greys a vehicle by itself, when no news of it comes
 */
@Serdeable
public record MapNetwork(
        String version,
        boolean synthetic,
        int staleAfterSeconds,
        Bounds bounds,
        List<Route> routes,
        List<Shape> shapes,
        List<Stop> stops) {

    public MapNetwork {
        routes = List.copyOf(routes);
        shapes = List.copyOf(shapes);
        stops = List.copyOf(stops);
    }

    /** The box around everything drawn. */
    @Serdeable
    public record Bounds(double south, double west, double north, double east) {}

    /**
     * A route.
     *
     * @param color six hex digits as in GTFS {@code route_color}; null: the map chooses one
     */
    @Serdeable
    public record Route(String id, String shortName, String longName, @Nullable String color) {}

    /**
     * The line a route is driven along.
     *
     * @param polyline points as in {@link Polyline}
     */
    @Serdeable
    public record Shape(String routeId, String polyline) {}

    /** A stop. */
    @Serdeable
    public record Stop(String id, String name, double lat, double lon) {}
}
