package cn.jingshu.products.kind.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private final Hand clock = new Hand();
    private final CircuitBreaker breaker = new CircuitBreaker(3, Duration.ofSeconds(10), Duration.ofSeconds(30), clock);

    /** A clock moved by hand. */
    private static final class Hand extends Clock {
        private Instant now = Instant.parse("2026-11-01T00:00:00Z");

        private void move(long seconds) {
            now = now.plusSeconds(seconds);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(breaker.tryPass()).isTrue();
            breaker.failed();
        }
    }

    @Test
    void failuresInARowOpenItAndASuccessBetweenDoesNot() {
        fail(2);
        breaker.succeeded();
        fail(2);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(breaker.tryPass()).isFalse();
    }

    @Test
    void oneTriesAfterAWhileAndDecidesForAll() {
        fail(3);
        clock.move(9);
        assertThat(breaker.tryPass()).isFalse();
        clock.move(1);
        assertThat(breaker.tryPass()).isTrue();
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertThat(breaker.tryPass()).as("only one").isFalse();
        breaker.succeeded();
        assertThat(breaker.tryPass()).isTrue();
        assertThat(breaker.tryPass()).isTrue();
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void aSourceThatGoesOnFailingIsLeftAloneTwiceAsLongUpToALimit() {
        fail(3);
        for (long wait : new long[] {10, 20, 30, 30}) {
            clock.move(wait - 1);
            assertThat(breaker.tryPass()).as("after " + (wait - 1) + " s").isFalse();
            clock.move(1);
            fail(1);
        }
    }

    @Test
    void aTrialThatNeverEndsIsGivenUp() {
        fail(3);
        clock.move(10);
        assertThat(breaker.tryPass()).isTrue();
        clock.move(10);
        assertThat(breaker.tryPass()).isTrue();
    }
}
