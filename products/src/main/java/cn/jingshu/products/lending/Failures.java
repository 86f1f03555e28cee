package cn.jingshu.products.lending;

import cn.jingshu.products.domain.DomainException;
import cn.jingshu.products.spi.Answer;
import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What becomes of a failed reading: a source that is away is said so, a refusal is answered, all else is an internal error. */
final class Failures {
    private Failures() {}

    static <A extends Message> Answer<A> answer(@Nullable Throwable failure, Supplier<Answer<A>> good) {
        if (failure == null) {
            return good.get();
        }
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RefusedException refused) {
            return refused.answer();
        }
        if (cause instanceof DomainException fault) {
            return switch (fault.reason()) {
                case NOT_GRANTED, TOO_SLOW, UNAVAILABLE, CONFLICT -> new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE,
                        "数据源暂不可用,请稍后再试。", "The source of the data is away; try again later.", List.of());
                case BROKEN_STATEMENT -> throw fault;
            };
        }
        throw cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
    }
}
