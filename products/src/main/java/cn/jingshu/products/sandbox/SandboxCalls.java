package cn.jingshu.products.sandbox;

import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** What happens to sandbox calls about {@link TestSubject#SLOW} and {@link TestSubject#ERROR}, the same in every product. */
public final class SandboxCalls {
    private SandboxCalls() {}

    /**
     * The usual answer, but for a sandbox call about SLOW: held back for {@link TestSubject#SLOW_MILLIS}, and about ERROR: the
     * source is away. No thread waits.
     *
     * @param identifier of the person or enterprise asked about
     */
    public static <A extends Message> CompletionStage<Answer<A>> of(
            CallFacts facts, String identifier, Supplier<CompletionStage<Answer<A>>> usual) {
        if (!facts.sandbox()) {
            return usual.get();
        }
        TestSubject subject = TestSubject.of(identifier).orElse(TestSubject.APPROVE); // anyone else is answered as usual too
        return switch (subject) {
            case APPROVE, REFER, NOT_FOUND -> usual.get();
            case SLOW -> CompletableFuture.supplyAsync(
                            usual, CompletableFuture.delayedExecutor(TestSubject.SLOW_MILLIS, TimeUnit.MILLISECONDS))
                    .thenCompose(Function.identity());
            case ERROR -> CompletableFuture.completedFuture(new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE,
                    "数据源暂不可用(沙箱测试对象)。", "The source is away (a test subject of the sandbox).", List.of()));
        };
    }
}
