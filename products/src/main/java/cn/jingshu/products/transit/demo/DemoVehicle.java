package cn.jingshu.products.transit.demo;

import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.gtfs.StopCall;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.gtfs.Way;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * A vehicle of the demonstration: where it is depends on the time alone. It runs its trips one after the other, late by
 * an amount that swings between a minute early and three minutes late and never so fast that it would drive backwards.
 *
 * @param number its place among all, which sets the rhythm of its delay and of its reports
 * @param offset second of the day at which its first trip starts
 * @param half seconds from the start of one trip to the start of the next
 * @param trips of one day, in order
 */
record DemoVehicle(String id, int number, int offset, int half, List<Trip> trips) {
    /** Seconds between two reports of its position. */
    static final int REPORT_EVERY = 10;

    private static final long SHANGHAI_AHEAD = 8 * 3600;

    /** Where along which trip. */
    private record Place(Trip trip, long day, double along) {}

    /** The newest report at {@code now}. */
    Observation observe(Instant now) {
        long second = now.getEpochSecond();
        long reported = second - Math.floorMod(second + number * 3L, REPORT_EVERY);
        Place place = placeAt(reported);
        Place before = placeAt(reported - 4);
        boolean same = before.trip.equals(place.trip);
        return new Observation(
                id,
                place.trip.way().path().at(place.along),
                place.trip.way().path().bearingAt(place.along),
                same ? Math.max(0, place.along - before.along) / 4 : 0,
                Instant.ofEpochSecond(reported),
                place.trip.routeId(),
                place.trip.direction(),
                place.trip.id(),
                Instant.ofEpochSecond(place.day * DemoNetwork.DAY).atZone(ZoneOffset.UTC).toLocalDate(),
                null,
                id);
    }

    private Place placeAt(long epochSecond) {
        double planned = epochSecond + SHANGHAI_AHEAD - offset - delayAt(epochSecond);
        long day = (long) Math.floor(planned / DemoNetwork.DAY);
        double second = planned - (double) day * DemoNetwork.DAY;
        Trip trip = trips.get(Math.min(trips.size() - 1, (int) (second / half)));
        return new Place(trip, day, along(trip, offset + second));
    }

    /** Seconds late; it changes by less than half a second a second, so the vehicle always moves forward. */
    private double delayAt(long epochSecond) {
        double phase = number * 2.399963;
        return 60
                + 90 * Math.sin(2 * Math.PI * epochSecond / 2_700 + phase)
                + 30 * Math.sin(2 * Math.PI * epochSecond / 700 + 2 * phase);
    }

    private static double along(Trip trip, double second) {
        Way way = trip.way();
        List<StopCall> calls = trip.calls();
        int next = 1;
        while (next < calls.size() - 1 && calls.get(next).departure() <= second) {
            next++;
        }
        double departure = calls.get(next - 1).departure();
        double share = (second - departure) / (calls.get(next).arrival() - departure);
        return way.along(next - 1) + Math.clamp(share, 0.0, 1.0) * (way.along(next) - way.along(next - 1));
    }
}
