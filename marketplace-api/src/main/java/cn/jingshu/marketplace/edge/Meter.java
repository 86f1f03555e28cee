package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.JournalBrokenException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records admitted calls in the node's usage journal and squares the gate's quota with what was used. */
@Singleton
final class Meter {
    private static final Logger LOG = LoggerFactory.getLogger(Meter.class);

    private final UsageRecords journal;
    private final Gate gate;
    private final MeterRegistry metrics;
    private final ConcurrentHashMap<Counted, Counter> counters = new ConcurrentHashMap<>();
    private final AtomicLong refusedByJournal = new AtomicLong();

    Meter(UsageRecords journal, Gate gate, MeterRegistry metrics) {
        this.journal = journal;
        this.gate = gate;
        this.metrics = metrics;
    }

    /** One kind of call as the metrics tell it; who called is for the usage totals, not for them. */
    private record Counted(String product, String operation, Outcome outcome, String protocol) {
        @Override
        public int hashCode() {
            return 31 * operation.hashCode() + outcome.hashCode(); // what a record has by itself hashes all of it with every call
        }
    }

    private Counter counter(Counted counted) {
        return Counter.builder("jingshu.calls")
                .description("calls recorded in the usage journal")
                .tag("product", counted.product())
                .tag("operation", counted.operation())
                .tag("outcome", counted.outcome().name())
                .tag("protocol", counted.protocol())
                .register(metrics);
    }

    /** Completes with {@code durable} when the event is, with {@code refused} when it could not be recorded. */
    <R> CompletionStage<R> record(
            ProductCall call,
            Admission.Admitted admitted,
            Outcome outcome,
            int status,
            long quantity,
            long answerBytes,
            long startedNanos,
            R durable,
            Supplier<R> refused) {
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
        CompletableFuture<R> result = new CompletableFuture<>();
        journal.append(event, failure -> {
            try {
                if (failure == null) {
                    gate.settle(admitted, quantity);
                    counters.computeIfAbsent(
                                    new Counted(event.product(), event.operation(), outcome, event.protocol()), this::counter)
                            .increment();
                    result.complete(durable);
                } else {
                    notRecorded(admitted, failure);
                    result.complete(refused.get());
                }
            } catch (RuntimeException | Error broken) { // the others of the round are told all the same
                result.completeExceptionally(broken);
            }
        });
        return result;
    }

    private void notRecorded(Admission.Admitted admitted, Throwable failure) {
        // After a refused fsync nobody knows whether the event is on the disk: its units stay taken until the journal is
        // opened again and tells, so that what is stored never passes the quota.
        Throwable fault = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        if (!(fault instanceof JournalBrokenException broken && broken.inDoubt())) {
            gate.settle(admitted, 0);
        }
        if (refusedByJournal.getAndIncrement() % 1_000 == 0) {
            LOG.error("usage journal refuses events, calls are answered with METER_UNAVAILABLE", failure);
        }
    }
}
