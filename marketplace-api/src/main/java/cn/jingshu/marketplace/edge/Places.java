package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Entrance;
import cn.jingshu.marketplace.pricing.Purpose;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The places for calls under way on this node. Some are kept for use in the public interest: paid use never takes them,
 * so whatever it does, free use finds its share; and free use may take any place that is empty. While the event loop a call
 * came on is late ({@link LateLoops}) there is none for paid use: answers from memory never fill a node, and take its processor all the same.
 */
@Singleton
public final class Places {
    private static final long ONE = 1;
    private static final long ONE_PAID = (1L << 32) + ONE;

    private final int all;
    private final int forPaid;
    private final BooleanSupplier late;

    /** Calls under way: all of them in the lower half, the paid ones in the upper. */
    private final AtomicLong taken = new AtomicLong();

    private final LongAdder refused = new LongAdder();

    @Inject
    Places(@Value("${jingshu.limits.calls-under-way}") int all, @Value("${jingshu.limits.public-interest-share}") double publicShare,
            LateLoops loops) {
        this(all, publicShare, loops::isLateHere);
    }

    /**
     * @param all places there are; above zero
     * @param publicShare what part of them is kept for the public interest; 0 to 1
     * @param late whether what a call came on is behind its time, asked on its thread
     */
    Places(int all, double publicShare, BooleanSupplier late) {
        this.all = all;
        this.forPaid = all - (int) Math.ceil(all * publicShare);
        this.late = late;
    }

    /** Calls under way now. */
    public int taken() {
        return (int) taken.get();
    }

    /** Calls for which there was no place, or no time, since the node started. */
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
            if (one == ONE_PAID && late.getAsBoolean()) {
                refused.increment();
                return false;
            }
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
