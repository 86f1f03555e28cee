package cn.jingshu.products.transit.fleet;

import cn.jingshu.products.transit.gtfs.TripRun;
import cn.jingshu.products.transit.predict.Estimate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One arrival to expect at a stop.
 *
 * @param index of the call among the run's calls
 * @param basis what the prediction rests on
 * @param predictedAt null: only planned, or skipped
 * @param delay seconds late and how sure; null exactly when {@code predictedAt} is
 * @param vehicle the vehicle the prediction rests on; null: none
 * @param skipped true: the vehicle will not stop here
 */
public record ExpectedArrival(
        TripRun run,
        int index,
        Basis basis,
        @Nullable Instant predictedAt,
        @Nullable Estimate delay,
        @Nullable VehicleState vehicle,
        boolean skipped) {

    /** What a prediction rests on. */
    public enum Basis {
        /** The timetable alone: nothing is predicted. */
        SCHEDULE,
        /** The position of the vehicle on the run. */
        LIVE,
        /** The position of the vehicle on an earlier run of the same block. */
        LIVE_BLOCK,
        /** The operator's own forecast. */
        FEED
    }

    public Instant scheduledAt() {
        return run.moment(run.trip().calls().get(index).arrival());
    }

    /** The predicted moment, or the planned one when nothing is predicted. */
    public Instant expectedAt() {
        return predictedAt == null ? scheduledAt() : predictedAt;
    }
}
