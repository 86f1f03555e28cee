package cn.jingshu.marketplace.portal;

/** How a declared product is answered. */
public enum DeclaredKind implements Labelled.Explained {
    SQL,
    MODEL,
    UPSTREAM
}
