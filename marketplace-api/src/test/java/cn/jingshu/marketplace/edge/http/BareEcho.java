package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.RouteMatch;
import cn.jingshu.products.contract.Transcoder;
import cn.jingshu.products.echo.v1.EchoRequest;
import cn.jingshu.products.spi.Answer;
import cn.jingshu.products.spi.CallFacts;
import cn.jingshu.products.spi.Operation;
import com.google.protobuf.Message;
import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Requires;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import jakarta.inject.Singleton;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The same server with nothing to do: {@code GET /benchmark/bare} answers the very bytes of the echo product from the
 * place in the connection where product calls are answered, without key, limit, quota, contract or record; of the headers
 * only those are missing that come of these. Only in the load form of the server.
 */
@Primary
@Singleton
@Requires(property = "benchmark.bare", value = "true")
final class BareEcho implements RestHandler {
    private static final String PATH = "/benchmark/bare";

    private final RestEdge products;
    private final byte[] answer;
    private final String etag;

    BareEcho(RestEdge products, Contracts contracts) {
        this.products = products;
        this.answer = answerOf(contracts);
        this.etag = Validators.etagOf(answer);
    }

    @SuppressWarnings("unchecked") // The contract of the route takes this request type.
    private static byte[] answerOf(Contracts contracts) {
        if (!(contracts.routes().match("GET", "/v1/echo") instanceof RouteMatch.Matched echo)) {
            throw new IllegalStateException("the echo product is not there");
        }
        Operation.Unary<Message, Message> operation =
                (Operation.Unary<Message, Message>) contracts.operation(echo.method());
        Answer<? extends Message> answer = operation.handler()
                .answer(new CallFacts(Instant.EPOCH, "bare", false), EchoRequest.getDefaultInstance())
                .toCompletableFuture()
                .join();
        if (!(answer instanceof Answer.Found<? extends Message> found)) {
            throw new IllegalStateException("the echo product answers nothing: " + answer);
        }
        return Transcoder.write(echo.method(), found.message()).bytes();
    }

    @Override
    public boolean owns(String rawPath) {
        return rawPath.equals(PATH) || products.owns(rawPath);
    }

    @Override
    public void handle(HttpExchange exchange) {
        if (!exchange.rawPath().equals(PATH)) {
            products.handle(exchange);
            return;
        }
        HttpHeaders headers = RestEdge.common(exchange, RequestIds.accept(exchange.headers().get("X-Request-Id")));
        RestEdge.validators(headers, etag);
        headers.add(HttpHeaderNames.CONTENT_TYPE, "application/json");
        exchange.respond(200, headers, answer);
    }

    @Override
    public void refuse(HttpExchange exchange, int status, @Nullable String reason) {
        products.refuse(exchange, status, reason);
    }
}
