package cn.jingshu.marketplace.portal;

/** Where a declared product stands. */
public enum DeclaredState implements Labelled {
    DRAFT("note"),
    SUBMITTED("warning"),
    APPROVED("done"),
    REFUSED("failed"),
    WITHDRAWN("failed");

    private final String css;

    DeclaredState(String css) {
        this.css = css;
    }

    public String css() {
        return css;
    }
}
