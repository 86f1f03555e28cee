package cn.jingshu.marketplace.scenario;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Asks again and again until an answer fits or the time is over. */
public final class Until {
    private Until() {}

    /** A question that may fail while the answer is not there yet. */
    public interface Question<T> {
        T ask() throws Exception;
    }

    /** @throws AssertionError if no answer fits within {@code atMost}; it shows the last one */
    public static <T> T holds(Duration atMost, Question<T> question, Predicate<T> fits) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            T answer = question.ask();
            if (fits.test(answer)) {
                return answer;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("after " + atMost + " still: " + answer);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
