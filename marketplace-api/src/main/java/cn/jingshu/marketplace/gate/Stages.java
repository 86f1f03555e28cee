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
        if (stage instanceof CompletableFuture<T> future && future.state() == Future.State.SUCCESS) {
            return next.apply(future.resultNow());
        }
        return stage.thenCompose(next);
    }
}
