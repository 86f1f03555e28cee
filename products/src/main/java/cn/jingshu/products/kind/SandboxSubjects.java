package cn.jingshu.products.kind;

import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.ExampleAnswers;
import cn.jingshu.products.sandbox.SandboxCalls;
import cn.jingshu.products.sandbox.TestSubject;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The documented test subjects of the sandbox, for declared products, whatever edge their contract was written for: any text of a request may be one, also
 * of a list or within a message, be it the number of a person, of an enterprise or of a thing.
 */
public final class SandboxSubjects {
    private SandboxSubjects() {}

    /** The answer to a sandbox call as the test subject wants it, who may be slow or fail; to any other call {@code answer} itself. */
    public static <A extends Message> CompletionStage<Answer<A>> of(CallFacts facts, Message request, Supplier<CompletionStage<Answer<A>>> answer) {
        String identifier = subjectOf(request).map(subject -> subject.person().number()).orElse("");
        return SandboxCalls.of(facts, identifier, answer);
    }

    /** The contract's example as the test subject of a request wants it; empty: nothing is known of the subject. */
    public static Optional<Message> exampleOf(ContractMethod method, Message request) {
        Optional<TestSubject> subject = subjectOf(request);
        if (subject.filter(TestSubject.NOT_FOUND::equals).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(subject.filter(TestSubject.REFER::equals).isPresent() ? ExampleAnswers.whereReferred(method) : ExampleAnswers.of(method));
    }

    /** The test subject a request names: the first of its texts, lists and inner messages too; NOT_FOUND only where every one it names is. */
    public static Optional<TestSubject> subjectOf(Message request) {
        List<TestSubject> named = new ArrayList<>();
        collect(request, named);
        return named.stream().filter(subject -> subject != TestSubject.NOT_FOUND).findFirst().or(() -> named.stream().findFirst());
    }

    private static void collect(Object value, List<TestSubject> named) {
        switch (value) {
            case String text -> TestSubject.of(text).ifPresent(named::add);
            case List<?> several -> several.forEach(each -> collect(each, named));
            case Message message -> message.getAllFields().values().forEach(each -> collect(each, named));
            default -> { } // numbers and the like name nobody
        }
    }
}
