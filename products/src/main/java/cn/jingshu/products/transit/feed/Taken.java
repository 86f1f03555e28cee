package cn.jingshu.products.transit.feed;

/**
 * What became of one reading of a feed: what was not taken, and why. Everything else in it was taken, or known already.
 *
 * @param older observations older than what was known of their vehicle
 * @param future observations more than a minute ahead of the clock
 * @param elsewhere observations far from every stop of the network
 * @param vehiclesOverCapacity observations beyond as many vehicles as can be held
 * @param unknownTrips forecasts whose trip is not in the timetable
 * @param forecastsOverCapacity forecasts beyond as many as can be held
 */
public record Taken(
        int older, int future, int elsewhere, int vehiclesOverCapacity, int unknownTrips, int forecastsOverCapacity) {
    /** Everything was. */
    public static final Taken WHOLE = new Taken(0, 0, 0, 0, 0, 0);

    int observationsLeftOut() {
        return older + future + elsewhere + vehiclesOverCapacity;
    }

    int forecastsLeftOut() {
        return unknownTrips + forecastsOverCapacity;
    }
}
