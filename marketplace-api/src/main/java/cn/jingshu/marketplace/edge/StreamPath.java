package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Admission;
import cn.jingshu.marketplace.gate.Entrance;
import cn.jingshu.marketplace.gate.Gate;
import cn.jingshu.marketplace.gate.Refusal;
import cn.jingshu.metering.event.Outcome;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import cn.jingshu.products.spi.StreamItem;
import cn.jingshu.products.spi.StreamRefusal;
import com.google.protobuf.Message;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a stream: one admission for each minute in which something is sent, each its own usage event, recorded
 * before the minute's first item leaves. A right that ends while the stream runs ends it at the next minute. One item is
 * on its way at a time: a product is asked for the next when the caller's connection has taken the last, and a caller that
 * leaves one unread for too long is let go ({@link SlowReaders}).
 */
@Singleton
public final class StreamPath {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPath.class);
    private static final Duration SLICE = Duration.ofMinutes(1);

    private static final RequestReading NO_KEY_ON_STREAMS = new RequestReading.Broken(List.of(new Answer.Violation(
            "Idempotency-Key", "数据流不接受幂等键,请用 Last-Event-ID 续传", "a stream takes none; resume it by Last-Event-ID")));

    private final Gate gate;
    private final Contracts contracts;
    private final Meter meter;
    private final Clock clock;
    private final int streamsPerSubscription;
    private final ConcurrentHashMap<UUID, Integer> open = new ConcurrentHashMap<>();
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    StreamPath(
            Gate gate,
            Contracts contracts,
            Meter meter,
            Clock clock,
            @Value("${jingshu.limits.streams-per-subscription}") int streamsPerSubscription) {
        this.gate = gate;
        this.contracts = contracts;
        this.meter = meter;
        this.clock = clock;
        this.streamsPerSubscription = streamsPerSubscription;
    }

    /** What an edge does with a stream; called one at a time. */
    public interface Sink {
        /** The stream is admitted; items may follow. */
        void opened(Admission.Admitted admitted);

        /** One item; {@code sent} asks for the next. Returns the size sent, in bytes. */
        long send(StreamItem<? extends Message> item, Runnable sent);

        /** The stream ended, of itself ({@code refused} null) or because it was refused, before or after items. */
        void ended(CallResult.@Nullable Refused<Void> refused);
    }

    /** Opens a stream. Closing the result tells the product that the caller has gone. */
    public AutoCloseable open(ProductCall call, Supplier<RequestReading> reading, String lastEventId, Sink sink) {
        Running stream = new Running(call, new ReadOnce(reading), sink);
        running.add(stream);
        if (draining) {
            stream.drain();
        } else {
            stream.admit(admitted -> stream.start(admitted, lastEventId));
        }
        return stream::cancel;
    }

    /** Ends every stream whose caller has left an item unread for {@code atMost}. */
    void endUnread(Duration atMost) {
        long now = System.nanoTime();
        running.forEach(stream -> stream.endIfUnread(now, atMost));
    }

    /** The node stops: every open stream is ended, with the reason, so that its caller goes on at another node. */
    public void drain() {
        draining = true;
        running.forEach(Running::drain);
    }

    private interface AdmittedAction {
        void run(Admission.Admitted admitted);
    }

    private final class Running implements Flow.Subscriber<StreamItem<Message>> {
        private final ProductCall call;
        private final Supplier<RequestReading> reading;
        private final Sink sink;
        private Flow.@Nullable Subscription subscription;
        private Admission.@Nullable Admitted slice;
        private Instant sliceStarted = Instant.EPOCH;
        private long sliceStartedNanos;
        private boolean sliceRecorded;
        /** Whose count of open streams this one is in; null: it is in none. */
        private @Nullable UUID countedFor;

        /** True from when an item comes until the edge can take the next. */
        private boolean sending;
        private @Nullable Runnable afterSending;

        /** True from when an item is handed to the edge until its connection has taken it; since {@code unreadSinceNanos}. */
        private boolean unread;
        private long unreadSinceNanos;
        private boolean ended;

        private Running(ProductCall call, Supplier<RequestReading> reading, Sink sink) {
            this.call = call;
            this.reading = reading;
            this.sink = sink;
        }

        private void admit(AdmittedAction next) {
            Instant now = clock.instant();
            gate.admit(call.at(now, reading, Entrance.OPEN)) // streams are bounded by their own number
                    .whenComplete((admission, failure) -> {
                        if (failure != null) {
                            LOG.error("gate failed (request {})", call.requestId(), failure);
                            end(refused(Refusal.INTERNAL, null));
                            return;
                        }
                        switch (admission) {
                            case Admission.Refused refused -> end(CallPath.refusedByGate(refused));
                            case Admission.Admitted admitted -> {
                                if (begins(admitted, now)) {
                                    next.run(admitted);
                                } else {
                                    gate.settle(admitted, 0); // the caller has gone while the gate was asked
                                }
                            }
                        }
                    });
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

        private void start(Admission.Admitted admitted, String lastEventId) {
            if (!take(admitted.subscriptionId())) {
                end(new CallResult.Refused<>(Refusal.TOO_MANY_STREAMS, Refusal.TOO_MANY_STREAMS.zh(),
                        Refusal.TOO_MANY_STREAMS.en(), List.of(), null,
                        admitted.limits().withAllStreamsOpen(streamsPerSubscription), admitted));
                return;
            }
            try {
                // A stream is resumed by Last-Event-ID; its answer as a whole is never stored.
                switch (call.idempotencyKey() == null ? reading.get() : NO_KEY_ON_STREAMS) {
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
            int bytes = item.message().getSerializedSize();
            if (bytes > call.method().maxAnswerBytes()) {
                LOG.error("{} sends {} bytes at once, its contract allows {} (request {})", call.method(), bytes,
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
                over = !clock.instant().isBefore(sliceStarted.plus(SLICE));
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
                admit(_ -> recordThenSend(item));
            } else if (fresh) {
                recordThenSend(item);
            } else {
                send(item);
            }
        }

        private void recordThenSend(StreamItem<Message> item) {
            synchronized (this) {
                if (ended || sliceRecorded) {
                    return; // the caller has gone meanwhile, and its unit with it
                }
                sliceRecorded = true;
            }
            long quantity = item.stale() && call.method().staleIsFree() ? 0 : 1;
            record(Outcome.ANSWERED, null, quantity, item.message().getSerializedSize(), () -> send(item));
        }

        private void send(StreamItem<Message> item) {
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
                sink.send(item, () -> sent(current));
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
            synchronized (this) {
                unrecorded = !sliceRecorded;
                sliceRecorded = true;
            }
            if (unrecorded) {
                record(outcome, refusal, CallPath.quantityWithoutAnswer(call.method(), outcome), 0, () -> end(refused));
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
            synchronized (this) {
                if (ended) {
                    return;
                }
                ended = true;
                current = subscription;
                unused = sliceRecorded ? null : slice;
                sliceRecorded = true;
            }
            running.remove(this);
            if (current != null) {
                current.cancel();
            }
            if (unused != null) {
                gate.settle(unused, 0);
            }
            if (countedFor != null) {
                open.computeIfPresent(countedFor, (_, count) -> count == 1 ? null : count - 1);
            }
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
