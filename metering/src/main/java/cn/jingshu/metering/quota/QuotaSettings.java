package cn.jingshu.metering.quota;

import java.time.Duration;

/**
 * How units are leased.
 *
 * @param blockUnits units of a lease far from the limit
 * @param shrink a lease is at most this fraction, 1/shrink, of what is left, but never less than one call needs
 * @param answerWithin how long a call waits for a lease before it is answered {@code Unavailable}
 * @param recheckAfter how long "exhausted" is believed without asking PostgreSQL again at the same limit
 * @param retryAfter how long PostgreSQL is left alone after it failed
 * @param returnIdleAfter a lease nobody took from for so long goes back, for other nodes to use
 */
public record QuotaSettings(
        long blockUnits,
        int shrink,
        Duration answerWithin,
        Duration recheckAfter,
        Duration retryAfter,
        Duration returnIdleAfter) {
    public QuotaSettings {
        if (blockUnits < 1 || blockUnits > 1_000_000 || shrink < 1 || shrink > 1_000) {
            throw new IllegalArgumentException("blockUnits " + blockUnits + " must be 1 to 1,000,000, shrink " + shrink
                    + " 1 to 1,000");
        }
        if (!answerWithin.isPositive() || recheckAfter.isNegative() || retryAfter.isNegative()
                || !returnIdleAfter.isPositive()) {
            throw new IllegalArgumentException("answerWithin and returnIdleAfter must be above zero, the others not below");
        }
    }

    /** Blocks of 1,000, an eighth of the rest; 2 s to answer, 200 ms between looks, idle leases back after 10 s. */
    public static final QuotaSettings USUAL = new QuotaSettings(
            1_000,
            8,
            Duration.ofSeconds(2),
            Duration.ofMillis(200),
            Duration.ofMillis(250),
            Duration.ofSeconds(10));
}
