package cn.jingshu.marketplace.gate;

import org.jspecify.annotations.Nullable;

/** The newest access table this node has read. One thread writes, every call reads. */
public final class LatestAccess {
    private volatile @Nullable AccessTable table;

    /** Null: none was read yet, so no call can be judged. */
    @Nullable AccessTable table() {
        return table;
    }

    void replace(AccessTable newer) {
        table = newer;
    }
}
