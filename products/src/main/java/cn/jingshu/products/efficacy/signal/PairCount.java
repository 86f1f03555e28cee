package cn.jingshu.products.efficacy.signal;

/**
 * How often a product and an event were told together, and how often they would be if they had nothing to do with each other.
 *
 * @param observed cases with both ({@code N}), at least one
 * @param expected cases with both if the two were independent within each stratum ({@code E}), above zero
 * @param withProduct cases with the product
 * @param withEvent cases with the event
 * @param total cases
 */
public record PairCount(
        String product, String event, long observed, double expected, long withProduct, long withEvent, long total) {
    public PairCount {
        if (observed < 1 || observed > Math.min(withProduct, withEvent) || total < withProduct + withEvent - observed) {
            throw new IllegalArgumentException("no table of two by two: %d of %d and %d in %d cases"
                    .formatted(observed, withProduct, withEvent, total));
        }
        if (!(expected > 0) || Double.isInfinite(expected)) {
            throw new IllegalArgumentException("expected " + expected + " cases");
        }
    }

    /** Cases with the product and without the event. */
    public long productOnly() {
        return withProduct - observed;
    }

    /** Cases with the event and without the product. */
    public long eventOnly() {
        return withEvent - observed;
    }

    /** Cases with neither. */
    public long neither() {
        return total - withProduct - withEvent + observed;
    }
}
