package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.RateLimitFields;
import cn.jingshu.marketplace.gate.Admission;
import io.netty.handler.codec.http.HttpHeaders;

/** The rate-limit fields as HTTP headers. */
final class RateLimitHeaders {
    private RateLimitHeaders() {}

    static void set(HttpHeaders headers, Admission.Admitted admitted) {
        headers.set("RateLimit-Policy", RateLimitFields.policy(admitted));
        headers.set("RateLimit", RateLimitFields.state(admitted));
    }
}
