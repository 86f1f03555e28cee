package cn.jingshu.marketplace.edge.http;

import org.jspecify.annotations.Nullable;

/** Answers exchanges. Called on the event loop: it never blocks. */
interface RestHandler {
    /** Whether the path belongs to a product; everything else goes on to the framework's router. */
    boolean owns(String rawPath);

    void handle(HttpExchange exchange);

    /**
     * Answers a request that is not taken on: it cannot be read as HTTP allows (too large a body, header or line, or
     * malformed), it does not arrive in time, or the node is stopping.
     *
     * @param status the status to answer with: 400, 408, 413, 414, 431 or 503
     * @param reason what was wrong, for a person; null: nothing to add
     */
    void refuse(HttpExchange exchange, int status, @Nullable String reason);
}
