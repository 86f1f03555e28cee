package cn.jingshu.products.underwriting;

/** The kinds of insurance of the plan (A3.1b). */
public enum PolicyKind {
    CRITICAL_ILLNESS,
    MEDICAL,
    CANCER,
    ACCIDENT,
    OTHER
}
