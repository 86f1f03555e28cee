package cn.jingshu.metering.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * Virtual time and what is to happen in it. Time moves only to what happens next, so a wait of an hour costs nothing; of
 * two things at one moment the one planned first comes first.
 */
public final class Timeline {
    private record Due(Instant at, long order, Runnable what) {}

    private record Deadline(Instant at, long order, CompletableFuture<?> answer) {}

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
    private final PriorityQueue<Deadline> deadlines =
            new PriorityQueue<>(Comparator.comparing(Deadline::at).thenComparingLong(Deadline::order));
    private final Clock clock = new VirtualClock();
    private Instant now;
    private long planned;

    public Timeline(Instant begin) {
        this.now = begin;
    }

    public Instant now() {
        return now;
    }

    /** Tells this time. */
    public Clock clock() {
        return clock;
    }

    /** Nanoseconds since 1970, as the system's meters of time count from some moment. */
    public long nanos() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }

    /** Plans {@code what} for when {@code wait} has passed. */
    public void after(Duration wait, Runnable what) {
        due.add(new Due(now.plus(wait), ++planned, what));
    }

    /** Fails {@code answer} with a {@link TimeoutException} when {@code wait} has passed and it has not come. */
    public void failAfter(Duration wait, CompletableFuture<?> answer) {
        deadlines.add(new Deadline(now.plus(wait), ++planned, answer));
    }

    /**
     * Lets the next thing happen that is due within {@code atMost}, at its time.
     *
     * @return false: nothing is due so soon
     */
    public boolean next(Duration atMost) {
        Due next = due.peek();
        if (next == null || next.at().isAfter(now.plus(atMost))) {
            return false;
        }
        due.remove();
        moveTo(next.at());
        next.what().run();
        return true;
    }

    /** Lets time pass in which nothing is due. */
    public void pass(Duration time) {
        moveTo(now.plus(time));
    }

    /** Forgets everything planned. */
    public void clear() {
        due.clear();
        deadlines.clear();
    }

    private void moveTo(Instant at) {
        for (Deadline first = deadlines.peek(); first != null && !first.at().isAfter(at); first = deadlines.peek()) {
            deadlines.remove();
            now = later(first.at());
            if (!first.answer().isDone()) {
                first.answer().completeExceptionally(new TimeoutException("no answer in time"));
            }
        }
        now = later(at);
    }

    /** Others may have moved time on meanwhile; it never goes back. */
    private Instant later(Instant at) {
        return at.isAfter(now) ? at : now;
    }

    private final class VirtualClock extends Clock {
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
            throw new UnsupportedOperationException("moments only");
        }
    }
}
