package cn.jingshu.products.efficacy;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.DomainAnswers;
import cn.jingshu.products.domain.ProductData;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.protobuf.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The answers that several operations give alike. */
final class Answers {
    private Answers() {}

    /** Does the work in the domain; what the domain cannot do is a source that is away, what the work did wrong is not. */
    static <A extends Message> CompletionStage<Answer<A>> within(
            ProductData data, CallFacts facts, Function<DataSession, Answer<A>> work) {
        return DomainAnswers.refusingWithoutSource(data.within(facts, work).exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return cause instanceof TooSimilarException similar
                    ? CompletableFuture.completedFuture(tooSimilar(similar.forgottenAfter()))
                    : CompletableFuture.failedFuture(cause);
        }));
    }

    static <A extends Message> Answer<A> away() {
        return new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE, "数据暂不可用", "the data are not available now", List.of());
    }

    static <A extends Message> Answer<A> noSuchCohort(String field) {
        return new Answer.Refused<>(Answer.Fault.NOT_FOUND, "没有此队列(" + field + ")", "there is no such cohort (" + field + ")", List.of());
    }

    static <A extends Message> Answer<A> tooFew(String field) {
        return Answer.invalid(field, "队列人数低于最小单元格,不作分析", "the cohort is below the least size and is not analysed");
    }

    static <A extends Message> Answer<A> tooSimilar(Duration forgottenAfter) {
        return Answer.limitReached("与贵方此前另一问题的结果相差不足 10 人或并无差别,不予输出",
                "differs from an earlier result of yours by fewer than 10 persons, perhaps by none, and is not answered", forgottenAfter);
    }

    static <A extends Message> Answer<A> found(A message, long rows, Standing standing) {
        return new Answer.Found<>(message, rows, true, standing.stale(), standing.loadedAt());
    }
}
