package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.idempotency.StoredCalls;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.products.contract.Contracts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The way of a call as it is, over the gate, the records and the stored calls of a simulated node. */
public final class SteppedCallPath {
    /** Never waited for: a product of a simulation that takes too long says so itself. */
    private static final Duration LONGER_THAN_ANY_RUN = Duration.ofDays(1);

    private SteppedCallPath() {}

    /** Places for so many calls, a part of them kept for the public interest. */
    public static Places places(int all, double publicShare) {
        return new Places(all, publicShare, () -> false);
    }

    /**
     * The call path of one simulated process.
     *
     * @param append takes an event into the journal
     * @param places the calls that may be under way at once
     * @param waiting where it asks the database
     */
    public static CallPath of(Gate gate, Contracts contracts, String nodeId,
            Function<UsageEvent, CompletionStage<Void>> append, StoredCalls stored, ExecutorService waiting,
            Places places, EventIds ids, Clock clock) {
        return new CallPath(gate, contracts, new Meter(records(nodeId, append), gate, new SimpleMeterRegistry()),
                new RetriedCalls(stored, waiting), places, ids, clock, LONGER_THAN_ANY_RUN);
    }

    /** What takes events into the journal. */
    static UsageRecords records(String nodeId, Function<UsageEvent, CompletionStage<Void>> append) {
        return new UsageRecords() {
            @Override
            public String nodeId() {
                return nodeId;
            }

            @Override
            public void append(UsageEvent event, Consumer<@Nullable Throwable> recorded) {
                var _ = append.apply(event).whenComplete((_, failure) -> recorded.accept(failure));
            }
        };
    }
}
