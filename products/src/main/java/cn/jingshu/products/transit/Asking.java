package cn.jingshu.products.transit;

import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.Answer.Fault;
import cn.jingshu.products.spi.Answer.Violation;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Makes an operation of a method that answers at once from memory, after the request was held against its bounds. */
final class Asking {
    private Asking() {}

    static <Q extends Message, A extends Message> Operation unary(
            String method, Q prototype, Function<CallFacts, World> worlds, BiFunction<World, Q, Answer<A>> answers) {
        return new Operation.Unary<Q, A>(method, prototype, (facts, request) -> answer(worlds.apply(facts), request, answers));
    }

    static <Q extends Message, A extends Message> CompletionStage<Answer<A>> answer(World world, Q request, BiFunction<World, Q, Answer<A>> answers) {
        List<Violation> violations = ContractBounds.violations(request);
        return CompletableFuture.completedFuture(violations.isEmpty() ? answers.apply(world, request)
                : new Answer.Refused<>(Fault.INVALID_REQUEST, violations.getFirst().zh(), violations.getFirst().en(), violations));
    }
}
