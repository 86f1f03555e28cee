package cn.jingshu.marketplace.source;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens a file within a time. Whoever puts a pipe in place of a file between a look and the opening would hold its reader for as long as nobody writes
 * into it; Java opens nothing without waiting. So the opening waits on a thread of its own, which ends with it and keeps no process alive.
 */
final class BoundedOpen {
    private BoundedOpen() {}

    /**
     * What was opened; empty: it took longer.
     *
     * @throws IOException what the opening failed with
     */
    static Optional<InputStream> open(Callable<InputStream> opening, Duration most) throws IOException {
        CompletableFuture<InputStream> opened = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("open-file").start(() -> {
            try {
                InputStream in = opening.call();
                if (!opened.complete(in)) {
                    in.close(); // nobody waits for it any more
                }
            } catch (Exception failed) { // whatever it is, who waits hears of it
                opened.completeExceptionally(failed);
            }
        });
        try {
            return Optional.of(opened.get(most.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            return opened.completeExceptionally(late) ? Optional.empty() : Optional.of(opened.join());
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException cannot) {
                throw cannot;
            }
            throw new CompletionException(failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            opened.completeExceptionally(stopped);
            return Optional.empty();
        }
    }
}
