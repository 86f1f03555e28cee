package cn.jingshu.products.lending;

import cn.jingshu.products.domain.Freshness;
import cn.jingshu.products.lending.LendingResources.Named;

/**
 * Whether a table was used for an estimate.
 *
 * @param zh what of it was left out and why; empty: nothing
 */
record ResourceUse(Named named, boolean used, Freshness freshness, String zh, String en) {
    /** A table that was not read. */
    static ResourceUse left(Named named, String zh, String en) {
        return new ResourceUse(named, false, new Freshness(null, false, false, null), zh, en);
    }

    /** The data are too old, or their quality is below its threshold. */
    boolean stale() {
        return used && (freshness.stale() || freshness.degraded());
    }
}
