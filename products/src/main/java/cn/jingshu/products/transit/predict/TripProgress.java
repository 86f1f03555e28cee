package cn.jingshu.products.transit.predict;

import cn.jingshu.products.transit.gtfs.TripRun;
import org.jspecify.annotations.Nullable;

/**
 * Which run a vehicle is on and how far it has come.
 *
 * @param along metres along the trip's way
 * @param delay seconds late there; below zero when early; zero for a vehicle that waits for its start
 * @param inferred true: the feed named neither trip nor block, the run was found by route, place and time
 * @param passed the last stop seen passed on this run; null: none yet
 */
public record TripProgress(TripRun run, double along, double delay, boolean inferred, @Nullable Passed passed) {
    /**
     * A stop behind the vehicle.
     *
     * @param index of the call
     * @param delay seconds after the planned departure
     */
    public record Passed(int index, double delay) {}

    /** The next call before the vehicle; the last one when it has arrived there. */
    public int nextIndex() {
        return along <= run.trip().way().along(0) ? 0 : run.trip().way().legAt(along) + 1;
    }

    /** How sure the delay itself is, from how the run was found and how old the position is. */
    public Estimate delayEstimate(double ageSeconds) {
        return new Estimate(delay, 15 + (inferred ? 60 : 0) + 0.3 * Math.max(0, ageSeconds));
    }
}
