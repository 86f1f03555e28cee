package cn.jingshu.products.transit.predict;

import cn.jingshu.products.transit.feed.Observation;
import cn.jingshu.products.transit.geo.Path;
import cn.jingshu.products.transit.gtfs.Network;
import cn.jingshu.products.transit.gtfs.Trip;
import cn.jingshu.products.transit.gtfs.TripRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the run a vehicle is on and follows it: by the trip the feed names, else by the block, else by the route. Among
 * the runs that may be meant the one is taken whose way and times fit best. Each stop passed teaches the predictor.
 */
public final class TripTracker {
    /** A vehicle further off the way than this is not on it (metres). */
    private static final double ON_THE_WAY = 150;

    /** What counts as one unit of misfit: metres off the way, seconds off the plan. */
    private static final double OFFSET_UNIT = 30;

    private static final double DELAY_UNIT = 120;
    private static final double OTHER_WAY_ROUND = 4;
    private static final double OTHER_RUN = 1;

    /** Nothing on the road is faster (metres a second). */
    private static final double FASTEST = 35;

    /** A vehicle this close to a terminus is at it (metres). */
    private static final double AT_THE_STOP = 50;

    private static final Duration LONGEST_GAP = Duration.ofMinutes(3);

    private final Network network;
    private final ArrivalPredictor predictor;

    public TripTracker(Network network, ArrivalPredictor predictor) {
        this.network = network;
        this.predictor = predictor;
    }

    /** How far from its plan a run may be and still be meant (seconds), by how it was named. */
    private enum Named {
        BY_TRIP(3 * 3600),
        BY_BLOCK(3600),
        BY_ROUTE(1800);

        private final int tolerance;

        Named(int tolerance) {
            this.tolerance = tolerance;
        }
    }

    private record Fit(TripProgress progress, double misfit) {}

    /**
     * The run the vehicle is on.
     *
     * @param before its last observation; null: none
     * @param known the run it was on then; null: none
     * @return null: it fits no run
     */
    public @Nullable TripProgress track(
            Observation seen, @Nullable Observation before, @Nullable TripProgress known) {
        @Nullable Fit best = null;
        Named named = named(seen);
        for (TripRun run : candidates(seen, named)) {
            @Nullable Fit fit = fit(seen, before, known, run, named);
            if (fit != null && (best == null || fit.misfit < best.misfit)) {
                best = fit;
            }
        }
        if (best == null) {
            return null;
        }
        return known == null || before == null || !known.run().equals(best.progress.run())
                ? best.progress
                : passing(best.progress, known, before.observedAt(), seen.observedAt());
    }

    private Named named(Observation seen) {
        if (seen.tripId() != null && network.findTrip(seen.tripId()).isPresent()) {
            return Named.BY_TRIP;
        }
        return seen.blockId() == null ? Named.BY_ROUTE : Named.BY_BLOCK;
    }

    private List<TripRun> candidates(Observation seen, Named named) {
        List<Trip> trips =
                switch (named) {
                    case BY_TRIP -> network.findTrip(String.valueOf(seen.tripId())).stream().toList();
                    case BY_BLOCK -> network.tripsOfBlock(String.valueOf(seen.blockId()));
                    case BY_ROUTE -> seen.routeId() == null ? List.of() : network.tripsOfRoute(seen.routeId());
                };
        List<TripRun> runs = new ArrayList<>();
        for (Trip trip : trips) {
            if (named == Named.BY_ROUTE
                    && seen.direction() != null
                    && trip.direction() != null
                    && !seen.direction().equals(trip.direction())) {
                continue;
            }
            Instant from = seen.observedAt().minusSeconds(trip.end() - trip.start() + named.tolerance);
            for (TripRun run : network.runs(trip, trip.start(), from, seen.observedAt().plusSeconds(named.tolerance))) {
                if ((seen.startDate() == null || seen.startDate().equals(run.date()))
                        && (seen.startSecond() == null
                                || trip.frequencies().isEmpty()
                                || seen.startSecond() == run.startSecond())) {
                    runs.add(run);
                }
            }
        }
        return runs;
    }

    private static @Nullable Fit fit(
            Observation seen, @Nullable Observation before, @Nullable TripProgress known, TripRun run, Named named) {
        @Nullable TripProgress last = before != null && known != null && known.run().equals(run) ? known : null;
        Path path = run.trip().way().path();
        List<Path.Projection> places = path.near(seen.position(), ON_THE_WAY);
        if (last != null && before != null && !places.isEmpty()) {
            // A vehicle known to be on the run has come on from where it was, give or take a little jitter.
            double seconds = Duration.between(before.observedAt(), seen.observedAt()).toMillis() / 1000.0;
            Path.Projection onward =
                    path.nearest(seen.position(), last.along() - 100, last.along() + 300 + FASTEST * seconds);
            places = onward.offset() <= ON_THE_WAY ? List.of(onward) : places;
        }
        @Nullable Fit best = null;
        for (Path.Projection place : places) {
            double along = last != null && place.along() < last.along() && place.along() > last.along() - 100
                    ? last.along()
                    : place.along();
            double delay = run.secondsAfter(run.trip().plannedAt(along), seen.observedAt());
            if (along <= run.trip().way().along(0) + AT_THE_STOP && delay < 0) {
                // At its first stop before the start: waiting, not early.
                along = run.trip().way().along(0);
                delay = delay < -named.tolerance ? delay : 0;
            }
            if (Math.abs(delay) > named.tolerance) {
                continue;
            }
            double misfit = place.offset() / OFFSET_UNIT + Math.abs(delay) / DELAY_UNIT;
            misfit += seen.bearing() != null && turned(seen.bearing(), place.bearing()) > 110 ? OTHER_WAY_ROUND : 0;
            misfit += known != null && last == null ? OTHER_RUN : 0;
            if (best == null || misfit < best.misfit) {
                double end = run.trip().way().along(run.trip().calls().size() - 1) - AT_THE_STOP;
                // At its last stop it has arrived: it is as late as it came, however long it stays.
                double arrived = last != null && last.along() >= end && along >= end ? last.delay() : delay;
                best = new Fit(
                        new TripProgress(
                                run, along, arrived, named == Named.BY_ROUTE, last == null ? null : last.passed()),
                        misfit);
            }
        }
        return best;
    }

    /** Angle between two bearings, 0 to 180 degrees. */
    private static double turned(double bearing, double other) {
        double between = Math.abs(bearing - other) % 360;
        return Math.min(between, 360 - between);
    }

    /** Notes the stops passed between two observations, at times read off the line between them, and learns from them. */
    private TripProgress passing(TripProgress now, TripProgress before, Instant from, Instant to) {
        TripRun run = now.run();
        TripProgress.@Nullable Passed passed = before.passed();
        boolean close = Duration.between(from, to).compareTo(LONGEST_GAP) <= 0;
        for (int i = 0; i < run.trip().calls().size(); i++) {
            double stop = run.trip().way().along(i);
            if (stop < before.along() || stop >= now.along()) {
                continue;
            }
            double share = (stop - before.along()) / (now.along() - before.along());
            Instant at = from.plusMillis(Math.round(share * Duration.between(from, to).toMillis()));
            double arrivalDelay = run.secondsAfter(run.trip().calls().get(i).arrival(), at);
            if (close && passed != null && passed.index() == i - 1) {
                predictor.learn(Leg.of(run.trip(), i - 1), passed.delay(), arrivalDelay, at);
            }
            passed = new TripProgress.Passed(i, run.secondsAfter(run.trip().calls().get(i).departure(), at));
        }
        return new TripProgress(run, now.along(), now.delay(), now.inferred(), passed);
    }
}
