package cn.jingshu.products.transit.fleet;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The stream of new positions. The last 8,192 are kept once for all; a subscriber is a place in them and a demand, so a
 * slow one costs no memory, and one that falls out of them is ended with {@link SlowSubscriberException}. An event id
 * is {@code stream-number}; coming back with one that is still kept continues behind it, with any other starts anew.
 */
public final class VehicleStream {
    static final int BACKLOG = 8_192;
    private static final int MAX_SUBSCRIBERS = 10_000;

    private final String streamId;
    private final VehicleState[] kept = new VehicleState[BACKLOG];
    private final Set<Subscription<?>> subscriptions = ConcurrentHashMap.newKeySet();
    private long published;
    private boolean closed;

    VehicleStream(String streamId) {
        this.streamId = streamId;
    }

    /** A subscriber asked for less than was published for too long. */
    public static final class SlowSubscriberException extends RuntimeException {
        SlowSubscriberException() {
            super("the subscriber fell more than " + BACKLOG + " positions behind");
        }
    }

    /**
     * A publisher whose every subscription first receives {@code present}, then each new position.
     *
     * @param lastEventId where to continue; empty or no longer kept: from the beginning
     * @param present what is live at the moment of subscription
     * @param wanted which positions are sent
     * @param item makes what is sent from event id and vehicle
     */
    public <T> Flow.Publisher<T> publisher(
            String lastEventId,
            Supplier<List<VehicleState>> present,
            Predicate<VehicleState> wanted,
            BiFunction<String, VehicleState, T> item) {
        return subscriber -> subscribe(subscriber, lastEventId, present, wanted, item);
    }

    private <T> void subscribe(
            Flow.Subscriber<? super T> subscriber,
            String lastEventId,
            Supplier<List<VehicleState>> present,
            Predicate<VehicleState> wanted,
            BiFunction<String, VehicleState, T> item) {
        List<VehicleState> snapshot = present.get();
        Subscription<T> subscription;
        synchronized (kept) {
            long continued = continuation(lastEventId);
            subscription = new Subscription<>(
                    subscriber,
                    wanted,
                    item,
                    continued < 0 ? new ArrayDeque<>(snapshot) : new ArrayDeque<>(),
                    continued < 0 ? published : continued);
            if (!closed && subscriptions.size() < MAX_SUBSCRIBERS) {
                subscriptions.add(subscription);
            } else {
                subscription.refused = true;
            }
        }
        subscriber.onSubscribe(subscription);
        subscription.signal();
    }

    /** Number of the event to continue with; -1: start anew. */
    private long continuation(String lastEventId) {
        int dash = lastEventId.lastIndexOf('-');
        if (dash < 0 || !lastEventId.substring(0, dash).equals(streamId)) {
            return -1;
        }
        try {
            long number = Long.parseLong(lastEventId.substring(dash + 1));
            return number >= Math.max(0, published - BACKLOG) && number <= published ? number : -1;
        } catch (NumberFormatException e) {
            // The id of an item amid the first snapshot, or none of ours: both start anew.
            return -1;
        }
    }

    void publish(VehicleState vehicle) {
        synchronized (kept) {
            kept[(int) (published % BACKLOG)] = vehicle;
            published++;
        }
        subscriptions.forEach(Subscription::signal);
    }

    /** Ends every subscription in good order. */
    public void close() {
        synchronized (kept) {
            closed = true;
        }
        subscriptions.forEach(Subscription::signal);
    }

    /** How many subscriptions are open. */
    public int subscribers() {
        return subscriptions.size();
    }

    private record Next(@Nullable VehicleState vehicle, boolean behind, boolean closed) {}

    private Next at(long place) {
        synchronized (kept) {
            boolean behind = place < published - BACKLOG;
            return new Next(behind || place >= published ? null : kept[(int) (place % BACKLOG)], behind, closed);
        }
    }

    /** One subscriber's place. Signals are gathered in {@code pending}, so one thread at a time calls the subscriber. */
    private final class Subscription<T> implements Flow.Subscription {
        private final Flow.Subscriber<? super T> subscriber;
        private final Predicate<VehicleState> wanted;
        private final BiFunction<String, VehicleState, T> item;
        private final Queue<VehicleState> first;
        private final AtomicLong demand = new AtomicLong();
        private final AtomicInteger pending = new AtomicInteger();
        private long place;
        private boolean refused;
        private volatile boolean badRequest;
        private volatile boolean done;

        Subscription(
                Flow.Subscriber<? super T> subscriber,
                Predicate<VehicleState> wanted,
                BiFunction<String, VehicleState, T> item,
                Queue<VehicleState> first,
                long place) {
            this.subscriber = subscriber;
            this.wanted = wanted;
            this.item = item;
            this.first = first;
            this.place = place;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                badRequest = true;
            } else {
                demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
            }
            signal();
        }

        @Override
        public void cancel() {
            done = true;
            subscriptions.remove(this);
        }

        /** Has the subscriber served on a thread of its own: neither the intake nor another subscriber waits for it. */
        void signal() {
            if (pending.getAndIncrement() == 0) {
                Thread.ofVirtual().name("transit-stream").start(this::serve);
            }
        }

        private void serve() {
            int served = pending.get();
            while (served != 0) {
                try {
                    sendAll();
                } catch (RuntimeException e) {
                    // A subscriber that throws has broken the contract of Flow and gets nothing more.
                    cancel();
                }
                served = pending.addAndGet(-served);
            }
        }

        private void sendAll() {
            while (!done) {
                Next next = at(place);
                if (badRequest) {
                    fail(new IllegalArgumentException("a request below one"));
                } else if (refused && !next.closed) {
                    fail(new IllegalStateException("as many subscribers as can be served"));
                } else if (next.closed) {
                    cancel();
                    subscriber.onComplete();
                } else if (next.behind) {
                    fail(new SlowSubscriberException());
                } else if (demand.get() == 0 || (first.isEmpty() && next.vehicle == null)) {
                    return;
                } else {
                    sendOne(next.vehicle);
                }
            }
        }

        private void sendOne(@Nullable VehicleState next) {
            @Nullable VehicleState present = first.poll();
            if (present == null) {
                place++;
            }
            VehicleState vehicle = present == null ? next : present;
            if (vehicle == null || !wanted.test(vehicle)) {
                return;
            }
            // Only the last item of the first snapshot names a place to continue from: before it, not all was sent.
            String eventId = streamId + "-" + (first.isEmpty() ? String.valueOf(place) : "first");
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            subscriber.onNext(item.apply(eventId, vehicle));
        }

        private void fail(RuntimeException reason) {
            cancel();
            subscriber.onError(reason);
        }
    }
}
