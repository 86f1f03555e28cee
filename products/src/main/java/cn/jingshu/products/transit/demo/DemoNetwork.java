package cn.jingshu.products.transit.demo;

import cn.jingshu.products.transit.geo.Path;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.gtfs.Route;
import cn.jingshu.products.transit.gtfs.ServiceCalendar;
import cn.jingshu.products.transit.gtfs.ServiceTime;
import cn.jingshu.products.transit.gtfs.Stop;
import cn.jingshu.products.transit.gtfs.StopCall;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.gtfs.Way;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The made-up timetable of Jingmen: six lines, day and night, every day. The vehicles of a line share one cycle that
 * divides the day, so the plan of every day is the same.
 */
final class DemoNetwork {
    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    static final int DAY = 86_400;

    /** Cycles in seconds that divide the day. */
    private static final List<Integer> CYCLES = List.of(2_400, 2_700, 2_880, 3_200, 3_600, 4_320, 4_800, 5_400, 7_200);

    private static final double METRES_PER_SECOND = 7;
    private static final int STAY_AT_STOP = 20;
    private static final int LEAST_TURN = 300;
    private static final String SERVICE = "daily";

    private final Map<String, Stop> stopsByName = new LinkedHashMap<>();
    private final List<Route> routes = new ArrayList<>();
    private final List<Trip> trips = new ArrayList<>();
    private final List<DemoVehicle> vehicles = new ArrayList<>();
    private final Network network;

    DemoNetwork() {
        DemoLine.ALL.forEach(this::add);
        ServiceCalendar calendar = new ServiceCalendar();
        calendar.addWeek(
                SERVICE, EnumSet.allOf(DayOfWeek.class), LocalDate.of(2020, 1, 1), LocalDate.of(2099, 12, 31));
        network = new Network(ZONE, calendar, routes, stopsByName.values(), trips);
    }

    Network network() {
        return network;
    }

    List<DemoVehicle> vehicles() {
        return vehicles;
    }

    private void add(DemoLine line) {
        List<Stop> stops = stops(line);
        routes.add(new Route(
                line.id(), line.name(), stops.getFirst().name() + " - " + stops.getLast().name(), 3, line.color()));
        List<Stop> back = stops.reversed();
        List<Way> ways = List.of(way(line.corners(), stops), way(line.corners().reversed(), back));
        List<int[]> plans = List.of(plan(ways.getFirst()), plan(ways.getLast()));
        int run = plans.stream().mapToInt(plan -> plan[plan.length - 1]).max().orElseThrow();
        int cycle = CYCLES.stream()
                .filter(each -> each / 2 >= run + LEAST_TURN)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("line " + line.id() + " is too long"));
        for (int k = 0; k < line.vehicles(); k++) {
            String block = String.format(Locale.ROOT, "%s-%02d", line.id(), k + 1);
            int offset = k * cycle / line.vehicles();
            List<Trip> runs = new ArrayList<>();
            for (int m = 0; m < 2 * DAY / cycle; m++) {
                int start = offset + m * cycle / 2;
                runs.add(trip(line, block, m % 2, start, m % 2 == 0 ? stops : back, ways.get(m % 2), plans.get(m % 2)));
            }
            trips.addAll(runs);
            vehicles.add(new DemoVehicle(block, vehicles.size(), offset, cycle / 2, List.copyOf(runs)));
        }
    }

    /** The line's stops, each at its share of the way unless another line has placed it already. */
    private List<Stop> stops(DemoLine line) {
        Path path = new Path(line.corners());
        List<Stop> stops = new ArrayList<>();
        for (int i = 0; i < line.stops().size(); i++) {
            double along = path.length() * i / (line.stops().size() - 1);
            String name = line.stops().get(i);
            stops.add(stopsByName.computeIfAbsent(name, _ -> {
                String number = String.format(Locale.ROOT, "%03d", stopsByName.size() + 1);
                return new Stop("JMS" + number, number, name, path.at(along));
            }));
        }
        return stops;
    }

    /** The way through corners and stops, in the order they come along the line. */
    private static Way way(List<Position> corners, List<Stop> stops) {
        Path path = new Path(corners);
        List<Position> points = new ArrayList<>(corners);
        stops.forEach(stop -> points.add(stop.position()));
        points.sort(Comparator.comparingDouble(
                point -> path.nearest(point, 0, path.length()).along()));
        return Way.through(stops.stream().map(Stop::position).toList(), points);
    }

    /** Seconds from the start of a trip to the arrival at each stop. */
    private static int[] plan(Way way) {
        int[] arrivals = new int[way.stops()];
        for (int i = 1; i < arrivals.length; i++) {
            double metres = way.along(i) - way.along(i - 1);
            int stay = i == 1 ? 0 : STAY_AT_STOP;
            arrivals[i] = arrivals[i - 1] + stay + (int) Math.round(metres / METRES_PER_SECOND);
        }
        return arrivals;
    }

    private static Trip trip(
            DemoLine line, String block, int direction, int start, List<Stop> stops, Way way, int[] plan) {
        List<StopCall> calls = new ArrayList<>();
        int last = stops.size() - 1;
        for (int i = 0; i <= last; i++) {
            int arrival = start + plan[i];
            int stay = i == 0 || i == last ? 0 : STAY_AT_STOP;
            calls.add(new StopCall(stops.get(i), i + 1, arrival, arrival + stay, i == 0));
        }
        String time = ServiceTime.format(start).replace(":", "");
        return new Trip(
                line.id() + "-" + direction + "-" + time,
                line.id(),
                SERVICE,
                stops.getLast().name(),
                direction,
                block,
                calls,
                way,
                List.of());
    }

    @Override
    public String toString() {
        return "DemoNetwork" + Arrays.asList(routes.size(), stopsByName.size(), trips.size(), vehicles.size());
    }
}
