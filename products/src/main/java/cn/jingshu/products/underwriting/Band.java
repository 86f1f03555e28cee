package cn.jingshu.products.underwriting;

/** The risk bands, by the rating. */
public enum Band {
    /** Nothing is on record. */
    UNDETERMINED,
    LOW,
    STANDARD,
    ELEVATED,
    HIGH,
    /** Declining is to be considered, by a person. */
    DECLINE_REVIEW;

    /** The band of a rating of 0 or more; {@link #LOW} is given only where enough is known. */
    static Band of(double rating, boolean wellKnown) {
        if (rating >= 400) {
            return DECLINE_REVIEW;
        }
        if (rating >= 250) {
            return HIGH;
        }
        if (rating >= 150) {
            return ELEVATED;
        }
        return rating < 90 && wellKnown ? LOW : STANDARD;
    }
}
