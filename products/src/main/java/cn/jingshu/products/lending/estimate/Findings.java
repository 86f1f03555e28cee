package cn.jingshu.products.lending.estimate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Points and reasons while an estimate is made. Each thing that is known has a weight and a value from 0 (worst) to 1 (best); the
 * points are the weighted mean times a hundred, over what is known alone, so that what was left out for want of consent neither
 * helps nor harms.
 */
final class Findings {
    private final List<Reason> reasons = new ArrayList<>();
    private double weights;
    private double sum;
    private boolean review;
    private boolean stopped;

    private record Rated(double weight, double value, ReasonCode good, ReasonCode bad) {}

    private final List<Rated> rated = new ArrayList<>();

    /** Counts a value; from a half up it is a reason of the first kind, below of the second. */
    void rate(double weight, double value, ReasonCode good, ReasonCode bad) {
        rated.add(new Rated(weight, Math.clamp(value, 0, 1), good, bad));
        weights += weight;
        sum += weight * Math.clamp(value, 0, 1);
    }

    /** Counts a value that is only worth a reason if it is good. */
    void merit(double weight, boolean has, ReasonCode good) {
        weights += weight;
        sum += has ? weight : 0;
        if (has) {
            rated.add(new Rated(weight, 1, good, good));
        }
    }

    void lower(double weight, ReasonCode code) {
        reasons.add(new Reason(code, Reason.Effect.LOWERS, weight));
    }

    void raise(double weight, ReasonCode code) {
        reasons.add(new Reason(code, Reason.Effect.RAISES, weight));
    }

    void inform(ReasonCode code) {
        reasons.add(new Reason(code, Reason.Effect.INFORMS, 0));
    }

    void limit(ReasonCode code) {
        reasons.add(new Reason(code, Reason.Effect.LIMITS, 1));
    }

    void stop(ReasonCode code) {
        reasons.add(new Reason(code, Reason.Effect.STOPS, 1));
        stopped = true;
        review = true;
    }

    void review() {
        review = true;
    }

    boolean stopped() {
        return stopped;
    }

    boolean needsReview() {
        return review;
    }

    /** 0 to 100; 0 if nothing is known. */
    double points() {
        return weights > 0 ? 100 * sum / weights : 0;
    }

    /** What stops first, then what limits, then the rest by weight. */
    List<Reason> reasons() {
        List<Reason> all = new ArrayList<>(reasons);
        for (Rated each : rated) {
            boolean good = each.value() >= 0.5;
            all.add(new Reason(good ? each.good() : each.bad(), good ? Reason.Effect.RAISES : Reason.Effect.LOWERS,
                    each.weight() / weights * (good ? each.value() : 1 - each.value())));
        }
        all.sort(Comparator.comparing((Reason r) -> r.effect() != Reason.Effect.STOPS)
                .thenComparing(Comparator.comparingDouble(Reason::weight).reversed())
                .thenComparing(Reason::code));
        return all;
    }
}
