package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.LimitFact;
import cn.jingshu.marketplace.gate.LimitFacts;

/**
 * {@code RateLimit-Policy} and {@code RateLimit} as structured fields.
 *
 * @see "draft-ietf-httpapi-ratelimit-headers, syntax of the editors' copy of 2025-09"
 */
public final class RateLimitFields {
    private RateLimitFields() {}

    /**
     * {@code "rate";q=200;w=1, "month";q=1000000;w=2592000}: what is allowed, and in which window in seconds; a limit
     * without a window counts what is open at one time.
     */
    public static String policy(LimitFacts limits) {
        StringBuilder field = new StringBuilder(64);
        for (LimitFact limit : limits.list()) {
            begin(field, limit).append(";q=").append(limit.quota());
            if (limit.windowSeconds() == 0) {
                field.append(";qu=\"concurrent-requests\"");
            } else {
                field.append(";w=").append(limit.windowSeconds());
            }
        }
        return field.toString();
    }

    /**
     * {@code "rate";r=199;t=1, "month";r=999999;t=600000}: what is left, and seconds until it is whole again, or until
     * the next call passes where nothing is left. A limit of which this is not known is left out.
     */
    public static String state(LimitFacts limits) {
        StringBuilder field = new StringBuilder(64);
        for (LimitFact limit : limits.list()) {
            Long remaining = limit.remaining();
            if (remaining != null) {
                begin(field, limit).append(";r=").append(remaining.longValue());
                if (limit.resetSeconds() != 0) {
                    field.append(";t=").append(limit.resetSeconds());
                }
            }
        }
        return field.toString();
    }

    private static StringBuilder begin(StringBuilder field, LimitFact limit) {
        return field.append(field.isEmpty() ? "\"" : ", \"").append(limit.kind().policy()).append('"');
    }
}
