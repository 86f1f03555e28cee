package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Call;
import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.gate.LimitFacts;
import cn.jingshu.marketplace.gate.Passed;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.Stages;
import cn.jingshu.marketplace.idempotency.Caller;
import cn.jingshu.marketplace.idempotency.Claim;
import cn.jingshu.marketplace.idempotency.IdempotencyKey;
import cn.jingshu.metering.event.EventIds;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a unary call: gate, contract, operation, meter, answer. It never blocks, and an answer leaves only after
 * its usage event is durable; if it cannot be recorded, it is not given.
 */
@Singleton
public final class CallPath {
    private static final Logger LOG = LoggerFactory.getLogger(CallPath.class);

    /** A node that starts again ships what its journal holds within seconds. */
    private static final Duration UNTIL_SHIPPED = Duration.ofSeconds(5);

    static final RequestReading UNFIT_KEY = new RequestReading.Broken(List.of(new Answer.Violation(
            "Idempotency-Key",
            "须为1至" + IdempotencyKey.MAX_LENGTH + "个可见ASCII字符",
            "must be 1 to " + IdempotencyKey.MAX_LENGTH + " visible ASCII characters")));

    private final Gate gate;
    private final Contracts contracts;
    private final Meter meter;
    private final RetriedCalls retried;
    private final Places places;
    private final EventIds eventIds;
    private final Clock clock;
    private final Duration answerTimeout;

    CallPath(
            Gate gate,
            Contracts contracts,
            Meter meter,
            RetriedCalls retried,
            Places places,
            EventIds eventIds,
            Clock clock,
            @Value("${jingshu.limits.answer-timeout}") Duration answerTimeout) {
        this.gate = gate;
        this.contracts = contracts;
        this.meter = meter;
        this.retried = retried;
        this.places = places;
        this.eventIds = eventIds;
        this.clock = clock;
        this.answerTimeout = answerTimeout;
    }

    /** As below, for who goes on with a stage. */
    public <E> CompletionStage<CallResult<E>> answer(
            ProductCall call,
            Supplier<RequestReading> reading,
            Encoder<E> encoder) {
        CompletableFuture<CallResult<E>> whole = new CompletableFuture<>();
        answer(call, reading, encoder, (result, failure) -> {
            if (failure == null) {
                whole.complete(result);
            } else {
                whole.completeExceptionally(failure);
            }
        });
        return whole;
    }

    /** Turns what a product found into what an edge will send. */
    @FunctionalInterface
    public interface Encoder<E> {
        /** @param sandbox whether it was the sandbox twin that found it */
        EncodedAnswer<E> encode(Answer.Found<? extends Message> found, boolean sandbox);
    }

    /** What is done with a call's result. */
    @FunctionalInterface
    public interface Ending<E> {
        /** @param failure null: {@code result} is there, which otherwise counts for nothing */
        void with(CallResult<E> result, @Nullable Throwable failure);
    }

    /**
     * Takes one call through the house.
     *
     * @param reading reads the request; only called once the call is admitted
     * @param encoder turns what the product found into what the edge will send
     * @param ending runs when the call has its result, on the thread it came to it
     */
    public <E> void answer(
            ProductCall call,
            Supplier<RequestReading> reading,
            Encoder<E> encoder,
            Ending<E> ending) {
        Places.Place place = places.next();
        CompletionStage<CallResult<E>> result;
        try {
            result = answer(call, reading, encoder, place);
        } catch (RuntimeException failed) {
            place.leave();
            throw failed;
        }
        if (Stages.isThere(result)) {
            place.leave();
            ending.with(result.toCompletableFuture().resultNow(), null);
            return;
        }
        var _ = result.whenComplete((ended, failure) -> {
            place.leave();
            ending.with(ended, failure);
        });
    }

    private <E> CompletionStage<CallResult<E>> answer(
            ProductCall call,
            Supplier<RequestReading> reading,
            Encoder<E> encoder,
            Places.Place place) {
        Asked<E> asked = new Asked<>(call, System.nanoTime(), encoder);
        // Only the gate may have to read the request before it is admitted, and then it is read once.
        Supplier<RequestReading> once = call.method().personal() ? new ReadOnce(reading) : reading;
        Call atTheGate = call.at(clock.instant(), once, place, call.mostWithoutAnswer());
        String sentKey = call.idempotencyKey();
        if (sentKey == null) {
            return Stages.then(gate.admit(atTheGate), admission -> switch (admission) {
                case Admission.Refused refused -> CompletableFuture.completedFuture(refusedByGate(refused));
                case Admission.Admitted admitted -> new Admitted<>(asked, admitted, null).answer(once);
            });
        }
        return Stages.then(gate.judge(atTheGate), judgement -> switch (judgement) {
            case Admission.Refused refused -> CompletableFuture.completedFuture(refusedByGate(refused));
            case Passed passed -> answerOnce(asked, passed, sentKey, once);
        });
    }

    /** What was asked, and how its answer will be written. */
    private record Asked<E>(ProductCall call, long startedNanos,
            Encoder<E> encoder) {}

    /** The way of a call that says which call it is: its stored answer, or an answer that will be stored. */
    private <E> CompletionStage<CallResult<E>> answerOnce(
            Asked<E> asked, Passed passed, String sentKey, Supplier<RequestReading> reading) {
        Optional<IdempotencyKey> key = IdempotencyKey.parse(sentKey);
        RequestReading read = key.isEmpty() ? UNFIT_KEY : reading.get();
        if (!(read instanceof RequestReading.Read(var request)) || key.isEmpty()) {
            return Stages.then(gate.take(passed, eventIds.next()), admission -> switch (admission) {
                case Admission.Refused refused -> CompletableFuture.completedFuture(refusedByGate(refused));
                case Admission.Admitted admitted -> new Admitted<>(asked, admitted, null).answer(() -> read);
            });
        }
        Caller caller = new Caller(passed.subscriptionId(), passed.sandbox());
        ContractMethod method = asked.call().method();
        return retried.claim(caller, key.get(), StoredAnswer.hashOf(method, request), eventIds.next())
                .handle((claim, failure) -> {
                    if (failure != null) {
                        LOG.warn("an idempotency key cannot be checked (request {})", asked.call().requestId(), failure);
                        return CompletableFuture.<CallResult<E>>completedFuture(
                                refusedRetry(Refusal.IDEMPOTENCY_UNAVAILABLE, Duration.ofSeconds(1)));
                    }
                    return switch (claim) {
                        case Claim.OtherRequest() -> CompletableFuture.<CallResult<E>>completedFuture(
                                refusedRetry(Refusal.IDEMPOTENCY_KEY_REUSED, null));
                        case Claim.Running(var retryAfter) -> CompletableFuture.<CallResult<E>>completedFuture(
                                refusedRetry(Refusal.IDEMPOTENCY_IN_PROGRESS, retryAfter));
                        case Claim.Answered(var eventId, var answer) -> {
                            Answer.Found<Message> found = StoredAnswer.read(method, answer);
                            yield CompletableFuture.<CallResult<E>>completedFuture(
                                    new CallResult.Replayed<>(asked.encoder().encode(found, caller.sandbox()).payload(), eventId));
                        }
                        case Claim.Ours ours -> answerOurs(
                                asked, passed, new RetriedCalls.Run(caller, key.get(), ours), read);
                    };
                })
                .thenCompose(Function.identity());
    }

    private <E> CompletionStage<CallResult<E>> answerOurs(
            Asked<E> asked, Passed passed, RetriedCalls.Run run, RequestReading read) {
        Claim.Ours ours = run.ours();
        if (ours.recorded()) {
            return new Admitted<>(asked, gate.admitRecorded(passed, ours.eventId(), ours.occurredAt()), run).answer(() -> read);
        }
        return Stages.then(gate.take(passed, ours.eventId(), ours.occurredAt()), admission -> switch (admission) {
            case Admission.Refused refused -> refuseOurs(run, refused);
            case Admission.Admitted admitted -> new Admitted<>(asked, admitted, run).answer(() -> read);
        });
    }

    /** Whoever is told that a quota or budget is used up takes its call for not made: so only a call is told that is not, and will not be, on the bill. */
    private <E> CompletionStage<CallResult<E>> refuseOurs(RetriedCalls.Run run, Admission.Refused refused) {
        CompletionStage<Boolean> open = isUsedUp(refused) ? retried.mayBeRecorded(run) : CompletableFuture.completedFuture(false);
        return Stages.then(open, mayBeRecorded -> retried.giveUp(run).thenApply(_ -> mayBeRecorded ? notKnownYet() : refusedByGate(refused)));
    }

    /** Whether nothing is left this month to answer a call from. */
    static boolean isUsedUp(Admission.Refused refused) {
        return refused.refusal() == Refusal.QUOTA_EXHAUSTED || refused.refusal() == Refusal.BUDGET_USED_UP;
    }

    /** An earlier run of the call may have been recorded, by a node whose journal is not shipped yet. */
    static <E> CallResult.Refused<E> notKnownYet() {
        return new CallResult.Refused<>(Refusal.IDEMPOTENCY_IN_PROGRESS,
                "此调用的前一次执行是否已计量尚不可知(执行它的节点已中断),请稍后以同一幂等键重试",
                "whether an earlier run of this call was recorded is not known yet, since its node broke off; try again with the same key",
                List.of(), UNTIL_SHIPPED, null, null);
    }

    static <E> CallResult.Refused<E> refusedRetry(Refusal refusal, @Nullable Duration retryAfter) {
        return new CallResult.Refused<>(refusal, refusal.zh(), refusal.en(), List.of(), retryAfter, null, null);
    }

    static <E> CallResult.Refused<E> refusedByGate(Admission.Refused refused) {
        return new CallResult.Refused<>(refused.refusal(), refused.refusal().zh(), refused.refusal().en(), List.of(),
                refused.retryAfter(), refused.limits(), null);
    }

    /** Billable units of an answer by the contract's meter. */
    static long quantity(ContractMethod method, Answer.Found<?> found, Outcome outcome, long bytes) {
        if (found.stale() && method.staleIsFree()) {
            return 0;
        }
        if (outcome == Outcome.NOT_MODIFIED) {
            return method.meterUnit() == MeterUnit.HIT && !found.hit() ? 0 : method.notModifiedUnits();
        }
        return switch (method.meterUnit()) {
            case HIT -> found.hit() ? 1 : 0;
            case ROW -> found.rows();
            case KILOBYTE -> (bytes + 999) / 1_000;
            case CALL, MINUTE, METER_UNIT_UNSPECIFIED, UNRECOGNIZED -> 1;
        };
    }

    /** Billable units, by the contract's meter, of a call that was admitted and got no answer. */
    static long quantityWithoutAnswer(ContractMethod method, Outcome outcome) {
        return switch (outcome) {
            case NOT_FOUND -> method.meterUnit() == MeterUnit.HIT ? 0 : method.refusedUnits();
            case REFUSED -> method.refusedUnits();
            case FAILED -> method.failedUnits();
            case ANSWERED, NOT_MODIFIED -> throw new IllegalArgumentException(outcome + " is an answer");
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
        private final Encoder<E> encoder;

        /** Null: the call did not say which call it is. */
        private final RetriedCalls.@Nullable Run run;

        private Admitted(Asked<E> asked, Admission.Admitted admitted, RetriedCalls.@Nullable Run run) {
            this.call = asked.call();
            this.admitted = admitted;
            this.startedNanos = asked.startedNanos();
            this.encoder = asked.encoder();
            this.run = run;
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
                    recordNothing(Outcome.REFUSED, Refusal.INVALID_REQUEST, Refusal.INVALID_REQUEST.zh(),
                            Refusal.INVALID_REQUEST.en(), violations, null);
                case RequestReading.Read(var request) -> ask(request);
            };
        }

        private CompletionStage<CallResult<E>> ask(Message request) {
            CompletionStage<? extends Answer<? extends Message>> answered;
            try {
                answered = operation().handler().answer(
                        new CallFacts(admitted.occurredAt(), call.requestId(), admitted.sandbox(), admitted.caller()), request);
            } catch (RuntimeException failed) {
                return failed(failed);
            }
            if (Stages.isThere(answered)) {
                return give(answered.toCompletableFuture().resultNow()); // as most products answer: from memory
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
                        encoded = encoder.encode(found, admitted.sandbox());
                    } catch (RuntimeException broken) {
                        yield failed(broken);
                    }
                    if (encoded.bytes() > call.method().maxAnswerBytes()) {
                        LOG.error("{} answers {} bytes, its contract allows {} (request {})", call.method(),
                                encoded.bytes(), call.method().maxAnswerBytes(), call.requestId());
                        yield recordNothing(Outcome.FAILED, Refusal.ANSWER_TOO_LARGE, Refusal.ANSWER_TOO_LARGE.zh(),
                                Refusal.ANSWER_TOO_LARGE.en(), List.of(), null);
                    }
                    yield recordFound(found, encoded);
                }
                case Answer.Refused<? extends Message> refused -> {
                    Refusal refusal = refusalOf(refused.fault());
                    Outcome outcome = refused.fault() == Answer.Fault.NOT_FOUND ? Outcome.NOT_FOUND
                            : refused.fault() == Answer.Fault.SOURCE_UNAVAILABLE ? Outcome.FAILED : Outcome.REFUSED;
                    yield recordNothing(outcome, refusal, refused.zh(), refused.en(), refused.violations(), refused.retryAfter());
                }
            };
        }

        /**
         * Recorded first and then kept: should the node die between, a retry runs again under the same event. So it does
         * after a record that failed, since of one in doubt the journal may still find that it is there.
         */
        private CompletionStage<CallResult<E>> recordFound(
                Answer.Found<? extends Message> found, EncodedAnswer<E> encoded) {
            if (run != null && run.ours().recorded()) {
                return giveRecorded(found, encoded, run);
            }
            long quantity = quantity(call.method(), found, encoded.outcome(), encoded.bytes());
            if (quantity <= 1) {
                return recordFound(found, encoded, quantity, admitted); // it was admitted with one at least
            }
            return Stages.then(gate.takeRest(admitted, quantity), admission -> switch (admission) {
                case Admission.Admitted whole -> recordFound(found, encoded, quantity, whole);
                case Admission.Refused refused -> switch (refused.refusal()) {
                    case QUOTA_EXHAUSTED -> recordNothing(Outcome.REFUSED, 0, Refusal.QUOTA_EXHAUSTED,
                            "本次应答计%d个单位,超出本月剩余配额,未予提供,不计量;可缩小请求范围后再试".formatted(quantity),
                            "this answer costs %d units, more than is left of this month's quota; it was not given and costs nothing: ask for less"
                                    .formatted(quantity),
                            List.of(), refused.retryAfter(), refused.limits());
                    case BUDGET_USED_UP -> recordNothing(Outcome.REFUSED, 0, Refusal.BUDGET_USED_UP,
                            "本次应答计%d个单位,费用超出本月剩余预算,未予提供,不计量;可缩小请求范围后再试".formatted(quantity),
                            "this answer costs %d units, more than is left of this month's budget; it was not given and costs nothing: ask for less"
                                    .formatted(quantity),
                            List.of(), refused.retryAfter(), null);
                    default -> recordNothing(Outcome.FAILED, 0, refused.refusal(), refused.refusal().zh(), refused.refusal().en(), List.of(),
                            refused.retryAfter(), null);
                };
            });
        }

        private CompletionStage<CallResult<E>> recordFound(Answer.Found<? extends Message> found, EncodedAnswer<E> encoded,
                long quantity, Admission.Admitted whole) {
            RetriedCalls.Run ours = run;
            if (ours != null && encoded.outcome() == Outcome.NOT_MODIFIED) {
                return recordUnchanged(encoded, quantity, whole, ours);
            }
            CompletionStage<CallResult<E>> recorded = record(whole, encoded.outcome(), encoded.status(), quantity,
                    encoded.bytes(), new CallResult.Answered<>(encoded.payload(), whole));
            if (ours == null) {
                return recorded;
            }
            return recorded.thenCompose(result -> (result instanceof CallResult.Answered<E>
                            ? retried.answered(ours, StoredAnswer.write(found))
                            : retried.letGo(ours))
                    .thenApply(_ -> result));
        }

        /** The event of the call is stored, whatever this answer would have cost: it is kept, and leaves. */
        private CompletionStage<CallResult<E>> giveRecorded(
                Answer.Found<? extends Message> found, EncodedAnswer<E> encoded, RetriedCalls.Run ours) {
            return encoded.outcome() == Outcome.NOT_MODIFIED
                    ? recordUnchanged(encoded, 0, admitted, ours)
                    : retried.answered(ours, StoredAnswer.write(found)).thenApply(_ -> new CallResult.Answered<>(encoded.payload(), admitted));
        }

        /**
         * That nothing has changed is no answer to keep, nor to record under the key's event: under either, the same request without its
         * condition would be given the whole answer at the price of none. The key is free again, as after a refusal.
         */
        private CompletionStage<CallResult<E>> recordUnchanged(
                EncodedAnswer<E> encoded, long quantity, Admission.Admitted whole, RetriedCalls.Run ours) {
            Admission.Admitted recorded = whole.under(eventIds.next());
            return Stages.then(retried.giveUp(ours), _ -> record(recorded, encoded.outcome(), encoded.status(), quantity, encoded.bytes(),
                    new CallResult.Answered<>(encoded.payload(), recorded)));
        }

        private CompletionStage<CallResult<E>> recordNothing(Outcome outcome, Refusal refusal, String zh, String en,
                List<Answer.Violation> violations, @Nullable Duration retryAfter) {
            boolean paid = run != null && run.ours().recorded(); // for an answer, which is still to come
            return recordNothing(outcome, paid ? 0 : quantityWithoutAnswer(call.method(), outcome), refusal, zh, en, violations, retryAfter, null);
        }

        /**
         * Nothing was answered: the key is free again, and the run is an event of its own.
         *
         * @param quantity what it costs; nothing where it is the meter that refused, whatever the contract says of refusals
         * @param limits what the answer did not fit; null: those the call was admitted with
         */
        private CompletionStage<CallResult<E>> recordNothing(Outcome outcome, long quantity, Refusal refusal, String zh, String en,
                List<Answer.Violation> violations, @Nullable Duration retryAfter, @Nullable LimitFacts limits) {
            Admission.Admitted recorded = run == null ? admitted : admitted.under(eventIds.next());
            CallResult<E> result = new CallResult.Refused<>(
                    refusal, zh, en, violations, retryAfter, limits == null ? recorded.limits() : limits, recorded);
            CompletionStage<Void> free = run == null ? CompletableFuture.completedFuture(null) : retried.giveUp(run);
            return Stages.then(free, _ -> record(recorded, outcome, refusal.httpStatus(), quantity, 0, result));
        }

        private CompletionStage<CallResult<E>> failed(Throwable failure) {
            boolean late = failure instanceof TimeoutException;
            if (late) {
                LOG.warn("{} gave no answer within {} (request {})", call.method(), answerTimeout, call.requestId());
            } else {
                LOG.error("{} failed (request {})", call.method(), call.requestId(), failure);
            }
            Refusal refusal = late ? Refusal.DEADLINE : Refusal.INTERNAL;
            return recordNothing(Outcome.FAILED, refusal, refusal.zh(), refusal.en(), List.of(), null);
        }

        /** The usage event first; {@code result} only once it is durable. */
        private CompletionStage<CallResult<E>> record(Admission.Admitted recorded, Outcome outcome, int status,
                long quantity, long bytes, CallResult<E> result) {
            return meter.record(call, recorded, outcome, status, quantity, bytes, startedNanos, result,
                    () -> CallResult.Refused.after(recorded, Refusal.METER_UNAVAILABLE, Refusal.METER_UNAVAILABLE.zh(),
                            Refusal.METER_UNAVAILABLE.en(), List.of(), Duration.ofSeconds(1)));
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
            case LIMIT_REACHED -> Refusal.PRODUCT_LIMIT_REACHED;
            case SOURCE_UNAVAILABLE -> Refusal.SOURCE_UNAVAILABLE;
        };
    }
}
