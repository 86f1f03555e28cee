package cn.jingshu.products.transit;

import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.fleet.VehicleState;
import cn.jingshu.products.transit.gtfs.ServiceTime;
import cn.jingshu.products.transit.gtfs.StopCall;
import cn.jingshu.products.transit.gtfs.TripRun;
import cn.jingshu.products.transit.predict.ArrivalPredictor.DelayAt;
import cn.jingshu.products.transit.predict.TripProgress;
import com.google.transit.realtime.GtfsRealtime.FeedEntity;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.google.transit.realtime.GtfsRealtime.Position;
import com.google.transit.realtime.GtfsRealtime.TripDescriptor;
import com.google.transit.realtime.GtfsRealtime.TripUpdate;
import com.google.transit.realtime.GtfsRealtime.TripUpdate.StopTimeEvent;
import com.google.transit.realtime.GtfsRealtime.TripUpdate.StopTimeUpdate;
import com.google.transit.realtime.GtfsRealtime.VehicleDescriptor;
import com.google.transit.realtime.GtfsRealtime.VehiclePosition;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * The world as GTFS-Realtime 2.0 messages: live vehicles only, always WGS-84. Made from the state at its last change, so
 * the bytes stay the same until the next one and an unchanged feed can be answered with 304.
 */
final class RealtimeFeed {
    private final World world;
    private final Instant now;
    private final Instant changedAt;

    RealtimeFeed(World world, Instant now, Instant changedAt) {
        this.world = world;
        this.now = now;
        this.changedAt = changedAt;
    }

    FeedMessage vehiclePositions() {
        FeedMessage.Builder feed = header();
        for (VehicleState vehicle : world.fleet().listLive(now)) {
            feed.addEntity(FeedEntity.newBuilder().setId(vehicle.id()).setVehicle(vehiclePosition(vehicle)));
        }
        return feed.build();
    }

    FeedMessage tripUpdates() {
        FeedMessage.Builder feed = header();
        for (VehicleState vehicle : world.fleet().listLive(now)) {
            @Nullable TripProgress progress = vehicle.progress();
            if (progress != null && !progress.inferred()) {
                feed.addEntity(FeedEntity.newBuilder()
                        .setId(vehicle.id())
                        .setTripUpdate(tripUpdate(vehicle, progress)));
            }
        }
        return feed.build();
    }

    private FeedMessage.Builder header() {
        return FeedMessage.newBuilder()
                .setHeader(FeedHeader.newBuilder()
                        .setGtfsRealtimeVersion("2.0")
                        .setIncrementality(FeedHeader.Incrementality.FULL_DATASET)
                        .setTimestamp(Math.max(0, changedAt.getEpochSecond())));
    }

    private static VehiclePosition vehiclePosition(VehicleState vehicle) {
        Observation seen = vehicle.observation();
        Position.Builder place = Position.newBuilder()
                .setLatitude((float) seen.position().latitude())
                .setLongitude((float) seen.position().longitude());
        if (seen.bearing() != null) {
            place.setBearing(seen.bearing().floatValue());
        }
        if (seen.speed() != null) {
            place.setSpeed(seen.speed().floatValue());
        }
        VehiclePosition.Builder position = VehiclePosition.newBuilder()
                .setVehicle(VehicleDescriptor.newBuilder().setId(vehicle.id()))
                .setPosition(place)
                .setTimestamp(seen.observedAt().getEpochSecond());
        @Nullable TripProgress progress = vehicle.progress();
        if (progress != null && !progress.inferred()) {
            StopCall next = progress.run().trip().calls().get(progress.nextIndex());
            position.setTrip(trip(progress.run()))
                    .setCurrentStopSequence(next.sequence())
                    .setStopId(next.stop().id());
        } else if (vehicle.routeId() != null) {
            position.setTrip(TripDescriptor.newBuilder().setRouteId(vehicle.routeId()));
        }
        return position.build();
    }

    private TripUpdate tripUpdate(VehicleState vehicle, TripProgress progress) {
        TripUpdate.Builder update = TripUpdate.newBuilder()
                .setTrip(trip(progress.run()))
                .setVehicle(VehicleDescriptor.newBuilder().setId(vehicle.id()))
                .setTimestamp(vehicle.observation().observedAt().getEpochSecond())
                .setDelay((int) Math.round(progress.delay()));
        Instant seenAt = vehicle.observation().observedAt();
        for (DelayAt ahead : world.predictor()
                .ahead(progress.run().trip(), progress.along(), progress.delayEstimate(0), seenAt)) {
            StopCall call = progress.run().trip().calls().get(ahead.index());
            update.addStopTimeUpdate(StopTimeUpdate.newBuilder()
                    .setStopSequence(call.sequence())
                    .setStopId(call.stop().id())
                    .setArrival(StopTimeEvent.newBuilder()
                            .setDelay((int) Math.round(ahead.delay().seconds()))
                            .setTime(progress.run()
                                    .moment(call.arrival() + ahead.delay().seconds())
                                    .getEpochSecond())
                            .setUncertainty((int) Math.ceil(ahead.delay().error()))));
        }
        return update.build();
    }

    private static TripDescriptor trip(TripRun run) {
        TripDescriptor.Builder trip = TripDescriptor.newBuilder()
                .setTripId(run.trip().id())
                .setRouteId(run.trip().routeId())
                .setStartDate(run.date().format(DateTimeFormatter.BASIC_ISO_DATE));
        if (!run.trip().frequencies().isEmpty()) {
            trip.setStartTime(ServiceTime.format(run.startSecond()));
        }
        if (run.trip().direction() != null) {
            trip.setDirectionId(run.trip().direction());
        }
        return trip.build();
    }
}
