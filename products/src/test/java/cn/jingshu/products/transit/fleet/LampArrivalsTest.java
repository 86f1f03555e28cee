package cn.jingshu.products.transit.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.SharedData;
import cn.jingshu.products.SteppingClock;
import cn.jingshu.products.transit.feed.FeedContent;
import cn.jingshu.products.transit.feed.FeedCounts;
import cn.jingshu.products.transit.feed.TripForecast;
import cn.jingshu.products.transit.feed.TripForecast.StopForecast;
import cn.jingshu.products.transit.fleet.ExpectedArrival.Basis;
import cn.jingshu.products.transit.geo.Position;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.gtfs.Route;
import cn.jingshu.products.transit.gtfs.ServiceCalendar;
import cn.jingshu.products.transit.gtfs.Stop;
import cn.jingshu.products.transit.gtfs.StopCall;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.gtfs.TripRun;
import cn.jingshu.products.transit.gtfs.Way;
import cn.jingshu.products.transit.predict.ArrivalPredictor;
import cn.jingshu.products.transit.predict.TripTracker;
import java.io.IOException;
import java.nio.file.Files;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/**
 * Boston's route 1 on a winter Sunday: what the buses' own computers noted in local seconds of the service day, and what
 * the GTFS-Realtime feed said of the same arrivals in UTC, five hours apart on the clock.
 */
class LampArrivalsTest {
    private static final LocalDate SUNDAY = LocalDate.of(2025, 2, 16);
    private static final ZoneId BOSTON = ZoneId.of("America/New_York");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    /** One arrival at a time point, as both told it. */
    private record Arrival(String tripId, String stopId, int scheduled, int noted, Instant notedAt, Instant told) {}

    private static List<Arrival> arrivals() throws IOException {
        List<Arrival> arrivals = new ArrayList<>();
        try (CSVParser rows = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get()
                .parse(Files.newBufferedReader(SharedData.file("bus/mbta/lamp_bus_vehicle_events_route1_20250216.csv")))) {
            for (CSVRecord row : rows) {
                if (!row.get("tm_actual_arrival_dt").isEmpty() && !row.get("stop_arrival_dt").isEmpty()) {
                    arrivals.add(new Arrival(row.get("trip_id"), row.get("stop_id"),
                            Integer.parseInt(row.get("tm_scheduled_time_sam")),
                            Integer.parseInt(row.get("tm_actual_arrival_time_sam")),
                            LocalDateTime.parse(row.get("tm_actual_arrival_dt"), TIME).atZone(BOSTON).toInstant(),
                            LocalDateTime.parse(row.get("stop_arrival_dt"), TIME).toInstant(ZoneOffset.UTC)));
                }
            }
        }
        return arrivals;
    }

    /** The time points as a timetable; where they lie does not matter here. */
    private static Network network(Map<String, List<Arrival>> byTrip) {
        Map<String, Stop> stops = new LinkedHashMap<>();
        List<Trip> trips = new ArrayList<>();
        byTrip.forEach((id, arrivals) -> {
            List<StopCall> calls = new ArrayList<>();
            for (Arrival arrival : arrivals) {
                Stop stop = stops.computeIfAbsent(arrival.stopId(),
                        stopId -> new Stop(stopId, "", stopId, new Position(42.3 + stops.size() * 0.005, -71.1)));
                calls.add(new StopCall(stop, calls.size() + 1, arrival.scheduled(), arrival.scheduled(), false));
            }
            Way way = Way.through(calls.stream().map(call -> call.stop().position()).toList(), List.of());
            trips.add(new Trip(id, "1", "D", "", 0, "", calls, way, List.of()));
        });
        ServiceCalendar calendar = new ServiceCalendar();
        calendar.addWeek("D", EnumSet.of(DayOfWeek.SUNDAY), SUNDAY, SUNDAY);
        return new Network(BOSTON, calendar, List.of(new Route("1", "1", "", 3, "")), stops.values(), trips);
    }

    @Test
    void anArrivalToldInUtcIsAsLateAsTheBusItselfNotedInLocalTime() throws IOException {
        Map<String, List<Arrival>> byTrip = new LinkedHashMap<>();
        arrivals().forEach(arrival -> byTrip.computeIfAbsent(arrival.tripId(), _ -> new ArrayList<>()).add(arrival));
        Network network = network(byTrip);
        SteppingClock clock = new SteppingClock(Instant.EPOCH);
        ArrivalPredictor predictor = new ArrivalPredictor();
        Fleet fleet = new Fleet(network, new TripTracker(network, predictor), new FeedCounts(clock), clock, Duration.ofSeconds(90));
        ArrivalBoard board = new ArrivalBoard(network, fleet, predictor);
        var feed = fleet.source();
        int compared = 0;
        for (List<Arrival> ofTrip : byTrip.values()) {
            for (Arrival arrival : ofTrip) {
                // A minute before the earlier of both, the operator's feed tells the arrival it will have told.
                Instant now = (arrival.told().isBefore(arrival.notedAt()) ? arrival.told() : arrival.notedAt()).minusSeconds(60);
                clock.set(now);
                feed.accept(new FeedContent(now, true, List.of(), List.of(new TripForecast(arrival.tripId(), "1", SUNDAY, now,
                        false, null, List.of(new StopForecast(null, arrival.stopId(), null, arrival.told(), false)))), 0, 0, 0));
                ExpectedArrival expected = board.arrivals(arrival.stopId(), "", now, Duration.ofMinutes(60)).stream()
                        .filter(one -> one.run().trip().id().equals(arrival.tripId()))
                        .findFirst()
                        .orElseThrow();
                TripRun run = expected.run();
                assertThat(run.moment(arrival.noted())).isEqualTo(arrival.notedAt());
                assertThat(expected.basis()).isEqualTo(Basis.FEED);
                assertThat(expected.predictedAt()).isEqualTo(arrival.told());
                double late = Objects.requireNonNull(expected.delay()).seconds();
                assertThat(late - (arrival.noted() - arrival.scheduled())).as("%s", arrival).isBetween(-30.0, 60.0);
                compared++;
            }
        }
        assertThat(compared).isEqualTo(33);
    }
}
