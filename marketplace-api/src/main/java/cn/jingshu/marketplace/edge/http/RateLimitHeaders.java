package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.RateLimitFields;
import cn.jingshu.marketplace.gate.LimitFacts;
import io.netty.handler.codec.http.HttpHeaders;

/** The rate-limit fields as HTTP headers. */
final class RateLimitHeaders {
    private RateLimitHeaders() {}

    static void set(HttpHeaders headers, LimitFacts limits) {
        headers.set("RateLimit-Policy", RateLimitFields.policy(limits));
        headers.set("RateLimit", RateLimitFields.state(limits));
    }
}
