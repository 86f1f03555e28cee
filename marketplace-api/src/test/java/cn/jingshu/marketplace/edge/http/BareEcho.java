package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.EchoAnswer;
import cn.jingshu.marketplace.edge.RequestIds;
import cn.jingshu.products.contract.Contracts;
import cn.jingshu.products.contract.Transcoder;
import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * The same server with nothing to do: {@code GET /benchmark/bare} answers the very bytes of the echo product from the
 * place in the connection where product calls are answered, without key, limit, quota, contract or record; of the headers
 * only those are missing that come of these; the head and the body are written as those of a product are. Only in the load form of the server.
 */
@Primary
@Singleton
@Requires(property = "benchmark.bare", value = "true")
final class BareEcho implements RestHandler {
    private static final String PATH = "/benchmark/bare";
    /** As long as a product's. */
    private static final String ETAG = "\"AAAAAAAAAAAAAAAA\"";

    private final RestEdge products;
    private final byte[] answer;

    BareEcho(RestEdge products, Contracts contracts) {
        this.products = products;
        EchoAnswer echo = EchoAnswer.of(contracts);
        this.answer = Transcoder.write(echo.method(), echo.message()).bytes();
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
        AnswerHead head = AnswerHead.to(exchange.headers(), RequestIds.accept(exchange.headers().get("X-Request-Id")));
        exchange.respond(200, head.field("etag: ", ETAG).field("content-type: ", "application/json"), answer);
    }

    @Override
    public void refuse(HttpExchange exchange, int status, @Nullable String reason) {
        products.refuse(exchange, status, reason);
    }
}
