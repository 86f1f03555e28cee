package cn.jingshu.marketplace.portal;

/** How far an input has moved, as a page names it. */
public enum DriftShift implements Labelled {
    STABLE,
    MODERATE,
    LARGE
}
