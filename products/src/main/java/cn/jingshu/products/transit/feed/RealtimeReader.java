package cn.jingshu.products.transit.feed;

import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.gtfs.ServiceTime;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.util.JsonFormat;
import com.google.transit.realtime.GtfsRealtime;
import com.google.transit.realtime.GtfsRealtime.Alert;
import com.google.transit.realtime.GtfsRealtime.EntitySelector;
import com.google.transit.realtime.GtfsRealtime.FeedEntity;
import com.google.transit.realtime.GtfsRealtime.FeedHeader;
import com.google.transit.realtime.GtfsRealtime.FeedMessage;
import com.google.transit.realtime.GtfsRealtime.TranslatedString;
import com.google.transit.realtime.GtfsRealtime.TripDescriptor;
import com.google.transit.realtime.GtfsRealtime.TripUpdate;
import com.google.transit.realtime.GtfsRealtime.TripUpdate.StopTimeUpdate;
import com.google.transit.realtime.GtfsRealtime.VehiclePosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one GTFS-Realtime message: protobuf, its JSON form (also with an operator's extra fields, and packed by gzip),
 * or its text form. What single entities have wrong is counted and left out; only an unreadable message is a failure.
 */
public final class RealtimeReader {
    /** No bus drives faster than this, in metres a second (216 km/h). */
    private static final double MAX_SPEED = 60;

    private final FeedText text = new FeedText();
    private final List<Observation> observations = new ArrayList<>();
    private final List<TripForecast> forecasts = new ArrayList<>();
    private final List<ServiceAlert> alerts = new ArrayList<>();
    private int absurd;
    private int untimed;
    private int placeless;
    private int nameless;
    private int untold;

    private RealtimeReader() {}

    /**
     * What the message holds.
     *
     * @param name of the file or address, for the failure's sentence; one that ends in {@code .asciipb} is text form
     * @throws FeedException when the bytes are no GTFS-Realtime message
     */
    public static FeedContent read(String name, byte[] bytes) {
        return new RealtimeReader().read(parse(name, FeedBytes.unpacked(name, bytes)));
    }

    private static FeedMessage parse(String name, byte[] bytes) {
        FeedMessage.Builder feed = FeedMessage.newBuilder();
        try {
            if (name.endsWith(".asciipb")) {
                TextFormat.merge(new String(bytes, StandardCharsets.UTF_8), feed);
            } else if (bytes.length > 0 && bytes[0] == '{') {
                JsonFormat.parser().ignoringUnknownFields().merge(new String(bytes, StandardCharsets.UTF_8), feed);
            } else {
                feed.mergeFrom(bytes);
            }
        } catch (InvalidProtocolBufferException | TextFormat.ParseException e) {
            throw new FeedException("The feed " + name + " is not GTFS-Realtime: " + e.getMessage(), e);
        }
        if (!feed.hasHeader()) {
            throw new FeedException("The feed " + name + " is not GTFS-Realtime: it has no header.");
        }
        // One entity without a required field must not cost the others: what it lacks shows when it is read.
        return feed.buildPartial();
    }

    private FeedContent read(FeedMessage feed) {
        @Nullable Instant timestamp = moment(feed.getHeader().getTimestamp());
        for (FeedEntity entity : feed.getEntityList()) {
            if (entity.getIsDeleted()) {
                continue;
            }
            if (entity.hasVehicle()) {
                readVehicle(entity, timestamp);
            }
            if (entity.hasTripUpdate()) {
                readTripUpdate(entity.getTripUpdate(), timestamp);
            }
            if (entity.hasAlert()) {
                readAlert(text.read(entity.getIdBytes()), entity.getAlert(), timestamp);
            }
        }
        return new FeedContent(
                timestamp,
                feed.getHeader().getIncrementality() == FeedHeader.Incrementality.FULL_DATASET,
                observations,
                forecasts,
                alerts,
                text.invalid(),
                absurd,
                untimed,
                new FeedContent.LeftOut(placeless, nameless, untold));
    }

    private void readVehicle(FeedEntity entity, @Nullable Instant feedTime) {
        VehiclePosition vehicle = entity.getVehicle();
        TripDescriptor trip = vehicle.getTrip();
        String id = text.read(vehicle.getVehicle().getIdBytes());
        // The plate is never served, but a plate with broken text still tells something about the feed.
        text.read(vehicle.getVehicle().getLicensePlateBytes());
        text.read(vehicle.getVehicle().getLabelBytes());
        @Nullable Instant observedAt = moment(vehicle.getTimestamp());
        observedAt = observedAt == null ? feedTime : observedAt;
        if (observedAt == null) {
            untimed++;
            return;
        }
        GtfsRealtime.Position place = vehicle.getPosition();
        if (!vehicle.hasPosition() || !isPlausible(place.getLatitude(), place.getLongitude())) {
            absurd++;
            placeless++;
            return;
        }
        observations.add(new Observation(
                id.isEmpty() ? text.read(entity.getIdBytes()) : id,
                new Position(place.getLatitude(), place.getLongitude()),
                place.hasBearing() ? bearing(place.getBearing()) : null,
                place.hasSpeed() ? speed(place.getSpeed()) : null,
                observedAt,
                given(trip.getRouteIdBytes()),
                trip.hasDirectionId() ? Integer.valueOf(trip.getDirectionId()) : null,
                given(trip.getTripIdBytes()),
                date(trip.getStartDate()),
                startSecond(trip.getStartTime()),
                null));
    }

    private void readTripUpdate(TripUpdate update, @Nullable Instant feedTime) {
        TripDescriptor trip = update.getTrip();
        @Nullable String tripId = given(trip.getTripIdBytes());
        if (tripId == null) {
            nameless++;
            return;
        }
        @Nullable Instant madeAt = moment(update.getTimestamp());
        forecasts.add(new TripForecast(
                tripId,
                given(trip.getRouteIdBytes()),
                date(trip.getStartDate()),
                madeAt == null ? feedTime : madeAt,
                trip.getScheduleRelationship() == TripDescriptor.ScheduleRelationship.CANCELED,
                update.hasDelay() ? Integer.valueOf(update.getDelay()) : null,
                update.getStopTimeUpdateList().stream().map(this::stopForecast).toList()));
    }

    private TripForecast.StopForecast stopForecast(StopTimeUpdate stop) {
        // A departure stands in for an arrival that is not told: at most stops they are the same moment.
        TripUpdate.StopTimeEvent event = stop.hasArrival() ? stop.getArrival() : stop.getDeparture();
        boolean told = stop.getScheduleRelationship() == StopTimeUpdate.ScheduleRelationship.SCHEDULED;
        return new TripForecast.StopForecast(
                stop.hasStopSequence() ? Integer.valueOf(stop.getStopSequence()) : null,
                text.read(stop.getStopIdBytes()),
                told && event.hasDelay() ? Integer.valueOf(event.getDelay()) : null,
                told && event.hasTime() ? moment(event.getTime()) : null,
                stop.getScheduleRelationship() == StopTimeUpdate.ScheduleRelationship.SKIPPED);
    }

    private void readAlert(String id, Alert alert, @Nullable Instant feedTime) {
        List<ServiceAlert.Text> header = texts(alert.getHeaderText());
        List<ServiceAlert.Text> description = texts(alert.getDescriptionText());
        if (header.isEmpty() && description.isEmpty()) {
            untold++;
            return;
        }
        alerts.add(new ServiceAlert(
                id,
                alert.getActivePeriodList().stream().map(period -> new ServiceAlert.Period(moment(period.getStart()), moment(period.getEnd()))).toList(),
                alert.getInformedEntityList().stream().map(this::informed).toList(),
                alert.getCause().name(),
                alert.getEffect().name(),
                alert.getSeverityLevel().name(),
                header,
                description,
                texts(alert.getUrl()),
                feedTime));
    }

    private ServiceAlert.Informed informed(EntitySelector selector) {
        TripDescriptor trip = selector.getTrip();
        String route = text.read(selector.getRouteIdBytes());
        return new ServiceAlert.Informed(
                text.read(selector.getAgencyIdBytes()),
                route.isEmpty() ? text.read(trip.getRouteIdBytes()) : route,
                selector.hasRouteType() ? Integer.valueOf(selector.getRouteType()) : null,
                selector.hasDirectionId() ? Integer.valueOf(selector.getDirectionId())
                        : trip.hasDirectionId() ? Integer.valueOf(trip.getDirectionId()) : null,
                text.read(trip.getTripIdBytes()),
                text.read(selector.getStopIdBytes()));
    }

    private List<ServiceAlert.Text> texts(TranslatedString translated) {
        return translated.getTranslationList().stream()
                .map(each -> new ServiceAlert.Text(text.read(each.getLanguageBytes()), text.read(each.getTextBytes()).strip()))
                .filter(each -> !each.text().isEmpty())
                .toList();
    }

    private @Nullable String given(ByteString bytes) {
        return bytes.isEmpty() ? null : text.read(bytes);
    }

    private @Nullable Double speed(float metresPerSecond) {
        if (metresPerSecond >= 0 && metresPerSecond <= MAX_SPEED) {
            return (double) metresPerSecond;
        }
        absurd++;
        return null;
    }

    /** The bearing brought into 0 to 360; null when it is no number. */
    static @Nullable Double bearing(double degrees) {
        return Double.isFinite(degrees) ? ((degrees % 360) + 360) % 360 : null;
    }

    /** A place on earth and not the null island that devices without a fix report. */
    static boolean isPlausible(double latitude, double longitude) {
        return Position.isPlace(latitude, longitude) && (Math.abs(latitude) > 0.01 || Math.abs(longitude) > 0.01);
    }

    /** Seconds since 1970 as a moment; null when zero or beyond any calendar. */
    private static @Nullable Instant moment(long epochSecond) {
        return epochSecond <= 0 || epochSecond > 32_503_680_000L ? null : Instant.ofEpochSecond(epochSecond);
    }

    private static @Nullable LocalDate date(String text) {
        try {
            return text.isEmpty() ? null : LocalDate.parse(text, DateTimeFormatter.BASIC_ISO_DATE);
        } catch (DateTimeParseException e) {
            // A date nobody can read is as good as none: the trip is then found by its times.
            return null;
        }
    }

    private static @Nullable Integer startSecond(String text) {
        int seconds = ServiceTime.parse(text);
        return seconds < 0 ? null : seconds;
    }
}
