package cn.jingshu.marketplace.gate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Steps of a call that are mostly complete at once. */
public final class Stages {
    private Stages() {}

    /**
     * As {@code stage.thenCompose(next)}, without a stage in between where {@code stage} is complete already: on the way of
     * a call nearly every step is.
     */
    public static <T, R> CompletionStage<R> then(CompletionStage<T> stage, Function<? super T, ? extends CompletionStage<R>> next) {
        return isThere(stage) ? next.apply(stage.toCompletableFuture().resultNow()) : stage.thenCompose(next);
    }

    /** Whether the stage has a result one can have at once; a stage that does not tell has none. */
    public static boolean isThere(CompletionStage<?> stage) {
        // Subclasses, such as the stages of completedStage(), may refuse to be asked.
        return stage.getClass() == CompletableFuture.class
                && stage.toCompletableFuture().state() == Future.State.SUCCESS;
    }
}
