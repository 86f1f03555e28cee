package cn.jingshu.products.transit.predict;

/**
 * An expected number of seconds and how far off it usually is.
 *
 * @param seconds the expectation; below zero is early or faster than planned
 * @param error expected absolute error in seconds, above zero
 */
public record Estimate(double seconds, double error) {
    /** What {@link #confidence} speaks of: two minutes either way, in seconds. */
    static final double TOLERANCE = 120;

    /**
     * Probability, 0 to 1, that the truth is within 120 s of the expectation. Errors of arrival are taken to follow
     * Laplace's law, whose tails suit them better than the normal law's: P(|e| ≤ t) = 1 - exp(-t / mean |e|).
     */
    public double confidence() {
        return 1 - Math.exp(-TOLERANCE / error);
    }

    /** The estimate of two independent stretches together. */
    Estimate plus(double moreSeconds, double moreError) {
        return new Estimate(seconds + moreSeconds, Math.hypot(error, moreError));
    }
}
