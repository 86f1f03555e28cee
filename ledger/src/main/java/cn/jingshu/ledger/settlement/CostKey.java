package cn.jingshu.ledger.settlement;

/**
 * By what shared costs are divided between paid and free use (共享成本分摊): only the part of paid use may be reckoned into a
 * price ceiling.
 *
 * @param measure what was counted, stable text
 * @param paid how much of it was paid use; at least zero
 * @param free how much was free use; at least zero
 * @see "发改价格〔2025〕65号: 运营机构应当对授权运营业务单独核算; the key itself is the operator's to choose and to keep to"
 */
public record CostKey(String measure, long paid, long free) {

    /** Units that were metered and count for a bill, those of free use among them. */
    public static final String METERED_UNITS = "METERED_UNITS";

    public CostKey {
        if (measure.isBlank() || paid < 0 || free < 0) {
            throw new IllegalArgumentException("shared costs by " + measure + ": " + paid + " paid, " + free + " free");
        }
    }
}
