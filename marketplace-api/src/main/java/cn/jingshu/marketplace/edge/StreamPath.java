package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Call;
import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.gate.Judgement;
import cn.jingshu.marketplace.gate.Passed;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.marketplace.gate.Stages;
import cn.jingshu.marketplace.idempotency.Caller;
import cn.jingshu.marketplace.idempotency.Claim;
import cn.jingshu.marketplace.idempotency.IdempotencyKey;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.metering.event.EventIds;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.StreamItem;
import cn.jingshu.products.spi.StreamRefusal;
import com.google.protobuf.Message;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a stream: one admission for each minute in which something is sent, each its own usage event, recorded
 * before the minute's first item leaves. A right that ends while the stream runs ends it as soon as the node knows ({@link EndedRights}),
 * whether anything is sent or not; a new price, and what is left of a quota or a budget, are asked with the next minute. One item is
 * on its way at a time: a product is asked for the next when the caller's connection has taken the last, and a caller that
 * leaves one unread for too long is let go ({@link SlowReaders}).
 *
 * <p>A node has so many places for open streams, apart from those for calls and with the same share kept for the public interest
 * ({@link Places}). A stream takes one when it is first asked for and keeps it to its end.
 *
 * <p>A stream that comes with an {@code Idempotency-Key} is opened once: while it runs the key is refused, and when it has ended the
 * key is answered without items, as metered under its first event. One that ends before its first item frees its key.
 */
@Singleton
public final class StreamPath {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPath.class);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Gate gate;
    private final Contracts contracts;
    private final Meter meter;
    private final RetriedCalls retried;
    private final EventIds eventIds;
    private final Clock clock;
    private final int streamsPerSubscription;
    private final Places places;
    private final Duration minute;
    private final ConcurrentHashMap<UUID, Integer> open = new ConcurrentHashMap<>();
    /** By their numbers, so that they are looked after in the order in which they were opened. */
    private final ConcurrentSkipListMap<Long, Running> running = new ConcurrentSkipListMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean draining;

    @Inject
    StreamPath(
            Gate gate,
            Contracts contracts,
            Meter meter,
            RetriedCalls retried,
            EventIds eventIds,
            Clock clock,
            @Value("${jingshu.limits.streams-per-subscription}") int streamsPerSubscription,
            @Value("${jingshu.limits.streams}") int streams,
            @Value("${jingshu.limits.public-interest-share}") double publicShare,
            LateLoops loops) {
        this(gate, contracts, meter, retried, eventIds, clock, streamsPerSubscription, new Places(streams, publicShare, loops::isLateHere), MINUTE);
    }

    /** @param minute what is sold as one: a simulation has no time for whole ones */
    StreamPath(Gate gate, Contracts contracts, Meter meter, RetriedCalls retried, EventIds eventIds, Clock clock,
            int streamsPerSubscription, Places places, Duration minute) {
        this.gate = gate;
        this.contracts = contracts;
        this.meter = meter;
        this.retried = retried;
        this.eventIds = eventIds;
        this.clock = clock;
        this.streamsPerSubscription = streamsPerSubscription;
        this.places = places;
        this.minute = minute;
    }

    /** What an edge does with a stream; called one at a time. */
    public interface Sink {
        /** The stream is admitted; items may follow. */
        void opened(Admission.Admitted admitted);

        /** The stream was opened before, metered first under {@code eventId}; nothing follows and nothing is metered. */
        void replayed(UUID eventId);

        /** One item as it would leave; nothing is sent yet. */
        Parcel pack(StreamItem<? extends Message> item);

        /** The stream ended, of itself ({@code refused} null) or because it was refused, before or after items. */
        void ended(CallResult.@Nullable Refused<Void> refused);
    }

    /** An item that is ready to leave. */
    public interface Parcel {
        /** The message in the form of its protocol, as the contract bounds it and the meter counts it. */
        long bytes();

        /** Lets it leave; {@code sent} asks for the next. */
        void send(Runnable sent);
    }

    /** Open streams, and such as are just asked for. */
    public int taken() {
        return places.taken();
    }

    /** Streams for which there was no place, or no time, since the node started. */
    public long refused() {
        return places.refused();
    }

    /** Opens a stream. Closing the result tells the product that the caller has gone. */
    public AutoCloseable open(ProductCall call, Supplier<RequestReading> reading, String lastEventId, Sink sink) {
        Running stream = new Running(call, new ReadOnce(reading), lastEventId, sink);
        running.put(stream.number, stream);
        if (draining) {
            stream.drain();
        } else {
            stream.begin();
        }
        return stream::cancel;
    }

    /** Ends every stream whose caller has left an item unread for {@code atMost}. */
    void endUnread(Duration atMost) {
        long now = System.nanoTime();
        each(stream -> stream.endIfUnread(now, atMost));
    }

    /** Ends every stream a right of which has ended by the newest facts. */
    void endWithoutRight() {
        Instant now = clock.instant();
        each(stream -> stream.endIfWithoutRight(now));
    }

    /** A defect of one stream is not the others'. */
    private void each(Consumer<Running> look) {
        for (Running stream : running.values()) {
            try {
                look.accept(stream);
            } catch (RuntimeException defect) {
                LOG.error("{} cannot be looked after (request {})", stream.call.method(), stream.call.requestId(), defect);
            }
        }
    }

    /** The node stops: every open stream is ended, with the reason, so that its caller goes on at another node. */
    public void drain() {
        draining = true;
        each(Running::drain);
    }

    /** An item on its way; {@code stale}: its data are older or less complete than its contract promises. */
    private record Ready(Parcel parcel, boolean stale) {}

    private interface AdmittedAction {
        void run(Admission.Admitted admitted);
    }

    private final class Running implements Flow.Subscriber<StreamItem<Message>> {
        private final long number = numbers.incrementAndGet();
        private final ProductCall call;
        private final Supplier<RequestReading> reading;
        private final String lastEventId;
        private final Sink sink;

        /** The key it came with; null: none, or not claimed yet. */
        private RetriedCalls.@Nullable Run keyed;

        /** Whether an answer of it was recorded, or may have been; a refused stream frees its key, as a refused call does. */
        private boolean everRecorded;
        private Flow.@Nullable Subscription subscription;
        private Admission.@Nullable Admitted slice;
        private Instant sliceStarted = Instant.EPOCH;
        private long sliceStartedNanos;
        private boolean sliceRecorded;
        /** Whose count of open streams this one is in; null: it is in none. */
        private @Nullable UUID countedFor;
        /** Its place on the node; null: it has none yet, or no more. */
        private Places.@Nullable Place place;

        /** True from when an item comes until the edge can take the next. */
        private boolean sending;
        private @Nullable Runnable afterSending;

        /** True from when an item is handed to the edge until its connection has taken it; since {@code unreadSinceNanos}. */
        private boolean unread;
        private long unreadSinceNanos;
        private boolean ended;

        private Running(ProductCall call, Supplier<RequestReading> reading, String lastEventId, Sink sink) {
            this.call = call;
            this.reading = reading;
            this.lastEventId = lastEventId;
            this.sink = sink;
        }

        private void begin() {
            String sentKey = call.idempotencyKey();
            if (sentKey == null) {
                admit(admitted -> start(admitted, reading));
                return;
            }
            Instant now = clock.instant();
            judge(now).whenComplete((judgement, failure) -> {
                switch (judgement) {
                    case null -> gateFailed(failure);
                    case Admission.Refused refused -> end(CallPath.refusedByGate(refused));
                    case Passed passed -> {
                        try {
                            claim(passed, sentKey, now);
                        } catch (RuntimeException defect) {
                            gateFailed(defect);
                        }
                    }
                }
            });
        }

        private void claim(Passed passed, String sentKey, Instant now) {
            Optional<IdempotencyKey> key = IdempotencyKey.parse(sentKey);
            RequestReading read = key.isEmpty() ? CallPath.UNFIT_KEY : reading.get();
            if (!(read instanceof RequestReading.Read(var request)) || key.isEmpty()) {
                gate.take(passed, eventIds.next()).whenComplete(
                        (admission, failure) -> admitted(admission, failure, now, admitted -> start(admitted, () -> read)));
                return;
            }
            Caller caller = new Caller(passed.subscriptionId(), passed.sandbox());
            retried.claimStream(caller, key.get(), StoredAnswer.hashOf(call.method(), request, lastEventId), eventIds.next())
                    .whenComplete((claim, failure) -> {
                        if (failure != null) {
                            LOG.warn("an idempotency key cannot be checked (request {})", call.requestId(), failure);
                            end(CallPath.refusedRetry(Refusal.IDEMPOTENCY_UNAVAILABLE, Duration.ofSeconds(1)));
                            return;
                        }
                        switch (claim) {
                            case Claim.OtherRequest() -> end(CallPath.refusedRetry(Refusal.IDEMPOTENCY_KEY_REUSED, null));
                            case Claim.Running(var retryAfter) ->
                                end(CallPath.refusedRetry(Refusal.IDEMPOTENCY_IN_PROGRESS, retryAfter));
                            case Claim.Answered(var eventId, _) -> {
                                sink.replayed(eventId);
                                end(null);
                            }
                            case Claim.Ours ours -> {
                                RetriedCalls.Run run = new RetriedCalls.Run(caller, key.get(), ours);
                                if (keep(run)) {
                                    takeFirst(passed, run, now);
                                } else {
                                    retried.giveUpStream(run); // the caller has gone meanwhile
                                }
                            }
                        }
                    });
        }

        private synchronized boolean keep(RetriedCalls.Run run) {
            if (!ended) {
                keyed = run;
            }
            return !ended;
        }

        private void takeFirst(Passed passed, RetriedCalls.Run run, Instant now) {
            take(passed, run).whenComplete((admission, failure) -> {
                if (admission instanceof Admission.Refused refused && CallPath.isUsedUp(refused)) {
                    retried.mayBeRecorded(run).thenAccept(may -> end(may ? CallPath.notKnownYet() : CallPath.refusedByGate(refused)));
                } else {
                    admitted(admission, failure, now, admitted -> start(admitted, reading));
                }
            });
        }

        /** The minute under the key's event; one that is recorded, by a run whose node died, is paid. */
        private CompletionStage<Admission> take(Passed passed, RetriedCalls.Run run) {
            Claim.Ours ours = run.ours();
            return ours.recorded()
                    ? CompletableFuture.completedFuture(gate.admitRecorded(passed, ours.eventId(), ours.occurredAt()))
                    : gate.take(passed, ours.eventId(), ours.occurredAt());
        }

        private CompletionStage<Judgement> judge(Instant now) {
            return gate.judge(atTheGate(now));
        }

        /** Takes a place the first time it is asked; a later minute has it. */
        private synchronized boolean enters(Purpose purpose) {
            if (ended || place != null) {
                return true; // what has ended goes no further, and takes nothing
            }
            Places.Place next = places.next();
            if (next.admits(purpose)) {
                place = next;
            }
            return place != null;
        }

        /** One that has sent something costs the minutes sent, however it ends. */
        private Call atTheGate(Instant now) {
            boolean begun;
            synchronized (this) {
                begun = everRecorded;
            }
            return call.at(now, reading, this::enters, begun ? 1 : call.mostWithoutAnswer());
        }

        /** Asks for a minute. The first one that is recorded of a stream with a key is under the event its key was claimed with. */
        private void admit(AdmittedAction next) {
            Instant now = clock.instant();
            RetriedCalls.Run run = firstOfKey();
            CompletionStage<Admission> asked = run == null
                    ? gate.admit(atTheGate(now))
                    : Stages.then(judge(now), judgement -> switch (judgement) {
                        case Admission.Refused refused -> CompletableFuture.<Admission>completedFuture(refused);
                        case Passed passed -> takeMoved(passed, run);
                    });
            asked.whenComplete((admission, failure) -> admitted(admission, failure, now, next));
        }

        /** Nothing was sent in the minutes before: the event of the key is of the moment at which something is. */
        private CompletionStage<Admission> takeMoved(Passed passed, RetriedCalls.Run run) {
            return retried.move(run)
                    .handle((moved, failure) -> {
                        if (failure != null) {
                            LOG.warn("an idempotency key cannot be kept for a later minute (request {})", call.requestId(), failure);
                            return CompletableFuture.<Admission>completedFuture(new Admission.Refused(
                                    Refusal.IDEMPOTENCY_UNAVAILABLE, passed.subscriptionId(), Duration.ofSeconds(1), null));
                        }
                        keep(moved);
                        return take(passed, moved);
                    })
                    .thenCompose(Function.identity());
        }

        private synchronized RetriedCalls.@Nullable Run firstOfKey() {
            return everRecorded ? null : keyed;
        }

        private void admitted(
                @Nullable Admission admission, @Nullable Throwable failure, Instant now, AdmittedAction next) {
            switch (admission) {
                case null -> gateFailed(failure);
                case Admission.Refused refused -> end(CallPath.refusedByGate(refused));
                case Admission.Admitted admitted -> {
                    if (begins(admitted, now)) {
                        next.run(admitted);
                    } else {
                        gate.settle(admitted, 0); // the caller has gone while the gate was asked
                    }
                }
            }
        }

        private void gateFailed(@Nullable Throwable failure) {
            LOG.error("gate failed (request {})", call.requestId(), failure);
            end(refused(Refusal.INTERNAL, null));
        }

        private synchronized boolean begins(Admission.Admitted admitted, Instant now) {
            if (ended) {
                return false;
            }
            slice = admitted;
            sliceStarted = now;
            sliceStartedNanos = System.nanoTime();
            sliceRecorded = false;
            return true;
        }

        private void start(Admission.Admitted admitted, Supplier<RequestReading> read) {
            if (!take(admitted.subscriptionId())) {
                end(new CallResult.Refused<>(Refusal.TOO_MANY_STREAMS, Refusal.TOO_MANY_STREAMS.zh(),
                        Refusal.TOO_MANY_STREAMS.en(), List.of(), null,
                        admitted.limits().withAllStreamsOpen(streamsPerSubscription), admitted));
                return;
            }
            try {
                switch (read.get()) {
                    case RequestReading.Broken(var violations) -> finish(Outcome.REFUSED, Refusal.INVALID_REQUEST,
                            CallResult.Refused.after(admitted, Refusal.INVALID_REQUEST, Refusal.INVALID_REQUEST.zh(),
                                    Refusal.INVALID_REQUEST.en(), violations, null));
                    case RequestReading.Read(var request) -> {
                        sink.opened(admitted);
                        operation().handler()
                                .stream(new CallFacts(admitted.occurredAt(), call.requestId(), admitted.sandbox(), admitted.caller()),
                                        request, lastEventId)
                                .subscribe(this);
                    }
                }
            } catch (RuntimeException failed) {
                brokeOff(failed);
            }
        }

        /** Counts the stream; false: as many as allowed are open, or the caller has gone. */
        private synchronized boolean take(UUID subscriptionId) {
            if (ended) {
                return false;
            }
            countedFor = subscriptionId;
            return open.merge(subscriptionId, 1, Integer::sum) <= streamsPerSubscription;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            boolean gone;
            synchronized (this) {
                subscription = given;
                gone = ended;
            }
            if (gone) {
                given.cancel();
            } else {
                given.request(1);
            }
        }

        @Override
        public void onNext(StreamItem<Message> item) {
            Ready ready;
            try {
                ready = new Ready(sink.pack(item), item.stale());
            } catch (RuntimeException defect) {
                brokeOff(defect);
                return;
            }
            if (ready.parcel().bytes() > call.method().maxAnswerBytes()) {
                LOG.error("{} sends {} bytes at once, its contract allows {} (request {})", call.method(), ready.parcel().bytes(),
                        call.method().maxAnswerBytes(), call.requestId());
                finish(Outcome.FAILED, Refusal.ANSWER_TOO_LARGE, refused(Refusal.ANSWER_TOO_LARGE, slice));
                return;
            }
            boolean over;
            boolean fresh;
            Admission.Admitted unused = null;
            synchronized (this) {
                if (ended) {
                    return;
                }
                sending = true;
                over = !clock.instant().isBefore(sliceStarted.plus(minute));
                fresh = !sliceRecorded;
                if (over && fresh) {
                    unused = slice; // nothing was sent in that minute: this item begins one of its own
                    sliceRecorded = true;
                }
            }
            if (unused != null) {
                gate.settle(unused, 0);
            }
            if (over) {
                admit(_ -> recordThenSend(ready));
            } else if (fresh) {
                recordThenSend(ready);
            } else {
                send(ready);
            }
        }

        private void recordThenSend(Ready ready) {
            RetriedCalls.Run first;
            synchronized (this) {
                if (ended || sliceRecorded) {
                    return; // the caller has gone meanwhile, and its unit with it
                }
                first = firstOfKey();
                sliceRecorded = true;
                everRecorded = true;
            }
            if (first != null && first.ours().recorded()) {
                kept(first, ready);
                return;
            }
            Runnable recorded = first == null ? () -> send(ready) : () -> kept(first, ready);
            long quantity = ready.stale() && call.method().staleIsFree() ? 0 : 1;
            record(Outcome.ANSWERED, null, quantity, ready.parcel().bytes(), recorded);
        }

        /** The first item of a stream with a key leaves once its key tells that the stream was opened. */
        private void kept(RetriedCalls.Run run, Ready ready) {
            retried.answered(run, StoredAnswer.STREAMED).whenComplete((_, _) -> send(ready));
        }

        private void send(Ready ready) {
            Flow.Subscription current;
            synchronized (this) {
                if (ended) {
                    return;
                }
                current = subscription;
                unread = true;
                unreadSinceNanos = System.nanoTime();
            }
            try {
                ready.parcel().send(() -> sent(current));
            } catch (RuntimeException failed) {
                brokeOff(failed);
            }
        }

        private void sent(Flow.@Nullable Subscription current) {
            Runnable ending;
            synchronized (this) {
                sending = false;
                unread = false;
                ending = afterSending;
                afterSending = null;
            }
            if (ending != null) {
                ending.run();
            } else if (current != null) {
                current.request(1);
            }
        }

        /** A publisher may end while its last item is still being recorded: the item leaves first. */
        private void whenSent(Runnable ending) {
            synchronized (this) {
                if (sending && !ended) {
                    afterSending = ending;
                    return;
                }
            }
            ending.run();
        }

        @Override
        public void onError(Throwable failure) {
            if (failure instanceof StreamRefusal refusal) {
                Refusal code = CallPath.refusalOf(refusal.refused().fault());
                Admission.Admitted admitted = slice;
                CallResult.Refused<Void> refused = new CallResult.Refused<>(code, refusal.refused().zh(),
                        refusal.refused().en(), refusal.refused().violations(), refusal.refused().retryAfter(),
                        admitted == null ? null : admitted.limits(), admitted);
                whenSent(() -> finish(
                        code == Refusal.NOT_FOUND ? Outcome.NOT_FOUND : Outcome.REFUSED, code, refused));
                return;
            }
            whenSent(() -> brokeOff(failure));
        }

        private void brokeOff(Throwable failure) {
            LOG.error("{} broke off (request {})", call.method(), call.requestId(), failure);
            finish(Outcome.FAILED, Refusal.INTERNAL, refused(Refusal.INTERNAL, slice));
        }

        @Override
        public void onComplete() {
            whenSent(() -> end(null));
        }

        /** A stream that is refused before its first item is a call without an answer; after it, the slices stand. */
        private void finish(Outcome outcome, Refusal refusal, CallResult.Refused<Void> refused) {
            boolean unrecorded;
            boolean free;
            Admission.Admitted own;
            synchronized (this) {
                RetriedCalls.Run first = firstOfKey();
                unrecorded = !sliceRecorded;
                free = everRecorded || (first != null && first.ours().recorded()); // it is paid for minutes with items
                if (unrecorded && first != null && slice != null) {
                    slice = slice.under(eventIds.next()); // that of the key is for an answer alone, as a call's is
                }
                own = slice;
                sliceRecorded = true;
            }
            if (unrecorded) {
                record(outcome, refusal, free ? 0 : CallPath.quantityWithoutAnswer(call.method(), outcome), 0,
                        () -> end(own == null ? refused : refused.of(own)));
            } else {
                end(refused);
            }
        }

        /** Whoever calls has set {@code sliceRecorded}, and found it unset: a slice is settled by one alone. */
        private void record(Outcome outcome, @Nullable Refusal refusal, long quantity, long bytes, Runnable recorded) {
            Admission.Admitted admitted = slice;
            if (admitted == null) {
                throw new IllegalStateException("nothing is admitted");
            }
            int status = refusal == null ? 200 : refusal.httpStatus();
            meter.<Runnable>record(call, admitted, outcome, status, quantity, bytes, sliceStartedNanos, recorded,
                            () -> () -> end(refused(Refusal.METER_UNAVAILABLE, admitted)))
                    .thenAccept(Runnable::run);
        }

        private CallResult.Refused<Void> refused(Refusal refusal, Admission.@Nullable Admitted admitted) {
            return new CallResult.Refused<>(refusal, refusal.zh(), refusal.en(), List.of(), null,
                    admitted == null ? null : admitted.limits(), admitted);
        }

        private void endIfUnread(long nowNanos, Duration atMost) {
            synchronized (this) {
                if (ended || !unread || nowNanos - unreadSinceNanos < atMost.toNanos()) {
                    return;
                }
            }
            LOG.info("{} has not been read for {} and is ended (request {})", call.method(), atMost, call.requestId());
            end(refused(Refusal.READER_TOO_SLOW, slice));
        }

        private void endIfWithoutRight(Instant now) {
            synchronized (this) {
                if (ended) {
                    return;
                }
            }
            Admission.Refused refused;
            try {
                refused = gate.endedRight(atTheGate(now));
            } catch (RuntimeException defect) {
                gateFailed(defect); // whose right nobody can tell has none
                return;
            }
            if (refused != null) {
                LOG.info("{} is ended, {} (request {})", call.method(), refused.refusal(), call.requestId());
                end(CallPath.refusedByGate(refused));
            }
        }

        private void drain() {
            end(refused(Refusal.DRAINING, slice));
        }

        /** The caller has gone: nothing more is sent, and a slice in which nothing was sent goes back. */
        private void cancel() {
            close(false, null);
        }

        private void end(CallResult.@Nullable Refused<Void> refused) {
            close(true, refused);
        }

        private void close(boolean tellSink, CallResult.@Nullable Refused<Void> refused) {
            Flow.Subscription current;
            Admission.Admitted unused;
            RetriedCalls.Run run;
            Places.Place held;
            boolean opened;
            synchronized (this) {
                if (ended) {
                    return;
                }
                ended = true;
                held = place;
                place = null;
                run = keyed;
                opened = everRecorded;
                current = subscription;
                unused = sliceRecorded ? null : slice;
                sliceRecorded = true;
            }
            running.remove(number);
            if (held != null) {
                held.leave();
            }
            if (countedFor != null) {
                open.computeIfPresent(countedFor, (_, count) -> count == 1 ? null : count - 1);
            }
            if (current != null) {
                cancel(current);
            }
            try {
                if (unused != null) {
                    gate.settle(unused, 0);
                }
            } finally {
                if (run == null) {
                    tell(tellSink, refused);
                } else {
                    (opened ? retried.ended(run) : retried.giveUpStream(run)).whenComplete((_, _) -> tell(tellSink, refused));
                }
            }
        }

        /** A product that does not let go keeps neither the caller's place nor its unit. */
        private void cancel(Flow.Subscription product) {
            try {
                product.cancel();
            } catch (RuntimeException defect) {
                LOG.error("{} does not end its stream (request {})", call.method(), call.requestId(), defect);
            }
        }

        private void tell(boolean tellSink, CallResult.@Nullable Refused<Void> refused) {
            if (tellSink) {
                sink.ended(refused);
            }
        }

        @SuppressWarnings("unchecked") // The contract was checked against the operation: it takes this request type.
        private Operation.Streaming<Message, Message> operation() {
            return (Operation.Streaming<Message, Message>) contracts.operation(call.method());
        }
    }
}
