package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.UsageJournal;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records admitted calls in the node's usage journal and squares the gate's quota with what was used. */
@Singleton
final class Meter {
    private static final Logger LOG = LoggerFactory.getLogger(Meter.class);

    private final UsageJournal journal;
    private final Gate gate;
    private final AtomicLong refusedByJournal = new AtomicLong();

    Meter(UsageJournal journal, Gate gate) {
        this.journal = journal;
        this.gate = gate;
    }

    /** Completes when the event is durable; completes exceptionally when it could not be recorded. */
    CompletionStage<Void> record(
            ProductCall call,
            Admission.Admitted admitted,
            Outcome outcome,
            int status,
            long quantity,
            long answerBytes,
            long startedNanos) {
        UsageEvent event = new UsageEvent(
                admitted.eventId(),
                admitted.occurredAt(),
                journal.nodeId(),
                admitted.subscriptionId(),
                admitted.keyId(),
                call.method().product(),
                call.method().name(),
                admitted.purpose().name(),
                outcome,
                CallPath.unitOf(call.method()),
                quantity,
                status,
                Math.max(0, (System.nanoTime() - startedNanos) / 1_000),
                answerBytes,
                call.requestId(),
                admitted.sandbox(),
                call.protocol());
        return journal.append(event).handle((done, failure) -> {
            if (failure == null) {
                gate.settle(admitted, quantity);
                return CompletableFuture.<Void>completedFuture(null);
            }
            gate.settle(admitted, 0);
            if (refusedByJournal.getAndIncrement() % 1_000 == 0) {
                LOG.error("usage journal refuses events, calls are answered with METER_UNAVAILABLE", failure);
            }
            return CompletableFuture.<Void>failedFuture(failure);
        }).thenCompose(stage -> stage);
    }
}
