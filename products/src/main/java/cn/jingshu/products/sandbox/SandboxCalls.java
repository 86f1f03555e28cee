package cn.jingshu.products.sandbox;

import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What every product does alike for the test subjects of the sandbox. */
public final class SandboxCalls {
    private SandboxCalls() {}

    /**
     * The answer about {@code identifier}. In the sandbox that of {@link TestSubject#SLOW} is held back without holding a thread,
     * and that of {@link TestSubject#ERROR} is a source that is away; everything else is answered by {@code answer}.
     */
    public static <A extends Message> CompletionStage<Answer<A>> of(
            CallFacts facts, String identifier, Supplier<CompletionStage<Answer<A>>> answer) {
        TestSubject subject = facts.sandbox() ? TestSubject.of(identifier).orElse(null) : null;
        if (subject == TestSubject.ERROR) {
            return CompletableFuture.completedFuture(new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE,
                    "沙箱测试主体:数据源不可用", "sandbox test subject: the source is away", List.of()));
        }
        if (subject == TestSubject.SLOW) {
            return CompletableFuture.supplyAsync(answer, CompletableFuture.delayedExecutor(TestSubject.SLOW_MILLIS, TimeUnit.MILLISECONDS))
                    .thenCompose(stage -> stage);
        }
        return answer.get();
    }
}
