package cn.jingshu.marketplace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.pricing.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacesTest {
    private static Places places(int all, double share) {
        return new Places(all, share, () -> false);
    }

    /** How many calls for {@code purpose} come in, of many that try. */
    private static int taken(Places places, Purpose purpose) {
        int in = 0;
        for (int i = 0; i < 100; i++) {
            in += places.next().admits(purpose) ? 1 : 0;
        }
        return in;
    }

    @ParameterizedTest
    @CsvSource({"10, 0.2, 8", "10, 0, 10", "10, 1, 0", "10, 0.01, 9", "1, 0.2, 0", "3, 0.5, 1"})
    void paidUseNeverTakesThePublicShareAndThePublicFindsTheRest(int all, double share, int forPaid) {
        Places places = places(all, share);
        assertThat(taken(places, Purpose.INDUSTRY)).isEqualTo(forPaid);
        assertThat(taken(places, Purpose.PUBLIC_INTEREST)).isEqualTo(all - forPaid);
        assertThat(places.taken()).isEqualTo(all);
    }

    @Test
    void thePublicMayTakeEveryEmptyPlace() {
        Places places = places(10, 0.2);
        assertThat(taken(places, Purpose.PUBLIC_INTEREST)).isEqualTo(10);
        assertThat(taken(places, Purpose.INDUSTRY)).isZero();
    }

    @Test
    void whileWhatTheyComeOnIsLateOnlyThePublicComesIn() {
        AtomicBoolean late = new AtomicBoolean(true);
        Places places = new Places(10, 0.2, late::get);
        assertThat(taken(places, Purpose.INDUSTRY)).isZero();
        assertThat(places.refused()).isEqualTo(100);
        assertThat(places.next().admits(Purpose.PUBLIC_INTEREST)).isTrue();
        late.set(false);
        assertThat(taken(places, Purpose.INDUSTRY)).isEqualTo(8);
    }

    @Test
    void aPlaceIsGivenBackOnceAndOneThatWasRefusedHasNothingToGive() {
        Places places = places(1, 0);
        Places.Place first = places.next();
        Places.Place second = places.next();
        assertThat(first.admits(Purpose.INDUSTRY)).isTrue();
        assertThat(second.admits(Purpose.INDUSTRY)).isFalse();
        second.leave();
        assertThat(places.taken()).isEqualTo(1);
        first.leave();
        first.leave();
        assertThat(places.taken()).isZero();
        assertThat(places.next().admits(Purpose.PUBLIC_INTEREST)).isTrue();
    }

    @Test
    void manyAtOnceNeverTakeMoreThanThereIs() throws Exception {
        Places places = places(8, 0.25);
        AtomicInteger under = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Purpose purpose = i % 2 == 0 ? Purpose.INDUSTRY : Purpose.PUBLIC_INTEREST;
            callers.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                } catch (InterruptedException stopped) {
                    return;
                }
                for (int call = 0; call < 20_000; call++) {
                    Places.Place place = places.next();
                    if (place.admits(purpose)) {
                        most.accumulateAndGet(under.incrementAndGet(), Math::max);
                        under.decrementAndGet();
                        place.leave();
                    }
                }
            }));
        }
        start.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(most.get()).isBetween(1, 8);
        assertThat(places.taken()).isZero();
    }
}
