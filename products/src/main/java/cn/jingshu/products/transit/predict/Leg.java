package cn.jingshu.products.transit.predict;

import cn.jingshu.products.transit.gtfs.Trip;

/**
 * The way from one stop of a trip to the next.
 *
 * @param plannedSeconds from planned departure to planned arrival, at least zero
 */
public record Leg(String routeId, String fromStopId, String toStopId, int plannedSeconds) {
    /** The leg of {@code trip} that begins at its call {@code index}. */
    static Leg of(Trip trip, int index) {
        var from = trip.calls().get(index);
        var to = trip.calls().get(index + 1);
        return new Leg(trip.routeId(), from.stop().id(), to.stop().id(), to.arrival() - from.departure());
    }
}
