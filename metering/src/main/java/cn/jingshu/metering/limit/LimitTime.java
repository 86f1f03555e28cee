package cn.jingshu.metering.limit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How long an answer of Redis is waited for; a simulation has time of its own. */
@FunctionalInterface
interface LimitTime {
    LimitTime SYSTEM = (wait, answer) -> {
        var _ = answer.orTimeout(wait.toNanos(), TimeUnit.NANOSECONDS);
    };

    /** Fails {@code answer} with a {@link TimeoutException} after {@code wait}, unless it has come by then. */
    void failAfter(Duration wait, CompletableFuture<?> answer);
}
