package cn.jingshu.products.kind.upstream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Leaves a source alone that fails: after failures in a row nothing is sent for a while (open), then one call tries (half open), and
 * what becomes of it decides. Each time in a row it is left alone twice as long, up to a limit. A trial that never ends is given up
 * with the next while.
 *
 * @see "Michael Nygard, Release It! (Pragmatic Bookshelf, 2nd edition 2018), chapter 5: Circuit Breaker"
 */
final class CircuitBreaker {
    /** Where it stands. */
    enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    private final int failuresToOpen;
    private final Duration shortest;
    private final Duration longest;
    private final Clock clock;
    private int failures;
    private State state = State.CLOSED;
    private Instant until = Instant.MIN;
    private Duration next;

    /**
     * @param failuresToOpen failures in a row
     * @param shortest how long nothing is sent the first time
     * @param longest how long at most
     */
    CircuitBreaker(int failuresToOpen, Duration shortest, Duration longest, Clock clock) {
        this.failuresToOpen = failuresToOpen;
        this.shortest = shortest;
        this.longest = longest;
        this.clock = clock;
        this.next = shortest;
    }

    /** Whether a call may be sent; who may, has to say how it ended. */
    synchronized boolean tryPass() {
        return switch (state) {
            case CLOSED -> true;
            case OPEN, HALF_OPEN -> {
                if (clock.instant().isBefore(until)) {
                    yield false;
                }
                state = State.HALF_OPEN;
                until = clock.instant().plus(shortest); // the trial's own time
                yield true;
            }
        };
    }

    synchronized void succeeded() {
        state = State.CLOSED;
        failures = 0;
        next = shortest;
    }

    synchronized void failed() {
        failures++;
        if (state == State.HALF_OPEN || (state == State.CLOSED && failures >= failuresToOpen)) {
            state = State.OPEN;
            until = clock.instant().plus(next);
            Duration doubled = next.multipliedBy(2);
            next = doubled.compareTo(longest) > 0 ? longest : doubled;
        }
    }

    synchronized State state() {
        return state;
    }
}
