package cn.jingshu.marketplace.portal;

import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where vehicles are. {@code /portal/map/vehicles.json} answers all of them; {@code /portal/map/stream} sends events
 * {@code vehicles} with those that changed, and the event's id continues the stream after a break.
 */
@Serdeable
public record MapVehicles(Instant asOf, List<Vehicle> vehicles) {
    public MapVehicles {
        vehicles = List.copyOf(vehicles);
    }

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
