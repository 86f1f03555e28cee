package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.idempotency.StoredCalls;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RequestReading;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/** The way of a stream as it is, over the gate, the records and the stored calls of a simulated node. */
public final class SteppedStreams {
    private final StreamPath path;
    private final EndedRights rights;

    /**
     * The streams of one simulated process.
     *
     * @param append takes an event into the journal
     * @param waiting where it asks the database, and {@code again} where it asks again what failed
     * @param most streams of a subscription
     * @param minute how long what is sold as a minute takes here
     */
    public SteppedStreams(Gate gate, Contracts contracts, String nodeId, Function<UsageEvent, CompletionStage<Void>> append,
            StoredCalls stored, ExecutorService waiting, Executor again, EventIds ids, Clock clock, int most, Duration minute) {
        this.path = new StreamPath(gate, contracts, new Meter(SteppedCallPath.records(nodeId, append), gate, new SimpleMeterRegistry()),
                new RetriedCalls(stored, waiting, again), ids, clock, most, SteppedCallPath.places(1_000, 0), minute);
        this.rights = new EndedRights(gate, path);
    }

    /** As {@link StreamPath#open}. */
    public AutoCloseable open(ProductCall call, RequestReading reading, StreamPath.Sink sink) {
        return path.open(call, () -> reading, "", sink);
    }

    /** Looks once whether a right has ended, as a node does ten times a second. */
    public void look() {
        rights.look();
    }
}
