package cn.jingshu.products.transit.fleet;

import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.predict.TripProgress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A vehicle as it was last seen.
 *
 * @param progress the run it is on; null: it fits none, or nothing is planned
 */
public record VehicleState(Observation observation, @Nullable TripProgress progress) {
    public String id() {
        return observation.vehicleId();
    }

    /** The route, from the feed or else from the run; null: not known. */
    public @Nullable String routeId() {
        if (observation.routeId() != null) {
            return observation.routeId();
        }
        return progress == null ? null : progress.run().trip().routeId();
    }

    /** 0 or 1, from the feed or else from the run; null: not known. */
    public @Nullable Integer direction() {
        if (observation.direction() != null) {
            return observation.direction();
        }
        return progress == null ? null : progress.run().trip().direction();
    }

    /** Time since the position was taken; never below zero. */
    public Duration age(Instant now) {
        Duration age = Duration.between(observation.observedAt(), now);
        return age.isNegative() ? Duration.ZERO : age;
    }
}
