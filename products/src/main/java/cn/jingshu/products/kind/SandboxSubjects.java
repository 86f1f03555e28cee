package cn.jingshu.products.kind;

import cn.jingshu.products.kind.Declaration.Field;
import cn.jingshu.products.kind.Declaration.Op;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The documented test subjects of the sandbox, for declared products: one is slow, one fails. */
public final class SandboxSubjects {
    private SandboxSubjects() {}

    /** The answer to a sandbox call as the test subject wants it; to any other call {@code answer} itself. */
    public static <A extends Message> CompletionStage<Answer<A>> of(
            CallFacts facts, Op op, Message request, Supplier<CompletionStage<Answer<A>>> answer) {
        if (facts.sandbox()) {
            Optional<TestSubject> subject = subjectOf(op, request);
            if (subject.filter(TestSubject.ERROR::equals).isPresent()) {
                return CompletableFuture.completedFuture(new Answer.Refused<>(Answer.Fault.SOURCE_UNAVAILABLE, "沙箱:数据来源不可用",
                        "sandbox: the source is away", List.of()));
            }
            if (subject.filter(TestSubject.SLOW::equals).isPresent()) {
                return CompletableFuture.supplyAsync(answer, CompletableFuture.delayedExecutor(TestSubject.SLOW_MILLIS, TimeUnit.MILLISECONDS))
                        .thenCompose(stage -> stage);
            }
        }
        return answer.get();
    }

    /** The test subject a request asks about; empty: none of them. */
    public static Optional<TestSubject> subjectOf(Op op, Message request) {
        for (Field parameter : op.parameters()) {
            if (parameter.subject() && parameter.type() == FieldType.STRING && !parameter.repeated()) {
                FieldDescriptor field = request.getDescriptorForType().findFieldByName(parameter.name());
                Optional<TestSubject> subject = TestSubject.of((String) request.getField(field));
                if (subject.isPresent()) {
                    return subject;
                }
            }
        }
        return Optional.empty();
    }
}
