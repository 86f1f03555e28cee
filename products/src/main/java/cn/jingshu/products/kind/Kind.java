package cn.jingshu.products.kind;

import java.util.Locale;

/** How a declared product is answered. */
public enum Kind {
    /** By a named, parameterised SELECT over granted columns. */
    SQL,
    /** By a model in the ONNX format. */
    MODEL,
    /** By a service of the merchant's own, over HTTP or gRPC. */
    UPSTREAM;

    /** The name of the part of a declaration that says how: {@code sql}. */
    public String part() {
        return name().toLowerCase(Locale.ROOT);
    }
}
