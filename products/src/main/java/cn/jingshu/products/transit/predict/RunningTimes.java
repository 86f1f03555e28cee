package cn.jingshu.products.transit.predict;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What vehicles have shown about running times: by how much each leg takes longer than planned. Learned from every
 * vehicle that has finished the leg, whatever its route, and remembered in four steps from coarse to fine (all legs, the
 * route, the leg, the leg for early or late vehicles), each leaning on the one before while it has seen little itself.
 * Early and late vehicles differ: an early one dawdles, a late one hurries.
 */
final class RunningTimes {
    /** A leg that took longer or shorter than planned by more than this (seconds) says no more than by this much. */
    private static final double MOST = 300;

    /** How many values the coarser step counts for: all legs, route, leg, leg by lateness. */
    private static final double ALL_PRIOR = 20;

    private static final double ROUTE_PRIOR = 4;
    private static final double LEG_PRIOR = 1;
    private static final double LATENESS_PRIOR = 1;

    /** No network has more; beyond it, new legs are estimated from their route. */
    private static final int MAX_MEANS = 400_000;

    private final Map<Object, FadingMean> means = new HashMap<>();

    private record LegKey(String fromStopId, String toStopId) {}

    private record LatenessKey(LegKey leg, boolean early) {}

    private record RouteKey(String routeId) {}

    private enum Everything {
        ALL
    }

    /** By how many seconds the leg is expected to take longer than planned. */
    synchronized Estimate excess(Leg leg, boolean early, Instant now) {
        LegKey key = new LegKey(leg.fromStopId(), leg.toStopId());
        Estimate estimate = new Estimate(0, 10 + 0.25 * Math.max(0, leg.plannedSeconds()));
        estimate = mean(Everything.ALL).blend(estimate, ALL_PRIOR, now);
        estimate = mean(new RouteKey(leg.routeId())).blend(estimate, ROUTE_PRIOR, now);
        estimate = mean(key).blend(estimate, LEG_PRIOR, now);
        return mean(new LatenessKey(key, early)).blend(estimate, LATENESS_PRIOR, now);
    }

    /** A vehicle has finished the leg and took {@code excess} seconds longer than planned. */
    synchronized void learn(Leg leg, boolean early, double excess, Instant now) {
        double expected = excess(leg, early, now).seconds();
        double value = Math.clamp(excess, -MOST, MOST);
        LegKey key = new LegKey(leg.fromStopId(), leg.toStopId());
        for (Object each :
                new Object[] {Everything.ALL, new RouteKey(leg.routeId()), key, new LatenessKey(key, early)}) {
            if (means.size() < MAX_MEANS || means.containsKey(each)) {
                means.computeIfAbsent(each, _ -> new FadingMean()).add(value, expected, now);
            }
        }
    }

    private FadingMean mean(Object key) {
        return means.getOrDefault(key, new FadingMean());
    }
}
