package cn.jingshu.products.efficacy.signal;

/** A point estimate with an interval; an end may be infinite, and all are NaN where nothing can be estimated. */
public record Interval(double estimate, double lower, double upper) {
    static final double NORMAL_975 = 1.959963984540054;

    /** {@code exp(log(estimate) +- 1.96 * error)}: of a ratio with the standard error of its logarithm. */
    static Interval ofRatio(double estimate, double errorOfLog) {
        if (!Double.isFinite(errorOfLog) || !(estimate > 0) || Double.isInfinite(estimate)) {
            return new Interval(estimate, Double.NaN, Double.NaN);
        }
        double factor = Math.exp(NORMAL_975 * errorOfLog);
        return new Interval(estimate, estimate / factor, estimate * factor);
    }
}
