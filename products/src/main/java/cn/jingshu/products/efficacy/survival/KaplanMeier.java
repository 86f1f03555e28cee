package cn.jingshu.products.efficacy.survival;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * The product-limit estimate of survival (Kaplan, Meier 1958, JASA 53:457) with Greenwood's variance and 95 % intervals on the
 * logarithm of survival, as R's {@code survfit} gives them.
 *
 * @param steps one for each time at which a case ended, in order
 * @param cases cases followed
 * @param events cases that ended by the event
 */
public record KaplanMeier(List<Step> steps, int cases, int events) {
    private static final double NORMAL_975 = 1.959963984540054;
    private static final double ENOUGH = 1e-9;

    public KaplanMeier {
        steps = List.copyOf(steps);
    }

    /**
     * Survival from one time to the next.
     *
     * @param time when
     * @param atRisk cases followed until just before
     * @param events of them, at that time
     * @param censored cut off at that time
     * @param survival probability to be without the event after it
     * @param lower end of its 95 % interval; NaN once survival is zero
     * @param upper end of its 95 % interval; NaN once survival is zero
     */
    public record Step(double time, int atRisk, int events, int censored, double survival, double lower, double upper) {}

    /**
     * When half of the cases had the event.
     *
     * @param estimate empty: fewer than half had it while followed
     * @param lower end of the 95 % interval; empty: not reached
     * @param upper end of the 95 % interval; empty: not reached
     */
    public record Median(OptionalDouble estimate, OptionalDouble lower, OptionalDouble upper) {}

    /** @throws IllegalArgumentException if nobody was followed */
    public static KaplanMeier of(List<FollowUp> followUps) {
        if (followUps.isEmpty()) {
            throw new IllegalArgumentException("nobody was followed");
        }
        List<FollowUp> ordered = followUps.stream().sorted(Comparator.comparingDouble(FollowUp::time)).toList();
        List<Step> steps = new ArrayList<>();
        double survival = 1;
        double variance = 0; // of its logarithm
        int all = 0;
        int i = 0;
        while (i < ordered.size()) {
            double time = ordered.get(i).time();
            int atRisk = ordered.size() - i;
            int events = 0;
            int censored = 0;
            for (; i < ordered.size() && Double.compare(ordered.get(i).time(), time) == 0; i++) {
                events += ordered.get(i).event() ? 1 : 0;
                censored += ordered.get(i).event() ? 0 : 1;
            }
            survival = survival * (atRisk - events) / atRisk;
            variance += events == 0 ? 0 : (double) events / ((double) atRisk * (atRisk - events));
            double reach = Math.exp(NORMAL_975 * Math.sqrt(variance));
            boolean none = survival <= 0;
            steps.add(new Step(time, atRisk, events, censored, survival, none ? Double.NaN : survival / reach,
                    none ? Double.NaN : Math.min(1, survival * reach)));
            all += events;
        }
        return new KaplanMeier(steps, ordered.size(), all);
    }

    /** Survival after {@code time}; 1 before the first step. */
    public double survivalAt(double time) {
        double survival = 1;
        for (Step step : steps) {
            if (step.time() > time) {
                break;
            }
            survival = step.survival();
        }
        return survival;
    }

    /** Cases still followed just before {@code time}. */
    public int atRiskAt(double time) {
        for (Step step : steps) {
            if (step.time() >= time) {
                return step.atRisk();
            }
        }
        return 0;
    }

    public Median median() {
        return new Median(crossing(Step::survival), crossing(Step::lower), crossing(Step::upper));
    }

    /** The first time at which a curve is at or below one half; midway to its next fall where it rests at one half exactly. */
    private OptionalDouble crossing(ToDoubleFunction<Step> curve) {
        for (int i = 0; i < steps.size(); i++) {
            double value = curve.applyAsDouble(steps.get(i));
            if (Double.isNaN(value)) {
                return OptionalDouble.empty(); // an end of the interval was above one half until nobody was left
            }
            if (value < 0.5 - ENOUGH) {
                return OptionalDouble.of(steps.get(i).time());
            }
            if (value <= 0.5 + ENOUGH) {
                for (int j = i + 1; j < steps.size(); j++) {
                    double next = curve.applyAsDouble(steps.get(j));
                    if (Double.isNaN(next) || next < 0.5 - ENOUGH) {
                        return OptionalDouble.of((steps.get(i).time() + steps.get(j).time()) / 2);
                    }
                }
                return OptionalDouble.of(steps.get(i).time());
            }
        }
        return OptionalDouble.empty();
    }
}
