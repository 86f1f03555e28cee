package cn.jingshu.products.echo;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.Payload;
import cn.jingshu.products.contract.RequestReading;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.CallerRef;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Message;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EchoProductTest {
    @Test
    void getEchoAnswersExactly202Bytes() {
        var contracts = Contracts.of(List.of(new EchoProduct()));
        var matched = (RouteMatch.Matched) contracts.routes().match("GET", "/v1/echo");
        var read = (RequestReading.Read) Transcoder.read(matched, "", new byte[0]);
        var facts = new CallFacts(Instant.parse("2026-11-01T00:00:00Z"), "r1", false, CallerRef.MARKET);
        var answer = answer((Operation.Unary<?, ?>) contracts.operation(matched.method()), facts, read.request());

        Payload payload = Transcoder.write(matched.method(), answer);
        assertThat(payload.contentType()).isEqualTo("application/json");
        assertThat(payload.bytes()).hasSize(202);
        assertThat(payload.bytes())
                .asString()
                .startsWith("{\"product\":\"echo\",\"message\":\"Jingshu answers: key, network and meter work.\"");
    }

    private static <Q extends Message, A extends Message> Message answer(
            Operation.Unary<Q, A> operation, CallFacts facts, Message request) {
        @SuppressWarnings("unchecked") // the contract was checked: requests are built from the operation's own prototype
        Q own = (Q) request;
        var answer = operation.handler().answer(facts, own).toCompletableFuture().join();
        return ((Answer.Found<A>) answer).message();
    }
}
