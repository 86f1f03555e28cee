package cn.jingshu.marketplace.gate;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The newest access table this node has read. One thread writes, every call reads. */
public final class LatestAccess {
    private volatile @Nullable AccessTable table;
    private final AtomicLong number = new AtomicLong();

    /** Null: none was read yet, so no call can be judged. */
    @Nullable AccessTable table() {
        return table;
    }

    /** How many tables were read; whoever finds it grown finds the newer table. */
    long number() {
        return number.get();
    }

    void replace(AccessTable newer) {
        table = newer;
        number.incrementAndGet();
    }
}
