package cn.jingshu.marketplace.billing;

/** Usage was counted that cannot be rated; the month does not close until the facts behind it are put right. */
public final class UnratedUsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnratedUsageException(String what) {
        super(what);
    }
}
