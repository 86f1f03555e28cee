package cn.jingshu.products.domain;

import cn.jingshu.products.spi.Answer;
import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** How a product answers when the domain cannot do what it asked. */
public final class DomainAnswers {
    private DomainAnswers() {}

    /**
     * The same stage, in which a source that is away, too slow or not granted has become a refusal that is never billed. A broken
     * statement stays the defect it is, and a conflict is the product's to answer.
     */
    public static <A extends Message> CompletionStage<Answer<A>> refusingWithoutSource(CompletionStage<Answer<A>> stage) {
        return stage.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof DomainException domain) {
                return switch (domain.reason()) {
                    case NOT_GRANTED -> refused("所需公共数据资源当前未获授权。", "A data resource behind this product is not granted now.");
                    case TOO_SLOW, UNAVAILABLE -> refused("数据源暂不可用,请稍后再试。", "The source is away; try again later.");
                    case CONFLICT, BROKEN_STATEMENT -> CompletableFuture.failedFuture(domain);
                };
            }
            return CompletableFuture.failedFuture(cause);
        });
    }

    private static <A extends Message> CompletionStage<Answer<A>> refused(String zh, String en) {
        return CompletableFuture.completedFuture(new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE, zh, en, List.of()));
    }
}
