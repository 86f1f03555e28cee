package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.contract.v1.MeterUnit;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Message;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a unary call: gate, contract, operation, meter, answer. It never blocks, and an answer leaves only after
 * its usage event is durable; if it cannot be recorded, it is not given.
 */
@Singleton
public final class CallPath {
    private static final Logger LOG = LoggerFactory.getLogger(CallPath.class);

    private final Gate gate;
    private final Contracts contracts;
    private final Meter meter;
    private final Clock clock;
    private final Duration answerTimeout;

    CallPath(
            Gate gate,
            Contracts contracts,
            Meter meter,
            Clock clock,
            @Value("${jingshu.limits.answer-timeout}") Duration answerTimeout) {
        this.gate = gate;
        this.contracts = contracts;
        this.meter = meter;
        this.clock = clock;
        this.answerTimeout = answerTimeout;
    }

    /**
     * Takes one call through the house.
     *
     * @param reading reads the request; only called once the call is admitted
     * @param encoder turns what the product found into what the edge will send
     */
    public <E> CompletionStage<CallResult<E>> answer(
            ProductCall call,
            Supplier<RequestReading> reading,
            Function<Answer.Found<? extends Message>, EncodedAnswer<E>> encoder) {
        Instant occurredAt = clock.instant();
        long startedNanos = System.nanoTime();
        // Only the gate may have to read the request before it is admitted, and then it is read once.
        Supplier<RequestReading> once = call.method().personal() ? new ReadOnce(reading) : reading;
        return gate.admit(call.at(occurredAt, once))
                .thenCompose(admission -> switch (admission) {
                    case Admission.Refused refused -> CompletableFuture.completedStage(refusedByGate(refused));
                    case Admission.Admitted admitted ->
                        new Admitted<>(call, admitted, startedNanos, encoder).answer(once);
                });
    }

    static <E> CallResult.Refused<E> refusedByGate(Admission.Refused refused) {
        return new CallResult.Refused<>(refused.refusal(), refused.refusal().zh(), refused.refusal().en(), List.of(),
                refused.retryAfter(), null);
    }

    /** Billable units of an answer by the contract's meter. */
    static long quantity(ContractMethod method, Answer.Found<?> found, Outcome outcome, long bytes) {
        if (outcome != Outcome.ANSWERED || (found.stale() && method.staleIsFree())) {
            return 0;
        }
        return switch (method.meterUnit()) {
            case HIT -> found.hit() ? 1 : 0;
            case ROW -> found.rows();
            case KILOBYTE -> (bytes + 999) / 1_000;
            case CALL, MINUTE, METER_UNIT_UNSPECIFIED, UNRECOGNIZED -> 1;
        };
    }

    static String unitOf(ContractMethod method) {
        MeterUnit unit = method.meterUnit();
        return unit.name();
    }

    /** One admitted call on its way. */
    private final class Admitted<E> {
        private final ProductCall call;
        private final Admission.Admitted admitted;
        private final long startedNanos;
        private final Function<Answer.Found<? extends Message>, EncodedAnswer<E>> encoder;

        private Admitted(
                ProductCall call,
                Admission.Admitted admitted,
                long startedNanos,
                Function<Answer.Found<? extends Message>, EncodedAnswer<E>> encoder) {
            this.call = call;
            this.admitted = admitted;
            this.startedNanos = startedNanos;
            this.encoder = encoder;
        }

        private CompletionStage<CallResult<E>> answer(Supplier<RequestReading> reading) {
            RequestReading read;
            try {
                read = reading.get();
            } catch (RuntimeException broken) {
                return failed(broken);
            }
            return switch (read) {
                case RequestReading.Broken(var violations) ->
                    record(Outcome.REFUSED, Refusal.INVALID_REQUEST.httpStatus(), 0, 0, new CallResult.Refused<>(
                            Refusal.INVALID_REQUEST, Refusal.INVALID_REQUEST.zh(), Refusal.INVALID_REQUEST.en(),
                            violations, null, admitted));
                case RequestReading.Read(var request) -> ask(request);
            };
        }

        private CompletionStage<CallResult<E>> ask(Message request) {
            CompletionStage<? extends Answer<? extends Message>> answered;
            try {
                answered = operation().handler().answer(
                        new CallFacts(admitted.occurredAt(), call.requestId(), admitted.sandbox()), request);
            } catch (RuntimeException failed) {
                return failed(failed);
            }
            CompletableFuture<Answer<? extends Message>> whole = new CompletableFuture<>();
            answered.whenComplete((answer, failure) -> {
                if (failure == null) {
                    whole.complete(answer);
                } else {
                    whole.completeExceptionally(failure);
                }
            });
            if (!whole.isDone()) {
                whole.orTimeout(answerTimeout.toMillis(), TimeUnit.MILLISECONDS);
            }
            return whole.handle((answer, failure) -> failure == null ? give(answer) : failed(failure))
                    .thenCompose(Function.identity());
        }

        private CompletionStage<CallResult<E>> give(Answer<? extends Message> answer) {
            return switch (answer) {
                case Answer.Found<? extends Message> found -> {
                    EncodedAnswer<E> encoded;
                    try {
                        encoded = encoder.apply(found);
                    } catch (RuntimeException broken) {
                        yield failed(broken);
                    }
                    long quantity = quantity(call.method(), found, encoded.outcome(), encoded.bytes());
                    yield record(encoded.outcome(), encoded.status(), quantity, encoded.bytes(),
                            new CallResult.Answered<>(encoded.payload(), admitted));
                }
                case Answer.Refused<? extends Message> refused -> {
                    Refusal refusal = refusalOf(refused.fault());
                    Outcome outcome = refused.fault() == Answer.Fault.NOT_FOUND ? Outcome.NOT_FOUND
                            : refused.fault() == Answer.Fault.SOURCE_UNAVAILABLE ? Outcome.FAILED : Outcome.REFUSED;
                    yield record(outcome, refusal.httpStatus(), 0, 0, new CallResult.Refused<>(refusal, refused.zh(),
                            refused.en(), refused.violations(), null, admitted));
                }
            };
        }

        private CompletionStage<CallResult<E>> failed(Throwable failure) {
            boolean late = failure instanceof TimeoutException;
            if (late) {
                LOG.warn("{} gave no answer within {} (request {})", call.method(), answerTimeout, call.requestId());
            } else {
                LOG.error("{} failed (request {})", call.method(), call.requestId(), failure);
            }
            Refusal refusal = late ? Refusal.DEADLINE : Refusal.INTERNAL;
            return record(Outcome.FAILED, refusal.httpStatus(), 0, 0, new CallResult.Refused<>(
                    refusal, refusal.zh(), refusal.en(), List.of(), null, admitted));
        }

        /** The usage event first; {@code result} only once it is durable. */
        private CompletionStage<CallResult<E>> record(
                Outcome outcome, int status, long quantity, long bytes, CallResult<E> result) {
            return meter.record(call, admitted, outcome, status, quantity, bytes, startedNanos)
                    .handle((_, failure) -> {
                        if (failure == null) {
                            return result;
                        }
                        return new CallResult.Refused<>(Refusal.METER_UNAVAILABLE, Refusal.METER_UNAVAILABLE.zh(),
                                Refusal.METER_UNAVAILABLE.en(), List.of(), Duration.ofSeconds(1), admitted);
                    });
        }

        @SuppressWarnings("unchecked") // The contract was checked against the operation: it takes this request type.
        private Operation.Unary<Message, Message> operation() {
            return (Operation.Unary<Message, Message>) contracts.operation(call.method());
        }
    }

    static Refusal refusalOf(Answer.Fault fault) {
        return switch (fault) {
            case INVALID_REQUEST -> Refusal.INVALID_REQUEST;
            case NOT_FOUND -> Refusal.NOT_FOUND;
            case SOURCE_UNAVAILABLE -> Refusal.SOURCE_UNAVAILABLE;
        };
    }
}
