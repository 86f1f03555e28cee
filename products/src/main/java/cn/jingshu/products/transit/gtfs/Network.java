package cn.jingshu.products.transit.gtfs;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Everything planned about a network: routes, stops, trips and the days they run. Never changes once built. */
public final class Network {
    private static final int DAY = 86_400;

    private final ZoneId zone;
    private final ServiceCalendar calendar;
    private final NavigableMap<String, Route> routes = new TreeMap<>();
    private final NavigableMap<String, Stop> stops = new TreeMap<>();
    private final Map<String, Trip> trips = new HashMap<>();
    private final Map<String, List<Trip>> tripsByRoute = new HashMap<>();
    private final Map<String, List<Trip>> tripsByBlock = new HashMap<>();
    private final Map<String, List<Visit>> visitsByStop = new HashMap<>();
    private final Map<String, SortedSet<String>> routesByStop = new HashMap<>();
    private final int lastSecond;
    private final Optional<LocalDate> lastDay;

    /**
     * @param zone the zone the timetable's times are in
     * @param trips whose routes and stops are among those given
     */
    public Network(
            ZoneId zone,
            ServiceCalendar calendar,
            Collection<Route> routes,
            Collection<Stop> stops,
            Collection<Trip> trips) {
        this.zone = zone;
        this.calendar = calendar;
        routes.forEach(route -> this.routes.put(route.id(), route));
        stops.forEach(stop -> this.stops.put(stop.id(), stop));
        int latest = 0;
        for (Trip trip : trips) {
            this.trips.put(trip.id(), trip);
            tripsByRoute.computeIfAbsent(trip.routeId(), _ -> new ArrayList<>()).add(trip);
            if (!trip.blockId().isEmpty()) {
                tripsByBlock.computeIfAbsent(trip.blockId(), _ -> new ArrayList<>()).add(trip);
            }
            for (int i = 0; i < trip.calls().size(); i++) {
                String stopId = trip.calls().get(i).stop().id();
                visitsByStop.computeIfAbsent(stopId, _ -> new ArrayList<>()).add(new Visit(trip, i));
                routesByStop.computeIfAbsent(stopId, _ -> new TreeSet<>()).add(trip.routeId());
            }
            latest = Math.max(latest, trip.end());
            for (Frequency frequency : trip.frequencies()) {
                latest = Math.max(latest, frequency.end() + trip.end() - trip.start());
            }
        }
        lastSecond = latest;
        lastDay = trips.stream().map(Trip::serviceId).distinct().flatMap(service -> calendar.lastDay(service).stream()).max(LocalDate::compareTo);
        tripsByBlock.values().forEach(list -> list.sort(Comparator.comparingInt(Trip::start)));
    }

    /** A trip's call at a stop, by its place among the trip's calls. */
    public record Visit(Trip trip, int index) {}

    /** The network of which nothing is planned or known: positions can still be shown. */
    public static Network unknown() {
        return new Network(ZoneOffset.UTC, new ServiceCalendar(), List.of(), List.of(), List.of());
    }

    public ZoneId zone() {
        return zone;
    }

    /** All routes, by id. */
    public Collection<Route> routes() {
        return Collections.unmodifiableCollection(routes.values());
    }

    /** All stops, by id. */
    public Collection<Stop> stops() {
        return Collections.unmodifiableCollection(stops.values());
    }

    public int tripCount() {
        return trips.size();
    }

    /** True when there is no timetable at all, so an unknown route or trip is no fault of the feed. */
    public boolean isUnknown() {
        return trips.isEmpty();
    }

    /**
     * Whether the timetable has run out: its last service day, with the trips that end after midnight, is over where the network is. What
     * plans no day at all has run out too; what plans nothing has not.
     */
    public boolean hasRunOut(Instant at) {
        LocalDate serviceDay = LocalDate.ofInstant(at.minusSeconds(Math.max(0, lastSecond - DAY)), zone);
        return !isUnknown() && lastDay.map(serviceDay::isAfter).orElse(true);
    }

    public Optional<Route> findRoute(String id) {
        return Optional.ofNullable(routes.get(id));
    }

    public Optional<Stop> findStop(String id) {
        return Optional.ofNullable(stops.get(id));
    }

    public Optional<Trip> findTrip(String id) {
        return Optional.ofNullable(trips.get(id));
    }

    public List<Trip> tripsOfRoute(String routeId) {
        return Collections.unmodifiableList(tripsByRoute.getOrDefault(routeId, List.of()));
    }

    /** Trips of the block on any day, by start. */
    public List<Trip> tripsOfBlock(String blockId) {
        return Collections.unmodifiableList(tripsByBlock.getOrDefault(blockId, List.of()));
    }

    public List<Visit> visitsAt(String stopId) {
        return Collections.unmodifiableList(visitsByStop.getOrDefault(stopId, List.of()));
    }

    /** Ids of the routes that call at the stop, in order. */
    public Collection<String> routesAt(String stopId) {
        return Collections.unmodifiableCollection(routesByStop.getOrDefault(stopId, Collections.emptySortedSet()));
    }

    /** Runs of {@code trip} that are planned to be at second {@code planned} of the trip within [from, to]. */
    public List<TripRun> runs(Trip trip, double planned, Instant from, Instant to) {
        List<TripRun> runs = new ArrayList<>();
        LocalDate last = LocalDate.ofInstant(to, zone);
        LocalDate date = LocalDate.ofInstant(from, zone).minusDays(1 + lastSecond / DAY);
        for (; !date.isAfter(last); date = date.plusDays(1)) {
            if (!calendar.runs(trip.serviceId(), date)) {
                continue;
            }
            Instant dayStart = startOf(date);
            if (trip.frequencies().isEmpty()) {
                addIfWithin(runs, new TripRun(trip, date, 0, dayStart), planned, from, to);
            }
            for (Frequency frequency : trip.frequencies()) {
                for (int start = frequency.start(); start < frequency.end(); start += frequency.headway()) {
                    int shift = start - trip.start();
                    addIfWithin(runs, new TripRun(trip, date, shift, dayStart.plusSeconds(shift)), planned, from, to);
                }
            }
        }
        return runs;
    }

    private static void addIfWithin(List<TripRun> runs, TripRun run, double planned, Instant from, Instant to) {
        Instant moment = run.moment(planned);
        if (!moment.isBefore(from) && !moment.isAfter(to)) {
            runs.add(run);
        }
    }

    /** GTFS counts a service day's seconds from noon minus twelve hours, which differs from midnight when clocks change. */
    private Instant startOf(LocalDate date) {
        return date.atTime(12, 0).atZone(zone).toInstant().minus(Duration.ofHours(12));
    }
}
