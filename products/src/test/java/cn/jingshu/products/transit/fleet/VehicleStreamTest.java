package cn.jingshu.products.transit.fleet;

import static cn.jingshu.products.transit.fleet.Networks.EIGHT;
import static cn.jingshu.products.transit.fleet.Networks.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VehicleStreamTest {
    private final VehicleStream stream = new VehicleStream("s");

    private static VehicleState state(int number) {
        return new VehicleState(at("v" + number, 112.2, EIGHT.plusSeconds(number), null), null);
    }

    private record Item(String eventId, String vehicle) {}

    private static final class Taker implements Flow.Subscriber<Item> {
        private final List<Item> items = new CopyOnWriteArrayList<>();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
        private volatile boolean complete;
        private final long first;

        Taker(long first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.set(given);
            if (first != 0) {
                given.request(first);
            }
        }

        @Override
        public void onNext(Item item) {
            items.add(item);
        }

        @Override
        public void onError(Throwable reason) {
            failure.set(reason);
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        void request(long n) {
            Objects.requireNonNull(subscription.get()).request(n);
        }
    }

    private Taker subscribe(String lastEventId, long demand, VehicleState... present) {
        Taker taker = new Taker(demand);
        stream.<Item>publisher(
                        lastEventId,
                        () -> List.of(present),
                        vehicle -> !vehicle.id().equals("v13"),
                        (eventId, vehicle) -> new Item(eventId, vehicle.id()))
                .subscribe(taker);
        return taker;
    }

    private static void await(String what, BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(10));
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as(what).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void aSubscriberGetsThePresentFirstAndThenEachNewPosition() {
        Taker taker = subscribe("", Long.MAX_VALUE, state(1), state(2));
        stream.publish(state(3));
        stream.publish(state(13));
        stream.publish(state(4));
        await("four items", () -> taker.items.size() == 4);
        assertThat(taker.items)
                .containsExactly(
                        new Item("s-first", "v1"), new Item("s-0", "v2"), new Item("s-1", "v3"), new Item("s-3", "v4"));
    }

    @Test
    void noMoreIsSentThanWasAskedFor() {
        Taker taker = subscribe("", 2);
        for (int i = 0; i < 10; i++) {
            stream.publish(state(i));
        }
        await("two items", () -> taker.items.size() == 2);
        taker.request(3);
        await("five items", () -> taker.items.size() == 5);
        assertThat(taker.items).extracting(Item::vehicle).containsExactly("v0", "v1", "v2", "v3", "v4");
    }

    @Test
    void aReturningSubscriberContinuesBehindItsLastEvent() {
        for (int i = 0; i < 6; i++) {
            stream.publish(state(i));
        }
        Taker taker = subscribe("s-4", Long.MAX_VALUE, state(99));
        await("two items", () -> taker.items.size() == 2);
        assertThat(taker.items).extracting(Item::vehicle).containsExactly("v4", "v5");
    }

    @Test
    void anEventIdThatIsNotKeptStartsAnew() {
        for (int i = 0; i < VehicleStream.BACKLOG + 10; i++) {
            stream.publish(state(i));
        }
        for (String id : List.of("s-5", "s-first", "other-9000", "nonsense", "s-999999999", "s--3")) {
            Taker taker = subscribe(id, Long.MAX_VALUE, state(99));
            await(id, () -> taker.items.size() == 1);
            assertThat(taker.items).extracting(Item::vehicle).as(id).containsExactly("v99");
        }
    }

    @Test
    void aSubscriberThatFallsTooFarBehindIsEnded() {
        Taker slow = subscribe("", 1);
        for (int i = 0; i < VehicleStream.BACKLOG + 3; i++) {
            stream.publish(state(i));
        }
        await("the end of the slow subscriber", () -> slow.failure.get() != null);
        assertThat(slow.failure.get()).isInstanceOf(VehicleStream.SlowSubscriberException.class);
        assertThat(stream.subscribers()).isZero();
    }

    @Test
    void aBadRequestEndsTheSubscriptionAndClosingCompletesIt() {
        Taker bad = subscribe("", 1);
        bad.request(0);
        await("the refusal", () -> bad.failure.get() instanceof IllegalArgumentException);
        Taker good = subscribe("", 1);
        stream.close();
        await("completion", () -> good.complete);
        Taker late = subscribe("", 1);
        await("completion of a late one", () -> late.complete);
        assertThat(stream.subscribers()).isZero();
    }
}
