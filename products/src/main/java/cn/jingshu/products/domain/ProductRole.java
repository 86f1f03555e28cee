package cn.jingshu.products.domain;

import java.util.regex.Pattern;

/** The role of one product version in the live domain or in its sandbox twin, and the schemas it works in. */
record ProductRole(String product, int version, boolean sandbox) {
    /** Where the live rows of resources lie. */
    static final String LIVE = "domain";

    private static final Pattern PRODUCT = Pattern.compile("[a-z][a-z0-9_-]{0,39}");

    ProductRole {
        if (!PRODUCT.matcher(product).matches() || product.endsWith("_sandbox") || version < 1 || version > 9_999) {
            throw new IllegalArgumentException(product + " version " + version + " gives no role of the domain");
        }
    }

    /** The role it signs in as. */
    String name() {
        return "js_" + product + "_v" + version + (sandbox ? "_test" : "");
    }

    /** Where the rows of resources lie that it reads. */
    String resources() {
        return sandbox ? "twin_" + product + "_v" + version : LIVE;
    }

    /** Where it keeps its own state; all versions of a product share it. */
    String state() {
        return "state_" + product + (sandbox ? "_sandbox" : "");
    }
}
