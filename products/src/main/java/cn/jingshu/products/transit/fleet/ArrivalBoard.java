package cn.jingshu.products.transit.fleet;

import cn.jingshu.products.transit.feed.TripForecast;
import cn.jingshu.products.transit.fleet.ExpectedArrival.Basis;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.gtfs.TripRun;
import cn.jingshu.products.transit.predict.ArrivalPredictor;
import cn.jingshu.products.transit.predict.ArrivalPredictor.DelayAt;
import cn.jingshu.products.transit.predict.Estimate;
import cn.jingshu.products.transit.predict.TripProgress;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What arrives at a stop and when: for each planned call the best that is known of it. A live vehicle on the run comes
 * first, then a live one on an earlier run of its block, then the operator's own forecast, then the plan alone, which
 * is never dressed up as a prediction.
 */
public final class ArrivalBoard {
    /** A planned call this long ago may still be to come. */
    private static final Duration LATEST = Duration.ofMinutes(90);

    /** A planned call this long after the horizon may come early enough. */
    private static final Duration EARLIEST = Duration.ofMinutes(15);

    /** Expected absolute error of a foreign forecast, of which nothing else is known (seconds). */
    private static final double FORECAST_ERROR = 90;

    /** Added to the error for each turn-round that a prediction reaches across (seconds). */
    private static final double TURN_ERROR = 60;

    private final Network network;
    private final Fleet fleet;
    private final ArrivalPredictor predictor;

    public ArrivalBoard(Network network, Fleet fleet, ArrivalPredictor predictor) {
        this.network = network;
        this.fleet = fleet;
        this.predictor = predictor;
    }

    private record BlockDay(String blockId, LocalDate date) {}

    /** The live vehicles by what they run. */
    private record Running(Map<TripRun, VehicleState> byRun, Map<BlockDay, VehicleState> byBlock) {}

    /**
     * Arrivals at a stop from {@code now} to {@code horizon} later, soonest first.
     *
     * @param routeId only of this route; empty: of all
     */
    public List<ExpectedArrival> arrivals(String stopId, String routeId, Instant now, Duration horizon) {
        Running running = running(now);
        Instant end = now.plus(horizon);
        List<ExpectedArrival> arrivals = new ArrayList<>();
        for (Network.Visit visit : network.visitsAt(stopId)) {
            Trip trip = visit.trip();
            if (!routeId.isEmpty() && !routeId.equals(trip.routeId())) {
                continue;
            }
            int planned = trip.calls().get(visit.index()).arrival();
            for (TripRun run : network.runs(trip, planned, now.minus(LATEST), end.plus(EARLIEST))) {
                @Nullable ExpectedArrival arrival = expected(run, visit.index(), running, now);
                if (arrival != null
                        && !arrival.expectedAt().isBefore(now)
                        && !arrival.expectedAt().isAfter(end)) {
                    arrivals.add(arrival);
                }
            }
        }
        arrivals.sort(Comparator.comparing(ExpectedArrival::expectedAt)
                .thenComparing(arrival -> arrival.run().trip().id()));
        return arrivals;
    }

    private Running running(Instant now) {
        Map<TripRun, VehicleState> byRun = new HashMap<>();
        Map<BlockDay, VehicleState> byBlock = new HashMap<>();
        for (VehicleState vehicle : fleet.listLive(now)) {
            @Nullable TripProgress progress = vehicle.progress();
            if (progress == null) {
                continue;
            }
            TripRun run = progress.run();
            byRun.merge(run, vehicle, ArrivalBoard::further);
            if (!run.trip().blockId().isEmpty()) {
                byBlock.put(new BlockDay(run.trip().blockId(), run.date()), vehicle);
            }
        }
        return new Running(byRun, byBlock);
    }

    /** Of two vehicles thought to be on one run, the one further behind: its passengers still wait. */
    private static VehicleState further(VehicleState one, VehicleState other) {
        TripProgress first = one.progress();
        TripProgress second = other.progress();
        return first != null && second != null && second.along() < first.along() ? other : one;
    }

    /** Null: the vehicle has been there. */
    private @Nullable ExpectedArrival expected(TripRun run, int index, Running running, Instant now) {
        Trip trip = run.trip();
        @Nullable TripForecast forecast = fleet.findForecast(trip.id(), now)
                .filter(told -> told.startDate() == null || told.startDate().equals(run.date()))
                .orElse(null);
        if (forecast != null && isSkipped(forecast, trip, index)) {
            return new ExpectedArrival(run, index, Basis.FEED, null, null, null, true);
        }
        @Nullable VehicleState vehicle = running.byRun.get(run);
        if (vehicle != null && vehicle.progress() != null) {
            TripProgress progress = vehicle.progress();
            double age = vehicle.age(now).toMillis() / 1000.0;
            return predictor.ahead(trip, progress.along(), progress.delayEstimate(age), now).stream()
                    .filter(ahead -> ahead.index() == index)
                    .findFirst()
                    .map(ahead -> predicted(run, index, Basis.LIVE, ahead.delay(), vehicle, now))
                    .orElse(null);
        }
        @Nullable VehicleState before =
                trip.blockId().isEmpty() ? null : running.byBlock.get(new BlockDay(trip.blockId(), run.date()));
        if (before != null && before.progress() != null) {
            if (before.progress().run().trip().start() > trip.start()) {
                return null;
            }
            return predicted(run, index, Basis.LIVE_BLOCK, acrossBlock(before, run, index, now), before, now);
        }
        @Nullable Estimate told = forecast == null ? null : told(forecast, run, index);
        return told == null
                ? new ExpectedArrival(run, index, Basis.SCHEDULE, null, null, null, false)
                : predicted(run, index, Basis.FEED, told, null, now);
    }

    private static ExpectedArrival predicted(
            TripRun run, int index, Basis basis, Estimate delay, @Nullable VehicleState vehicle, Instant now) {
        Instant predicted = run.moment(run.trip().calls().get(index).arrival() + delay.seconds());
        if (predicted.isBefore(now)) {
            // It has not been seen there, so it is yet to come: at any moment now.
            double late = run.secondsAfter(run.trip().calls().get(index).arrival(), now);
            return new ExpectedArrival(run, index, basis, now, new Estimate(late, delay.error()), vehicle, false);
        }
        return new ExpectedArrival(run, index, basis, predicted, delay, vehicle, false);
    }

    /** Delay at a call of a later run: what is left of the present run's delay after the stay at its end. */
    private Estimate acrossBlock(VehicleState vehicle, TripRun run, int index, Instant now) {
        TripProgress progress = Objects.requireNonNull(vehicle.progress(), "a vehicle on a run");
        Trip present = progress.run().trip();
        Estimate delay = progress.delayEstimate(vehicle.age(now).toMillis() / 1000.0);
        List<DelayAt> rest = predictor.ahead(present, progress.along(), delay, now);
        Estimate end = rest.isEmpty() ? delay : rest.getLast().delay();
        int stay = run.trip().start() - present.end();
        Estimate start =
                new Estimate(Math.max(0, end.seconds() - stay), Math.hypot(end.error(), TURN_ERROR));
        return predictor.ahead(run.trip(), run.trip().way().along(0), start, now).stream()
                .filter(ahead -> ahead.index() == index)
                .findFirst()
                .map(DelayAt::delay)
                .orElse(start);
    }

    private static boolean isSkipped(TripForecast forecast, Trip trip, int index) {
        return forecast.canceled()
                || forecast.stops().stream()
                        .anyMatch(stop -> stop.skipped() && trip.indexOf(stop.sequence(), stop.stopId()) == index);
    }

    /** What the forecast says of the call: its own entry, or the last one before it, or the whole trip's delay. */
    private static @Nullable Estimate told(TripForecast forecast, TripRun run, int index) {
        @Nullable Double delay =
                forecast.delay() == null ? null : Double.valueOf(forecast.delay());
        int nearest = -1;
        for (TripForecast.StopForecast stop : forecast.stops()) {
            int at = run.trip().indexOf(stop.sequence(), stop.stopId());
            if (at < 0 || at > index || at < nearest) {
                continue;
            }
            if (stop.arrivalAt() != null) {
                delay = run.secondsAfter(run.trip().calls().get(at).arrival(), stop.arrivalAt());
                nearest = at;
            } else if (stop.arrivalDelay() != null) {
                delay = Double.valueOf(stop.arrivalDelay());
                nearest = at;
            }
        }
        return delay == null ? null : new Estimate(delay, FORECAST_ERROR);
    }
}
