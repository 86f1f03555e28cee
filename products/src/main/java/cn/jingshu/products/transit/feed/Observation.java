package cn.jingshu.products.transit.feed;

import cn.jingshu.products.transit.geo.Position;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * One vehicle seen at one moment, as its source tells it. Carries nothing that could name a driver or a passenger.
 *
 * @param vehicleId the operator's id of the vehicle, or the feed's id of the entity where it names no vehicle
 * @param position in WGS-84
 * @param bearing degrees clockwise from north; null: not told
 * @param speed metres a second; null: not told
 * @param observedAt when the position was taken
 * @param routeId null: not told
 * @param direction 0 or 1; null: not told
 * @param tripId null: not told
 * @param startDate service day of the trip; null: not told
 * @param startSecond planned start of the trip on that day, in seconds; null: not told
 * @param blockId block the vehicle works; null: not told
 */
public record Observation(
        String vehicleId,
        Position position,
        @Nullable Double bearing,
        @Nullable Double speed,
        Instant observedAt,
        @Nullable String routeId,
        @Nullable Integer direction,
        @Nullable String tripId,
        @Nullable LocalDate startDate,
        @Nullable Integer startSecond,
        @Nullable String blockId) {}
