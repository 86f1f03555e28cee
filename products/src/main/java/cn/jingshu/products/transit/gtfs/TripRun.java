package cn.jingshu.products.transit.gtfs;

import java.time.Instant;
import java.time.LocalDate;

/**
 * A trip on one day.
 *
 * @param date service day, on which the trip starts counting its seconds; it may end after midnight
 * @param shift seconds this run is later than the trip's own times; other than zero for trips repeated by frequency
 * @param zero the moment the trip's second zero falls on
 */
public record TripRun(Trip trip, LocalDate date, int shift, Instant zero) {
    /** The moment of a planned second of this run. */
    public Instant moment(double plannedSecond) {
        return zero.plusMillis(Math.round(plannedSecond * 1000));
    }

    /** How many seconds after plan {@code moment} is, for the planned second; below zero when before it. */
    public double secondsAfter(double plannedSecond, Instant moment) {
        return (moment.toEpochMilli() - zero.toEpochMilli()) / 1000.0 - plannedSecond;
    }

    /** Planned second of the run's start on the service day, as GTFS writes {@code start_time}. */
    public int startSecond() {
        return trip.start() + shift;
    }
}
