package cn.jingshu.products.transit.fleet;

import cn.jingshu.products.transit.feed.FeedContent;
import cn.jingshu.products.transit.feed.FeedCounts;
import cn.jingshu.products.transit.feed.FeedCounts.Count;
import cn.jingshu.products.transit.feed.FeedSink;
import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.feed.ServiceAlert;
import cn.jingshu.products.transit.feed.Taken;
import cn.jingshu.products.transit.feed.TripForecast;
import cn.jingshu.products.transit.geo.BoundingBox;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.gtfs.Stop;
import cn.jingshu.products.transit.predict.TripTracker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Where every vehicle is: its newest observation, its recent track and its run. An observation that is not newer than
 * the one known changes nothing, so no order of arrival can move a vehicle back in time. Written by its
 * feeds' intakes, one at a time, read from any thread.
 */
public final class Fleet {
    /** Points of a track, and how old the oldest may be against the newest. */
    static final int TRACK_POINTS = 240;

    private static final Duration TRACK_LENGTH = Duration.ofHours(1);
    private static final int MAX_VEHICLES = 50_000;
    private static final int MAX_FORECASTS = 100_000;
    private static final int MAX_ALERTS = 5_000;
    private static final Duration FUTURE_TOLERANCE = Duration.ofMinutes(1);

    /** A vehicle its feed no longer names is forgotten after this. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(30);

    /** A forecast older than this is not used. */
    private static final Duration FORECAST_LIFE = Duration.ofMinutes(5);

    /** Degrees around the stops outside which a position is not of this network; a degree is some 100 km. */
    private static final double MARGIN = 1;

    private final Network network;
    private final TripTracker tracker;
    private final FeedCounts counts;
    private final Clock clock;
    private final Duration staleAfter;
    private final @Nullable BoundingBox area;
    private final VehicleStream stream;
    private final Map<String, Vehicle> vehicles = new ConcurrentHashMap<>();
    private final List<Source> sources = new CopyOnWriteArrayList<>();
    private volatile Instant changedAt = Instant.EPOCH;

    /** @param staleAfter age from which a position is no longer live; above zero */
    public Fleet(Network network, TripTracker tracker, FeedCounts counts, Clock clock, Duration staleAfter) {
        this.network = network;
        this.tracker = tracker;
        this.counts = counts;
        this.clock = clock;
        this.staleAfter = staleAfter;
        this.area = area(network);
        this.stream = new VehicleStream(Long.toString(clock.millis(), Character.MAX_RADIX));
    }

    /** One vehicle: its newest state, and the track behind it, guarded by the vehicle. */
    private static final class Vehicle {
        private final Deque<Observation> track = new ArrayDeque<>();
        private volatile VehicleState state;
        private volatile Source source;

        Vehicle(VehicleState state, Source source) {
            this.state = state;
            this.source = source;
        }

        synchronized void add(VehicleState next, Source from) {
            state = next;
            source = from;
            track.addLast(next.observation());
            Instant oldest = next.observation().observedAt().minus(TRACK_LENGTH);
            while (track.size() > TRACK_POINTS || track.getFirst().observedAt().isBefore(oldest)) {
                track.removeFirst();
            }
        }

        synchronized List<Observation> track() {
            return List.copyOf(track);
        }
    }

    /**
     * A way in for one feed, which takes one reading after another. Each feed has its own: one that is complete says
     * nothing about the vehicles and trips that others bring.
     */
    public FeedSink source() {
        Source source = new Source();
        sources.add(source);
        return content -> apply(source, content);
    }

    /** What one feed said last of the trips. */
    private static final class Source {
        private volatile Map<String, TripForecast> forecasts = Map.of();
        private volatile List<ServiceAlert> alerts = List.of();
        private volatile boolean alertsTold;
    }

    /** What became of an observation. */
    private enum Verdict {
        TAKEN,
        KNOWN,
        OLDER,
        FUTURE,
        ELSEWHERE,
        OVER_CAPACITY
    }

    private synchronized Taken apply(Source source, FeedContent content) {
        Instant now = clock.instant();
        counts.add(Count.INVALID_UTF8, content.invalidUtf8());
        counts.add(Count.ABSURD, content.absurd());
        counts.add(Count.UNTIMED, content.untimed());
        boolean changed = false;
        Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
        Set<String> named = new HashSet<>();
        for (Observation observation : content.observations()) {
            named.add(observation.vehicleId());
            Verdict verdict = accept(source, observation, now);
            verdicts.merge(verdict, 1, Integer::sum);
            changed |= verdict == Verdict.TAKEN;
        }
        if (content.complete() && !content.observations().isEmpty()) {
            changed |= vehicles.values().removeIf(vehicle -> vehicle.source == source
                    && !named.contains(vehicle.state.id())
                    && vehicle.state.age(now).compareTo(FORGOTTEN_AFTER) > 0);
        }
        int[] forecastsLeftOut = new int[2];
        changed |= acceptForecasts(source, content, forecastsLeftOut);
        changed |= acceptAlerts(source, content);
        if (changed) {
            changedAt = now;
        }
        return new Taken(verdicts.getOrDefault(Verdict.OLDER, 0), verdicts.getOrDefault(Verdict.FUTURE, 0),
                verdicts.getOrDefault(Verdict.ELSEWHERE, 0), verdicts.getOrDefault(Verdict.OVER_CAPACITY, 0), forecastsLeftOut[0],
                forecastsLeftOut[1]);
    }

    private static boolean acceptAlerts(Source source, FeedContent content) {
        if (content.alerts().isEmpty() && (source.alerts.isEmpty() || !content.complete())) {
            return false;
        }
        source.alertsTold = true;
        Map<String, ServiceAlert> next = new LinkedHashMap<>();
        if (!content.complete()) {
            source.alerts.forEach(alert -> next.put(alert.id(), alert));
        }
        content.alerts().stream().limit(MAX_ALERTS).forEach(alert -> next.put(alert.id(), alert));
        List<ServiceAlert> now = List.copyOf(next.values());
        boolean changed = !now.equals(source.alerts);
        source.alerts = now;
        return changed;
    }

    /** The notices that hold at {@code now}, of all feeds, in the order they came. */
    public List<ServiceAlert> listAlerts(Instant now) {
        return sources.stream().flatMap(source -> source.alerts.stream()).filter(alert -> alert.holdsAt(now)).toList();
    }

    /** Whether any feed ever told of notices: without one, that there are none says nothing. */
    public boolean knowsAlerts() {
        return sources.stream().anyMatch(source -> source.alertsTold);
    }

    private Verdict accept(Source source, Observation observation, Instant now) {
        if (observation.observedAt().isAfter(now.plus(FUTURE_TOLERANCE))) {
            counts.add(Count.DROPPED_FUTURE, 1);
            return Verdict.FUTURE;
        }
        if (area != null && !area.contains(observation.position())) {
            counts.add(Count.ABSURD, 1);
            return Verdict.ELSEWHERE;
        }
        countUnknown(observation);
        @Nullable Vehicle vehicle = vehicles.get(observation.vehicleId());
        @Nullable VehicleState known = vehicle == null ? null : vehicle.state;
        if (known != null && !observation.observedAt().isAfter(known.observation().observedAt())) {
            counts.add(Count.DROPPED_OLDER, 1);
            // What a feed repeats until there is news is no fault of it.
            return observation.observedAt().equals(known.observation().observedAt()) ? Verdict.KNOWN : Verdict.OLDER;
        }
        if (vehicle == null && vehicles.size() >= MAX_VEHICLES) {
            counts.add(Count.OVER_CAPACITY, 1);
            return Verdict.OVER_CAPACITY;
        }
        VehicleState next = new VehicleState(
                observation,
                tracker.track(
                        observation,
                        known == null ? null : known.observation(),
                        known == null ? null : known.progress()));
        if (vehicle == null) {
            vehicle = new Vehicle(next, source);
            vehicles.put(observation.vehicleId(), vehicle);
        }
        vehicle.add(next, source);
        counts.add(Count.ACCEPTED, 1);
        if (isLive(next, now)) {
            stream.publish(next);
        }
        return Verdict.TAKEN;
    }

    private void countUnknown(Observation observation) {
        if (network.isUnknown()) {
            return;
        }
        if (observation.tripId() != null && network.findTrip(observation.tripId()).isEmpty()) {
            counts.add(Count.UNKNOWN_TRIP, 1);
        }
        if (observation.routeId() != null && network.findRoute(observation.routeId()).isEmpty()) {
            counts.add(Count.UNKNOWN_ROUTE, 1);
        }
    }

    /** @param leftOut counts those of unknown trips, and those beyond what can be held */
    private boolean acceptForecasts(Source source, FeedContent content, int[] leftOut) {
        if (content.forecasts().isEmpty() && (source.forecasts.isEmpty() || !content.complete())) {
            return false;
        }
        Map<String, TripForecast> next = new ConcurrentHashMap<>(content.complete() ? Map.of() : source.forecasts);
        for (TripForecast forecast : content.forecasts()) {
            if (!network.isUnknown() && network.findTrip(forecast.tripId()).isEmpty()) {
                counts.add(Count.UNKNOWN_TRIP, 1);
                leftOut[0]++;
            } else if (next.size() < MAX_FORECASTS || next.containsKey(forecast.tripId())) {
                next.put(forecast.tripId(), forecast);
            } else {
                counts.add(Count.OVER_CAPACITY, 1);
                leftOut[1]++;
            }
        }
        source.forecasts = next;
        return true;
    }

    /** Whether the position is fresh enough to be sold as live at {@code now}. */
    public boolean isLive(VehicleState vehicle, Instant now) {
        return vehicle.age(now).compareTo(staleAfter) <= 0;
    }

    /** All vehicles known, stale ones too, by id. */
    public List<VehicleState> listVehicles() {
        List<VehicleState> all = new ArrayList<>(vehicles.size());
        vehicles.values().forEach(vehicle -> all.add(vehicle.state));
        all.sort(Comparator.comparing(VehicleState::id));
        return all;
    }

    /** The vehicles whose position is live at {@code now}, by id. */
    public List<VehicleState> listLive(Instant now) {
        return listVehicles().stream().filter(vehicle -> isLive(vehicle, now)).toList();
    }

    public Optional<VehicleState> findVehicle(String id) {
        return Optional.ofNullable(vehicles.get(id)).map(vehicle -> vehicle.state);
    }

    /** Recent observations of a vehicle, oldest first; at most 240 and an hour; empty: no such vehicle. */
    public List<Observation> trackOf(String id) {
        @Nullable Vehicle vehicle = vehicles.get(id);
        return vehicle == null ? List.of() : vehicle.track();
    }

    /** The operator's own forecast for a trip, the newest of all feeds, unless it is too old to go by at {@code now}. */
    public Optional<TripForecast> findForecast(String tripId, Instant now) {
        return sources.stream()
                .map(source -> source.forecasts.get(tripId))
                .filter(forecast -> forecast != null && isCurrent(forecast, now))
                .max(Comparator.comparing(Fleet::madeAt));
    }

    /** The operator's own forecasts one may go by at {@code now}, by trip. */
    public List<TripForecast> listForecasts(Instant now) {
        return sources.stream()
                .flatMap(source -> source.forecasts.keySet().stream())
                .distinct()
                .sorted()
                .flatMap(trip -> findForecast(trip, now).stream())
                .toList();
    }

    private static boolean isCurrent(TripForecast forecast, Instant now) {
        return forecast.madeAt() != null && !now.isAfter(madeAt(forecast).plus(FORECAST_LIFE));
    }

    /** When it was made; one that does not say is older than any. */
    private static Instant madeAt(TripForecast forecast) {
        return forecast.madeAt() == null ? Instant.EPOCH : forecast.madeAt();
    }

    /**
     * When what is live last changed: by a new observation or forecast, or because one grew too old. Never after
     * {@code now}.
     */
    public Instant changedAt(Instant now) {
        Instant latest = changedAt;
        for (Vehicle vehicle : vehicles.values()) {
            Instant stale = vehicle.state.observation().observedAt().plus(staleAfter);
            latest = stale.isBefore(now) && stale.isAfter(latest) ? stale : latest;
        }
        for (Source source : sources) {
            for (TripForecast forecast : source.forecasts.values()) {
                Instant old = madeAt(forecast).plus(FORECAST_LIFE);
                latest = old.isBefore(now) && old.isAfter(latest) ? old : latest;
            }
        }
        return latest;
    }

    /** The stream of new live positions. */
    public VehicleStream stream() {
        return stream;
    }

    private static @Nullable BoundingBox area(Network network) {
        if (network.stops().isEmpty()) {
            return null;
        }
        double south = 90;
        double west = 180;
        double north = -90;
        double east = -180;
        for (Stop stop : network.stops()) {
            Position place = stop.position();
            south = Math.min(south, place.latitude());
            west = Math.min(west, place.longitude());
            north = Math.max(north, place.latitude());
            east = Math.max(east, place.longitude());
        }
        return new BoundingBox(south - MARGIN, west - MARGIN, north + MARGIN, east + MARGIN);
    }
}
