package cn.jingshu.products.transit.fleet;

import cn.jingshu.products.transit.feed.FeedContent;
import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.gtfs.Route;
import cn.jingshu.products.transit.gtfs.ServiceCalendar;
import cn.jingshu.products.transit.gtfs.Stop;
import cn.jingshu.products.transit.gtfs.StopCall;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.gtfs.Way;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One straight line of four stops, five minutes and about 1.9 km apart, run there and back by one block. */
final class Networks {
    static final Instant EIGHT = Instant.parse("2026-11-23T00:00:00Z");
    static final List<Stop> STOPS = List.of(stop("A", 112.20), stop("B", 112.22), stop("C", 112.24), stop("D", 112.26));

    private Networks() {}

    private static Stop stop(String id, double longitude) {
        return new Stop(id, "", id, new Position(31.0, longitude));
    }

    /** Trip OUT leaves A at 08:00 and is at D at 08:15; trip BACK leaves D at 08:20. */
    static Network line() {
        ServiceCalendar calendar = new ServiceCalendar();
        calendar.addWeek("D", EnumSet.allOf(DayOfWeek.class), LocalDate.of(2026, 1, 1), LocalDate.of(2027, 12, 31));
        return new Network(
                ZoneId.of("Asia/Shanghai"),
                calendar,
                List.of(new Route("R", "1", "", 3, "")),
                STOPS,
                List.of(trip("OUT", 0, 8 * 3600, STOPS), trip("BACK", 1, 8 * 3600 + 1_200, STOPS.reversed())));
    }

    private static Trip trip(String id, int direction, int start, List<Stop> stops) {
        List<StopCall> calls = new ArrayList<>();
        for (Stop stop : stops) {
            int time = start + calls.size() * 300;
            calls.add(new StopCall(stop, calls.size() + 1, time, time, false));
        }
        Way way = Way.through(stops.stream().map(Stop::position).toList(), List.of());
        return new Trip(id, "R", "D", stops.getLast().id(), direction, "BLOCK", calls, way, List.of());
    }

    static Observation at(String vehicle, double longitude, Instant moment, @Nullable String tripId) {
        return new Observation(
                vehicle, new Position(31.0, longitude), null, null, moment, "R", null, tripId, null, null, null);
    }

    static FeedContent content(Observation... observations) {
        return FeedContent.of(observations[0].observedAt(), false, List.of(observations));
    }
}
