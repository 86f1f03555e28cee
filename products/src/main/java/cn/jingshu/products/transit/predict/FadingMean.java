package cn.jingshu.products.transit.predict;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A mean in which older values count for less, together with the mean absolute error of what was expected. Where few
 * values have been seen it leans on a prior. Not thread-safe; {@link RunningTimes} guards it.
 */
final class FadingMean {
    /** Seconds after which a value counts for 1/e: about the length of one period of the day. */
    private static final double FADE = 10_000;

    private double values;
    private double errors;
    private double weight;
    private @Nullable Instant at;

    /** The mean at {@code now} when the prior counts as much as {@code priorWeight} values. */
    Estimate blend(Estimate prior, double priorWeight, Instant now) {
        double faded = fading(now);
        double all = weight * faded + priorWeight;
        return new Estimate(
                (values * faded + prior.seconds() * priorWeight) / all,
                (errors * faded + prior.error() * priorWeight) / all);
    }

    /** Takes in a value that had been expected to be {@code expected}. */
    void add(double value, double expected, Instant now) {
        double faded = fading(now);
        values = values * faded + value;
        errors = errors * faded + Math.abs(value - expected);
        weight = weight * faded + 1;
        at = at == null || now.isAfter(at) ? now : at;
    }

    /** A value that comes in late, before the newest, fades nothing. */
    private double fading(Instant now) {
        if (at == null || !now.isAfter(at)) {
            return 1;
        }
        return Math.exp(-Duration.between(at, now).toMillis() / 1000.0 / FADE);
    }
}
