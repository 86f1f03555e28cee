package cn.jingshu.products.health.guideline;

/** How much a value or a warning matters, from least to most. */
public enum Concern {
    NORMAL,
    /** Keep an eye on it. */
    WATCH,
    /** See a doctor. */
    SEE_DOCTOR,
    /** See a doctor at once. */
    URGENT
}
