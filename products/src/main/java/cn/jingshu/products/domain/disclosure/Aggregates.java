package cn.jingshu.products.domain.disclosure;

import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Message;
import java.util.concurrent.CompletionStage;

/**
 * Makes operations that answer aggregates. Each call is given a {@link Disclosure}, and what it found leaves only if the call has
 * asked that: a product that forgets its guards answers nothing at all. A contract whose operation says {@code aggregate} is not
 * served with an operation made otherwise.
 */
public final class Aggregates {
    private final SmallCells cells;
    private final DifferencingGuard guard;

    /** Operations that share these guards. */
    public Aggregates(SmallCells cells, DifferencingGuard guard) {
        this.cells = cells;
        this.guard = guard;
    }

    /** With the usual threshold and window. */
    public Aggregates() {
        this(new SmallCells(), new DifferencingGuard());
    }

    /** How an aggregate is answered. */
    @FunctionalInterface
    public interface Work<Q extends Message, A extends Message> {
        /** @param disclosure what may be told in this call, by whose leave alone something is */
        CompletionStage<Answer<A>> answer(CallFacts facts, Q request, Disclosure disclosure);
    }

    /** The operation of {@code method}. */
    public <Q extends Message, A extends Message> Operation operation(String method, Q requestPrototype, Work<Q, A> work) {
        return new Operation.Unary<>(method, requestPrototype, new Guarded<>(method, cells, guard, work));
    }

    private record Guarded<Q extends Message, A extends Message>(
            String method, SmallCells cells, DifferencingGuard guard, Work<Q, A> work) implements Operation.AggregateHandler<Q, A> {
        @Override
        public CompletionStage<Answer<A>> answer(CallFacts facts, Q request) {
            Disclosure disclosure = new Disclosure(cells, guard, facts);
            return work.answer(facts, request, disclosure).thenApply(answer -> {
                if (answer instanceof Answer.Found<A> && !disclosure.isAsked()) {
                    throw new IllegalStateException(method + " would answer an aggregate past its guards");
                }
                return answer;
            });
        }
    }
}
