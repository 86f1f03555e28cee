package cn.jingshu.products.health.warning;

/** What a warning is about; a person may choose among them. */
public enum Topic {
    BLOOD_PRESSURE,
    GLUCOSE,
    LIPIDS,
    WEIGHT,
    CARDIOVASCULAR,
    CHECK_UP
}
