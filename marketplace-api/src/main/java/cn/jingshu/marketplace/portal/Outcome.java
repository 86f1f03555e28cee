package cn.jingshu.marketplace.portal;

/** How one metered call ended. */
public enum Outcome implements Labelled {
    ANSWERED,
    NOT_FOUND,
    NOT_MODIFIED,
    REFUSED,
    FAILED
}
