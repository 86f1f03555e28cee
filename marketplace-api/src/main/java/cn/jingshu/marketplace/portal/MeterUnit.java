package cn.jingshu.marketplace.portal;

/** What one unit of a meter counts. */
public enum MeterUnit implements Labelled {
    CALL,
    HIT,
    ROW,
    KILOBYTE,
    MINUTE,
    /** Units of several kinds, in a line whose price does not look at them. */
    MIXED;

    /** The key of its name after a number: {@code calls}. */
    public String manyKey() {
        return "enum.MeterUnits." + name();
    }
}
