package cn.jingshu.marketplace.portal;

/** How far the asking for a statement has come, as a page names it. */
public enum DunningState implements Labelled {
    OPEN,
    DUE,
    REMINDED,
    FINAL_NOTICE,
    SUSPENDED,
    SETTLED;

    /** Part of the class name in the style sheet. */
    public String css() {
        return switch (this) {
            case SETTLED -> "done";
            case OPEN -> "note";
            case DUE, REMINDED -> "warning";
            case FINAL_NOTICE, SUSPENDED -> "failed";
        };
    }
}
