package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.edge.RateLimitFields;
import cn.jingshu.marketplace.gate.LimitFacts;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/** The rate-limit fields as HTTP headers. */
final class RateLimitHeaders {
    private RateLimitHeaders() {}

    private static final AsciiString POLICY = AsciiString.cached("RateLimit-Policy");
    private static final AsciiString STATE = AsciiString.cached("RateLimit");

    /** Adds the fields to the head of an answer. */
    static void add(AnswerHead head, LimitFacts limits) {
        head.field("RateLimit-Policy: ", RateLimitFields.policy(limits));
        RateLimitFields.writeState(limits, head.begin("RateLimit: "));
        head.end();
    }

    /** Adds the fields to headers that have none yet. */
    static void add(HttpHeaders headers, LimitFacts limits) {
        headers.add(POLICY, RateLimitFields.policy(limits));
        headers.add(STATE, RateLimitFields.state(limits));
    }
}
