package cn.jingshu.products.transit;

import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.feed.TripForecast;
import cn.jingshu.products.transit.fleet.VehicleState;
import cn.jingshu.products.transit.geo.Datum;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.predict.TripProgress;
import cn.jingshu.products.transit.v1.ArrivalBasis;
import cn.jingshu.products.transit.v1.Coordinates;
import cn.jingshu.products.transit.v1.TrackPoint;
import cn.jingshu.products.transit.v1.Vehicle;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the world's records look like on the wire. */
final class TransitMessages {
    private TransitMessages() {}

    static Timestamp toProto(Instant moment) {
        return Timestamps.fromMillis(moment.toEpochMilli());
    }

    /** The coordinate system asked for; one this version does not know is WGS-84. */
    static Datum fromProto(Coordinates coordinates) {
        return switch (coordinates) {
            case WGS84, UNRECOGNIZED -> Datum.WGS84;
            case GCJ02 -> Datum.GCJ02;
            case BD09 -> Datum.BD09;
        };
    }

    /** Six decimals, about a decimetre: no position is known better. */
    static double rounded(double degrees) {
        return rounded(degrees, 1e6);
    }

    private static double rounded(double value, double parts) {
        return Math.rint(value * parts) / parts;
    }

    static Vehicle toProto(VehicleState state, World world, Instant now, Datum datum) {
        Observation seen = state.observation();
        Position place = datum.fromWgs84(seen.position());
        Vehicle.Builder vehicle = Vehicle.newBuilder()
                .setVehicleId(state.id())
                .setLatitude(rounded(place.latitude()))
                .setLongitude(rounded(place.longitude()))
                .setObservedAt(toProto(seen.observedAt()))
                .setAgeSeconds(state.age(now).toSeconds())
                .setStale(!world.fleet().isLive(state, now));
        @Nullable String route = state.routeId();
        @Nullable Integer direction = state.direction();
        if (route != null) {
            vehicle.setRouteId(route);
        }
        if (direction != null) {
            vehicle.setDirection(direction);
        }
        if (seen.bearing() != null) {
            vehicle.setBearing(rounded(seen.bearing(), 10));
        }
        if (seen.speed() != null) {
            vehicle.setSpeed(rounded(seen.speed(), 100));
        }
        if (seen.tripId() != null) {
            vehicle.setTripId(seen.tripId());
        }
        @Nullable TripProgress progress = state.progress();
        if (progress != null) {
            var trip = progress.run().trip();
            vehicle.setHeadsign(trip.headsign())
                    .setNextStopId(trip.calls().get(progress.nextIndex()).stop().id());
            // A run found by route, place and time is good enough to predict from, not to be stated as a fact.
            if (!progress.inferred()) {
                vehicle.setTripId(trip.id())
                        .setDelaySeconds((int) Math.round(progress.delay()))
                        .setDelayBasis(ArrivalBasis.LIVE);
            }
        }
        if (!vehicle.hasDelaySeconds() && seen.tripId() != null) {
            world.fleet()
                    .findForecast(seen.tripId(), now)
                    .map(TripForecast::nextDelay)
                    .ifPresent(delay -> vehicle.setDelaySeconds(delay).setDelayBasis(ArrivalBasis.FEED));
        }
        return vehicle.build();
    }

    static TrackPoint toProto(Observation seen, Datum datum) {
        Position place = datum.fromWgs84(seen.position());
        TrackPoint.Builder point = TrackPoint.newBuilder()
                .setLatitude(rounded(place.latitude()))
                .setLongitude(rounded(place.longitude()))
                .setObservedAt(toProto(seen.observedAt()));
        if (seen.bearing() != null) {
            point.setBearing(rounded(seen.bearing(), 10));
        }
        if (seen.speed() != null) {
            point.setSpeed(rounded(seen.speed(), 100));
        }
        return point.build();
    }
}
