package cn.jingshu.marketplace.portal;

import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where vehicles are. {@code /portal/map/vehicles.json} answers all of them; {@code /portal/map/stream} sends events
 * {@code vehicles} with those that changed, and the event's id continues the stream after a break. Both say whole what falls short now.
 */
@Serdeable
public record MapVehicles(Instant asOf, List<Vehicle> vehicles, List<Shortfall> shortfalls) {
    public MapVehicles {
        vehicles = List.copyOf(vehicles);
        shortfalls = List.copyOf(shortfalls);
    }

    /** What is not good enough now; the same in both languages. */
    @Serdeable
    public record Shortfall(String zh, String en) {}

    /**
     * One vehicle.
     *
     * @param label what is painted on it; never the driver
     * @param bearing degrees clockwise from north; null: not known
     * @param metresPerSecond null: not known
     * @param stale true: too old to be called live
     */
    @Serdeable
    public record Vehicle(
            String id,
            @Nullable String label,
            @Nullable String routeId,
            double lat,
            double lon,
            @Nullable Double bearing,
            @Nullable Double metresPerSecond,
            Instant observedAt,
            boolean stale) {}
}
