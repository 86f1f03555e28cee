package cn.jingshu.products.lending.estimate;

/**
 * One reason.
 *
 * @param weight 0 to 1, in steps of a twentieth: finer ones would tell what is on record
 */
public record Reason(ReasonCode code, Effect effect, double weight) {
    /** What a reason did. */
    public enum Effect {
        RAISES,
        LOWERS,
        LIMITS,
        STOPS,
        INFORMS
    }

    public Reason {
        weight = Math.round(Math.clamp(weight, 0, 1) * 20) / 20.0;
    }
}
