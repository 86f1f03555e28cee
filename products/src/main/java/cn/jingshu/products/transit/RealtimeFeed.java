package cn.jingshu.products.transit;

import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.feed.ServiceAlert;
import cn.jingshu.products.transit.feed.TripForecast;
import cn.jingshu.products.transit.fleet.VehicleState;
import cn.jingshu.products.transit.gtfs.ServiceTime;
import cn.jingshu.products.transit.gtfs.StopCall;
import cn.jingshu.products.transit.gtfs.TripRun;
import cn.jingshu.products.transit.predict.ArrivalPredictor.DelayAt;
import cn.jingshu.products.transit.predict.TripProgress;
import com.google.transit.realtime.GtfsRealtime.Alert;
import com.google.transit.realtime.GtfsRealtime.EntitySelector;
import com.google.transit.realtime.GtfsRealtime.FeedEntity;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.google.transit.realtime.GtfsRealtime.Position;
import com.google.transit.realtime.GtfsRealtime.TimeRange;
import com.google.transit.realtime.GtfsRealtime.TranslatedString;
import com.google.transit.realtime.GtfsRealtime.TripDescriptor;
import com.google.transit.realtime.GtfsRealtime.TripUpdate;
import com.google.transit.realtime.GtfsRealtime.TripUpdate.StopTimeEvent;
import com.google.transit.realtime.GtfsRealtime.TripUpdate.StopTimeUpdate;
import com.google.transit.realtime.GtfsRealtime.VehicleDescriptor;
import com.google.transit.realtime.GtfsRealtime.VehiclePosition;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The world as GTFS-Realtime 2.0 messages: what is live only, always WGS-84. Made from the state at its last change, so
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

    /** Our own predictions for the vehicles on a known run, and the operator's updates for trips that have none. */
    FeedMessage tripUpdates() {
        FeedMessage.Builder feed = header();
        Set<String> own = new HashSet<>();
        for (VehicleState vehicle : world.fleet().listLive(now)) {
            @Nullable TripProgress progress = vehicle.progress();
            if (progress != null && !progress.inferred()) {
                feed.addEntity(FeedEntity.newBuilder()
                        .setId(vehicle.id())
                        .setTripUpdate(tripUpdate(vehicle, progress)));
                own.add(progress.run().trip().id());
            }
        }
        for (TripForecast forecast : world.fleet().listForecasts(now)) {
            if (!own.contains(forecast.tripId())) {
                feed.addEntity(FeedEntity.newBuilder()
                        .setId("operator:" + forecast.tripId())
                        .setTripUpdate(tripUpdate(forecast)));
            }
        }
        return feed.build();
    }

    /** The operators' notices that hold now, as they told them. */
    FeedMessage alerts() {
        FeedMessage.Builder feed = header();
        for (ServiceAlert alert : world.fleet().listAlerts(now)) {
            feed.addEntity(FeedEntity.newBuilder().setId(alert.id()).setAlert(alert(alert)));
        }
        return feed.build();
    }

    private static Alert alert(ServiceAlert told) {
        Alert.Builder alert = Alert.newBuilder()
                .setCause(Alert.Cause.valueOf(told.cause()))
                .setEffect(Alert.Effect.valueOf(told.effect()))
                .setSeverityLevel(Alert.SeverityLevel.valueOf(told.severity()))
                .setHeaderText(translated(told.header()));
        if (!told.description().isEmpty()) {
            alert.setDescriptionText(translated(told.description()));
        }
        if (!told.url().isEmpty()) {
            alert.setUrl(translated(told.url()));
        }
        for (ServiceAlert.Period period : told.periods()) {
            TimeRange.Builder range = TimeRange.newBuilder();
            if (period.start() != null) {
                range.setStart(period.start().getEpochSecond());
            }
            if (period.end() != null) {
                range.setEnd(period.end().getEpochSecond());
            }
            alert.addActivePeriod(range);
        }
        for (ServiceAlert.Informed each : told.informed()) {
            EntitySelector.Builder selector = EntitySelector.newBuilder();
            if (!each.agencyId().isEmpty()) {
                selector.setAgencyId(each.agencyId());
            }
            if (!each.routeId().isEmpty()) {
                selector.setRouteId(each.routeId());
            }
            if (each.routeType() != null) {
                selector.setRouteType(each.routeType());
            }
            if (each.direction() != null) {
                selector.setDirectionId(each.direction());
            }
            if (!each.tripId().isEmpty()) {
                selector.setTrip(TripDescriptor.newBuilder().setTripId(each.tripId()));
            }
            if (!each.stopId().isEmpty()) {
                selector.setStopId(each.stopId());
            }
            alert.addInformedEntity(selector);
        }
        return alert.build();
    }

    private static TranslatedString translated(List<ServiceAlert.Text> texts) {
        TranslatedString.Builder translated = TranslatedString.newBuilder();
        for (ServiceAlert.Text each : texts) {
            TranslatedString.Translation.Builder one = TranslatedString.Translation.newBuilder().setText(each.text());
            if (!each.language().isEmpty()) {
                one.setLanguage(each.language());
            }
            translated.addTranslation(one);
        }
        return translated.build();
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

    /** The operator's update as it told it; nothing is added, and without a position there is no vehicle to name. */
    private static TripUpdate tripUpdate(TripForecast forecast) {
        TripDescriptor.Builder trip = TripDescriptor.newBuilder().setTripId(forecast.tripId());
        if (forecast.routeId() != null) {
            trip.setRouteId(forecast.routeId());
        }
        if (forecast.startDate() != null) {
            trip.setStartDate(forecast.startDate().format(DateTimeFormatter.BASIC_ISO_DATE));
        }
        if (forecast.canceled()) {
            trip.setScheduleRelationship(TripDescriptor.ScheduleRelationship.CANCELED);
        }
        TripUpdate.Builder update = TripUpdate.newBuilder().setTrip(trip);
        if (forecast.madeAt() != null) {
            update.setTimestamp(forecast.madeAt().getEpochSecond());
        }
        if (forecast.delay() != null) {
            update.setDelay(forecast.delay());
        }
        forecast.stops().forEach(stop -> update.addStopTimeUpdate(stopTimeUpdate(stop)));
        return update.build();
    }

    private static StopTimeUpdate stopTimeUpdate(TripForecast.StopForecast stop) {
        StopTimeUpdate.Builder update = StopTimeUpdate.newBuilder();
        if (stop.sequence() != null) {
            update.setStopSequence(stop.sequence());
        }
        if (!stop.stopId().isEmpty()) {
            update.setStopId(stop.stopId());
        }
        if (stop.skipped()) {
            return update.setScheduleRelationship(StopTimeUpdate.ScheduleRelationship.SKIPPED).build();
        }
        if (stop.arrivalDelay() == null && stop.arrivalAt() == null) {
            return update.setScheduleRelationship(StopTimeUpdate.ScheduleRelationship.NO_DATA).build();
        }
        StopTimeEvent.Builder arrival = StopTimeEvent.newBuilder();
        if (stop.arrivalDelay() != null) {
            arrival.setDelay(stop.arrivalDelay());
        }
        if (stop.arrivalAt() != null) {
            arrival.setTime(stop.arrivalAt().getEpochSecond());
        }
        return update.setArrival(arrival).build();
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
