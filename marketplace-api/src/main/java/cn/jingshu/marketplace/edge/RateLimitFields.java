package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Admission;

/**
 * {@code RateLimit-Policy} and {@code RateLimit} as structured fields.
 *
 * @see "draft-ietf-httpapi-ratelimit-headers, syntax of the editors' copy of 2025-09"
 */
public final class RateLimitFields {
    private RateLimitFields() {}

    /** {@code "rate";q=200;w=1, "month";q=1000000;w=2592000}: what is allowed, and in which window in seconds. */
    public static String policy(Admission.Admitted admitted) {
        return "\"rate\";q=" + admitted.limit().capacity() + ";w="
                + Math.max(1, admitted.limit().period().toSeconds())
                + ", \"month\";q=" + admitted.limit().monthlyQuota() + ";w=" + admitted.limit().monthSeconds();
    }

    /** {@code "rate";r=199;t=1, "month";r=999999;t=600000}: what is left, and seconds until it is whole again. */
    public static String state(Admission.Admitted admitted) {
        return "\"rate\";r=" + admitted.limit().remaining() + ";t=" + admitted.limit().resetSeconds()
                + ", \"month\";r=" + admitted.limit().monthRemaining() + ";t=" + admitted.limit().monthResetSeconds();
    }
}
