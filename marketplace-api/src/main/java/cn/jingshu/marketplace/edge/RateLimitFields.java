package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.LimitFact;
import cn.jingshu.marketplace.gate.LimitFacts;
import java.util.stream.Collectors;

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
        return limits.list().stream().map(RateLimitFields::policy).collect(Collectors.joining(", "));
    }

    private static String policy(LimitFact limit) {
        String allowed = "\"" + limit.kind().policy() + "\";q=" + limit.quota();
        return limit.windowSeconds() == 0 ? allowed + ";qu=\"concurrent-requests\"" : allowed + ";w=" + limit.windowSeconds();
    }

    /**
     * {@code "rate";r=199;t=1, "month";r=999999;t=600000}: what is left, and seconds until it is whole again, or until
     * the next call passes where nothing is left. A limit of which this is not known is left out.
     */
    public static String state(LimitFacts limits) {
        return limits.list().stream()
                .filter(limit -> limit.remaining() != null)
                .map(RateLimitFields::state)
                .collect(Collectors.joining(", "));
    }

    private static String state(LimitFact limit) {
        String left = "\"" + limit.kind().policy() + "\";r=" + limit.remaining();
        return limit.resetSeconds() == 0 ? left : left + ";t=" + limit.resetSeconds();
    }
}
