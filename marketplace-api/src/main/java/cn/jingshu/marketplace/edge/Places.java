package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Entrance;
import cn.jingshu.marketplace.pricing.Purpose;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The places for calls under way on this node. Some are kept for use in the public interest: paid use never takes them,
 * so whatever it does, free use finds its share; and free use may take any place that is empty.
 */
@Singleton
public final class Places {
    private static final long ONE = 1;
    private static final long ONE_PAID = (1L << 32) + ONE;

    private final int all;
    private final int forPaid;

    /** Calls under way: all of them in the lower half, the paid ones in the upper. */
    private final AtomicLong taken = new AtomicLong();

    private final LongAdder refused = new LongAdder();

    /**
     * @param all places there are; above zero
     * @param publicShare what part of them is kept for the public interest; 0 to 1
     */
    Places(@Value("${jingshu.limits.calls-under-way}") int all,
            @Value("${jingshu.limits.public-interest-share}") double publicShare) {
        this.all = all;
        this.forPaid = all - (int) Math.ceil(all * publicShare);
    }

    /** Calls under way now. */
    public int taken() {
        return (int) taken.get();
    }

    /** Calls for which there was no place, since the node started. */
    public long refused() {
        return refused.sum();
    }

    /** The place of one call, not taken yet. */
    Place next() {
        return new Place();
    }

    /** One call's place; taken by the gate's asking, at most once. */
    final class Place implements Entrance {
        /** What was taken; null: nothing. */
        private @Nullable Purpose held;

        @Override
        public boolean admits(Purpose purpose) {
            long one = purpose == Purpose.PUBLIC_INTEREST ? ONE : ONE_PAID;
            long now = taken.addAndGet(one);
            if ((int) now > all || (one == ONE_PAID && (int) (now >>> 32) > forPaid)) {
                taken.addAndGet(-one);
                refused.increment();
                return false;
            }
            held = purpose;
            return true;
        }

        /** Makes the place free; nothing when it was not taken. */
        void leave() {
            if (held != null) {
                taken.addAndGet(held == Purpose.PUBLIC_INTEREST ? -ONE : -ONE_PAID);
                held = null;
            }
        }
    }
}
