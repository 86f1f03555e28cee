package cn.jingshu.marketplace.portal;

/** What an input is compared with, as a page names it. */
public enum DriftOrigin implements Labelled {
    TRAINING,
    FIRST_CASES
}
