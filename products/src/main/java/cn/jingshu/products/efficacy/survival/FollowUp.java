package cn.jingshu.products.efficacy.survival;

/**
 * How long one case was followed and how that ended.
 *
 * @param time from the start, in days or any one unit; at least zero
 * @param event true: by the event; false: cut off (censored)
 */
public record FollowUp(double time, boolean event) {
    public FollowUp {
        if (!(time >= 0) || Double.isInfinite(time)) {
            throw new IllegalArgumentException("followed for " + time);
        }
    }
}
