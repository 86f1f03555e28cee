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
import java.util.function.Function;

/** The way of a call as it is, over the gate, the records and the stored calls of a simulated node. */
public final class SteppedCallPath {
    /** Never waited for: a product of a simulation that takes too long says so itself. */
    private static final Duration LONGER_THAN_ANY_RUN = Duration.ofDays(1);

    private static final int MORE_THAN_ANY_RUN_HAS = 100_000;

    private SteppedCallPath() {}

    /**
     * The call path of one simulated process.
     *
     * @param append takes an event into the journal
     * @param waiting where it asks the database
     */
    public static CallPath of(Gate gate, Contracts contracts, String nodeId,
            Function<UsageEvent, CompletionStage<Void>> append, StoredCalls stored, ExecutorService waiting, EventIds ids,
            Clock clock) {
        UsageRecords records = new UsageRecords() {
            @Override
            public String nodeId() {
                return nodeId;
            }

            @Override
            public CompletionStage<Void> append(UsageEvent event) {
                return append.apply(event);
            }
        };
        return new CallPath(gate, contracts, new Meter(records, gate, new SimpleMeterRegistry()),
                new RetriedCalls(stored, waiting), new Places(MORE_THAN_ANY_RUN_HAS, 0), ids, clock, LONGER_THAN_ANY_RUN);
    }
}
