package cn.jingshu.metering.quota;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The time a lease lives in: a simulation brings its own, so that a deadline passes when it says so. */
interface LeaseTime {
    LeaseTime SYSTEM = new LeaseTime() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void completeAfter(
                Duration wait, CompletableFuture<QuotaDecision> answer, QuotaDecision otherwise) {
            // The future answered is the one given; the one returned is the same.
            var _ = answer.completeOnTimeout(otherwise, wait.toNanos(), TimeUnit.NANOSECONDS);
        }
    };

    /** Nanoseconds since some moment; only differences mean something. */
    long nanos();

    /** Answers {@code otherwise} once {@code wait} has passed without another answer. */
    void completeAfter(Duration wait, CompletableFuture<QuotaDecision> answer, QuotaDecision otherwise);
}
