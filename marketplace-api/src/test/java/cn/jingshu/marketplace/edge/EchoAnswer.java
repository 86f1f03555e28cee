package cn.jingshu.marketplace.edge;

import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.echo.v1.EchoRequest;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Message;
import java.time.Instant;

/**
 * What the echo product answers, for the bare handlers of the load form.
 *
 * @param method the contract's method
 */
public record EchoAnswer(ContractMethod method, Message message) {
    @SuppressWarnings("unchecked") // The contract of the route takes this request type.
    public static EchoAnswer of(Contracts contracts) {
        if (!(contracts.routes().match("GET", "/v1/echo") instanceof RouteMatch.Matched echo)) {
            throw new IllegalStateException("the echo product is not there");
        }
        Operation.Unary<Message, Message> operation =
                (Operation.Unary<Message, Message>) contracts.operation(echo.method());
        Answer<? extends Message> answer = operation.handler()
                .answer(new CallFacts(Instant.EPOCH, "bare", false, CallerRef.MARKET), EchoRequest.getDefaultInstance())
                .toCompletableFuture()
                .join();
        if (!(answer instanceof Answer.Found<? extends Message> found)) {
            throw new IllegalStateException("the echo product answers nothing: " + answer);
        }
        return new EchoAnswer(echo.method(), found.message());
    }
}
