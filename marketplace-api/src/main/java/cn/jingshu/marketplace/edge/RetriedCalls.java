package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.idempotency.Caller;
import cn.jingshu.marketplace.idempotency.Claim;
import cn.jingshu.marketplace.idempotency.IdempotencyKey;
import cn.jingshu.marketplace.idempotency.StoredCalls;
import cn.jingshu.marketplace.store.DatabaseException;
import com.google.protobuf.ByteString;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stored calls, asked off the event loops. */
@Singleton
final class RetriedCalls {
    private static final Logger LOG = LoggerFactory.getLogger(RetriedCalls.class);

    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final StoredCalls calls;
    private final ExecutorService waiting;
    private final Executor again;

    @Inject
    RetriedCalls(StoredCalls calls, @Named(TaskExecutors.BLOCKING) ExecutorService waiting) {
        this(calls, waiting, CompletableFuture.delayedExecutor(AGAIN.toMillis(), TimeUnit.MILLISECONDS, waiting));
    }

    /** @param again where what failed is tried again, after a while */
    RetriedCalls(StoredCalls calls, ExecutorService waiting, Executor again) {
        this.calls = calls;
        this.waiting = waiting;
        this.again = again;
    }

    /** One call of ours until it is answered or given up. */
    record Run(Caller caller, IdempotencyKey key, Claim.Ours ours) {}

    /** Completes exceptionally with {@link DatabaseException} when the database is away. */
    CompletionStage<Claim> claim(Caller caller, IdempotencyKey key, ByteString requestHash, UUID eventId) {
        return CompletableFuture.supplyAsync(() -> calls.claim(caller, key, requestHash, eventId), waiting);
    }

    /**
     * As {@link #claim}, of a stream. Its claim has no age after which it counts as abandoned, so one of which nobody knows whether it stands is
     * undone as soon as the database can be asked.
     */
    CompletionStage<Claim> claimStream(Caller caller, IdempotencyKey key, ByteString requestHash, UUID eventId) {
        Instant now = calls.now();
        return CompletableFuture.supplyAsync(() -> calls.claimStream(caller, key, requestHash, eventId, now), waiting)
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        untilDone("a claim of a stream that failed", () -> calls.forgetClaim(caller, key, eventId, now));
                    }
                });
    }

    /** As {@link StoredCalls#move}. */
    CompletionStage<Run> move(Run run) {
        return CompletableFuture.supplyAsync(
                () -> new Run(run.caller(), run.key(), calls.move(run.caller(), run.key(), run.ours())), waiting);
    }

    /** The stream has ended. What cannot be said now is said later: until then its key says that it runs. */
    CompletionStage<Void> ended(Run run) {
        return untilDone("the end of a stream", () -> calls.ended(run.caller(), run.key(), run.ours()));
    }

    /** A stream ended before anything of it was recorded: its key is free, now or as soon as that can be said. */
    CompletionStage<Void> giveUpStream(Run run) {
        return untilDone("a stream that was given up", () -> calls.giveUp(run.caller(), run.key(), run.ours()));
    }

    /** Completes after the first try, which may have failed; it is tried again until it succeeds or this node begins another life. */
    private CompletionStage<Void> untilDone(String what, Runnable work) {
        return CompletableFuture.runAsync(work, waiting).exceptionally(failure -> {
            LOG.warn("{} cannot be kept yet", what, failure);
            later(what, work);
            return null;
        });
    }

    private void later(String what, Runnable work) {
        var _ = CompletableFuture.runAsync(work, again).exceptionally(failure -> {
            LOG.debug("{} cannot be kept yet", what, failure);
            later(what, work);
            return null;
        });
    }

    /**
     * Keeps the answer. Where that fails the answer may leave all the same: it is recorded, and a retry runs again under
     * the same event once this run counts as abandoned.
     */
    CompletionStage<Void> answered(Run run, ByteString answer) {
        return CompletableFuture.runAsync(() -> calls.answered(run.caller(), run.key(), run.ours(), answer), waiting)
                .exceptionally(failure -> said("an answer could not be kept for a retry", failure));
    }

    /** As {@link StoredCalls#mayBeRecorded}; where it cannot be asked, it may. */
    CompletionStage<Boolean> mayBeRecorded(Run run) {
        if (!run.ours().takenOver()) {
            return CompletableFuture.completedFuture(false);
        }
        return CompletableFuture.supplyAsync(() -> calls.mayBeRecorded(run.caller(), run.ours()), waiting).exceptionally(failure -> {
            LOG.warn("whether a call that was taken over is recorded cannot be told", failure);
            return true;
        });
    }

    /** Frees the key. Where that fails a retry has to wait until this run counts as abandoned. */
    CompletionStage<Void> giveUp(Run run) {
        return CompletableFuture.runAsync(() -> calls.giveUp(run.caller(), run.key(), run.ours()), waiting)
                .exceptionally(failure -> said("a call that was not answered could not be given up", failure));
    }

    /** As {@link #giveUp}, where this run may have recorded its event all the same. */
    CompletionStage<Void> letGo(Run run) {
        return CompletableFuture.runAsync(() -> calls.letGo(run.caller(), run.key(), run.ours()), waiting)
                .exceptionally(failure -> said("a call that was not answered could not be let go", failure));
    }

    private static Void said(String what, Throwable failure) {
        LOG.warn("{}", what, failure);
        return null;
    }
}
