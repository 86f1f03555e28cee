package cn.jingshu.products.transit.gtfs;

/**
 * A trip's planned call at a stop.
 *
 * @param sequence the trip's own numbering, rising
 * @param arrival seconds after the start of the service day; above 86,400 after midnight
 * @param departure seconds after the start of the service day, at least {@code arrival}
 * @param timepoint true: a vehicle that is early waits here for its departure time
 */
public record StopCall(Stop stop, int sequence, int arrival, int departure, boolean timepoint) {
    public StopCall {
        if (departure < arrival) {
            throw new IllegalArgumentException("departure " + departure + " before arrival " + arrival);
        }
    }
}
