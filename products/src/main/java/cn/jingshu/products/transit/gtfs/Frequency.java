package cn.jingshu.products.transit.gtfs;

/**
 * A stretch of the day in which a trip is repeated.
 *
 * @param start first departure, seconds after the start of the service day
 * @param end no departure at or after it
 * @param headway seconds between departures, above zero
 */
public record Frequency(int start, int end, int headway) {
    public Frequency {
        if (headway <= 0 || end < start) {
            throw new IllegalArgumentException("headway " + headway + " from " + start + " to " + end);
        }
    }
}
