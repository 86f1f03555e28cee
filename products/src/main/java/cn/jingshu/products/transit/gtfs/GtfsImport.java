package cn.jingshu.products.transit.gtfs;

import cn.jingshu.products.transit.geo.Position;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a GTFS archive into a {@link Network}; whatever a timetable cannot do without is asked for by name. */
public final class GtfsImport {
    private static final Logger LOG = LoggerFactory.getLogger(GtfsImport.class);
    private static final List<String> TABLES =
            List.of("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt");

    private final GtfsArchive archive;
    private final ServiceCalendar calendar = new ServiceCalendar();
    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final Map<String, Stop> stops = new LinkedHashMap<>();
    private final Map<String, TreeMap<Integer, Position>> shapes = new HashMap<>();
    private final Map<String, List<Frequency>> frequencies = new HashMap<>();
    private final Map<String, TripCalls> calls = new HashMap<>();
    private final List<Trip> trips = new ArrayList<>();
    private final List<String> impossible = new ArrayList<>();
    private final Map<List<Object>, Way> ways = new HashMap<>();
    private @Nullable ZoneId zone;

    private GtfsImport(GtfsArchive archive) {
        this.archive = archive;
    }

    /**
     * The network in the archive.
     *
     * @throws GtfsException when the file is missing, damaged, incomplete or larger than the default limits
     */
    public static Network read(Path file) {
        return read(file, ImportLimits.DEFAULT);
    }

    /** The network in the archive, with limits of the caller's choice. */
    public static Network read(Path file, ImportLimits limits) {
        try (GtfsArchive archive = GtfsArchive.open(file, limits)) {
            return new GtfsImport(archive).read();
        }
    }

    private Network read() {
        requireTables();
        archive.read("agency.txt", List.of("agency_timezone"), this::agency);
        archive.read("routes.txt", List.of("route_id", "route_type"), this::route);
        archive.read("stops.txt", List.of("stop_id", "stop_lat", "stop_lon"), this::stop);
        archive.read("calendar.txt", List.of("service_id", "start_date", "end_date"), this::week);
        archive.read("calendar_dates.txt", List.of("service_id", "date", "exception_type"), this::exception);
        archive.read(
                "shapes.txt", List.of("shape_id", "shape_pt_sequence", "shape_pt_lat", "shape_pt_lon"), this::shapePoint);
        archive.read("frequencies.txt", List.of("trip_id", "start_time", "end_time", "headway_secs"), this::frequency);
        archive.read(
                "stop_times.txt",
                List.of("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
                this::stopTime);
        archive.read("trips.txt", List.of("trip_id", "route_id", "service_id"), this::trip);
        if (zone == null || routes.isEmpty() || (trips.isEmpty() && impossible.isEmpty())) {
            throw new GtfsException("The GTFS archive " + archive.name() + " holds no "
                    + (zone == null ? "agency" : routes.isEmpty() ? "route" : "trip with two stops") + ".");
        }
        reportImpossible();
        return new Network(zone, calendar, routes.values(), stops.values(), trips);
    }

    private void requireTables() {
        List<String> missing = new ArrayList<>(TABLES.stream().filter(table -> !archive.has(table)).toList());
        if (!archive.has("calendar.txt") && !archive.has("calendar_dates.txt")) {
            missing.add("calendar.txt (or calendar_dates.txt)");
        }
        if (!missing.isEmpty()) {
            throw new GtfsException("The GTFS archive " + archive.name() + " lacks " + String.join(", ", missing) + ".");
        }
    }

    /** One trip nobody can run is left out with a word in the log; when it is more than a tenth, the archive is broken. */
    private void reportImpossible() {
        if (impossible.size() * 10 > trips.size()) {
            throw new GtfsException("The GTFS archive " + archive.name() + " holds " + impossible.size()
                    + " impossible trips beside " + trips.size() + " possible ones, the first: " + impossible.getFirst() + ".");
        }
        if (!impossible.isEmpty()) {
            LOG.warn(
                    "GTFS archive {}: {} impossible trips are left out, the first: {}",
                    archive.name(),
                    impossible.size(),
                    impossible.getFirst());
        }
    }

    private void agency(Row row) {
        String name = row.required("agency_timezone");
        try {
            zone = zone == null ? ZoneId.of(name) : zone;
        } catch (DateTimeException e) {
            throw row.wrong("agency_timezone '" + name + "' is no time zone");
        }
    }

    private void route(Row row) {
        String id = row.required("route_id");
        Route route = new Route(
                id,
                row.text("route_short_name"),
                row.text("route_long_name"),
                row.wholeNumber("route_type", 3),
                row.text("route_color").toUpperCase(Locale.ROOT));
        if (routes.put(id, route) != null) {
            throw row.wrong("route_id " + id + " appears twice");
        }
    }

    private void stop(Row row) {
        // Entrances, nodes and boarding areas (2, 3, 4) are parts of a station, not places where vehicles call.
        if (row.wholeNumber("location_type", 0) > 1) {
            return;
        }
        String id = row.required("stop_id");
        Stop stop = new Stop(id, row.text("stop_code"), row.text("stop_name"), row.position("stop_lat", "stop_lon"));
        if (stops.put(id, stop) != null) {
            throw row.wrong("stop_id " + id + " appears twice");
        }
    }

    private void week(Row row) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (DayOfWeek day : DayOfWeek.values()) {
            if (row.wholeNumber(day.name().toLowerCase(Locale.ROOT), 0) == 1) {
                days.add(day);
            }
        }
        calendar.addWeek(row.required("service_id"), days, row.date("start_date"), row.date("end_date"));
    }

    private void exception(Row row) {
        String service = row.required("service_id");
        switch (row.wholeNumber("exception_type", 0)) {
            case 1 -> calendar.addDay(service, row.date("date"));
            case 2 -> calendar.removeDay(service, row.date("date"));
            default -> throw row.wrong("exception_type '" + row.text("exception_type") + "' is neither 1 nor 2");
        }
    }

    private void shapePoint(Row row) {
        shapes.computeIfAbsent(row.required("shape_id"), _ -> new TreeMap<>())
                .put(row.wholeNumber("shape_pt_sequence", 0), row.position("shape_pt_lat", "shape_pt_lon"));
    }

    private void frequency(Row row) {
        int start = row.seconds("start_time");
        int end = row.seconds("end_time");
        int headway = row.wholeNumber("headway_secs", 0);
        if (start < 0 || end < start || headway <= 0) {
            throw row.wrong("from '" + row.text("start_time") + "' to '" + row.text("end_time") + "' every "
                    + row.text("headway_secs") + " s is no frequency");
        }
        frequencies
                .computeIfAbsent(row.required("trip_id"), _ -> new ArrayList<>())
                .add(new Frequency(start, end, headway));
    }

    private void stopTime(Row row) {
        String stopId = row.required("stop_id");
        @Nullable Stop stop = stops.get(stopId);
        if (stop == null) {
            throw row.wrong("stop_id " + stopId + " is not in stops.txt");
        }
        boolean fresh = calls.computeIfAbsent(row.required("trip_id"), _ -> new TripCalls())
                .add(
                        row.wholeNumber("stop_sequence", 0),
                        stop,
                        row.seconds("arrival_time"),
                        row.seconds("departure_time"),
                        row.text("timepoint").equals("1"));
        if (!fresh) {
            throw row.wrong("stop_sequence " + row.text("stop_sequence") + " appears twice in the trip");
        }
    }

    private void trip(Row row) {
        String id = row.required("trip_id");
        String routeId = row.required("route_id");
        if (!routes.containsKey(routeId)) {
            throw row.wrong("route_id " + routeId + " is not in routes.txt");
        }
        @Nullable TripCalls planned = calls.remove(id);
        // A trip without two stops cannot be ridden, and a service without days never runs: both stay out.
        if (planned == null || planned.size() < 2 || !calendar.knows(row.required("service_id"))) {
            return;
        }
        Way way = way(row.text("shape_id"), planned.stops());
        try {
            trips.add(new Trip(
                    id,
                    routeId,
                    row.required("service_id"),
                    row.text("trip_headsign"),
                    direction(row.text("direction_id")),
                    row.text("block_id"),
                    planned.timed(way),
                    way,
                    frequencies.getOrDefault(id, List.of())));
        } catch (IllegalArgumentException e) {
            impossible.add("trip_id " + id + ": " + e.getMessage());
        }
    }

    /** Null for anything but 0 and 1: a direction nobody can read is one that is not told, no reason to refuse a city. */
    private static @Nullable Integer direction(String text) {
        return switch (text) {
            case "0" -> 0;
            case "1" -> 1;
            default -> null;
        };
    }

    private Way way(String shapeId, List<Stop> called) {
        List<Object> key = new ArrayList<>(called.size() + 1);
        key.add(shapeId);
        called.forEach(stop -> key.add(stop.id()));
        return ways.computeIfAbsent(
                key,
                _ -> Way.through(
                        called.stream().map(Stop::position).toList(),
                        List.copyOf(shapes.getOrDefault(shapeId, new TreeMap<>()).values())));
    }
}
