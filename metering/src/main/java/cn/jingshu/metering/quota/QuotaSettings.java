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
 * @param returnIdleAfter what nobody took from for so long goes back, for other nodes to use, all but a reserve
 * @param reserveUnits most units that stay for the time when PostgreSQL cannot be asked, and never more than the fraction
 *     1/shrink of what no node has leased, so that near the limit nothing is withheld from other nodes; zero: none
 * @param keepReserveFor a reserve nobody took from for so long goes back too; at least {@code returnIdleAfter}
 */
public record QuotaSettings(
        long blockUnits,
        int shrink,
        Duration answerWithin,
        Duration recheckAfter,
        Duration retryAfter,
        Duration returnIdleAfter,
        long reserveUnits,
        Duration keepReserveFor) {
    public QuotaSettings {
        if (blockUnits < 1 || blockUnits > 1_000_000 || shrink < 1 || shrink > 1_000) {
            throw new IllegalArgumentException("blockUnits " + blockUnits + " must be 1 to 1,000,000, shrink " + shrink
                    + " 1 to 1,000");
        }
        if (!answerWithin.isPositive() || recheckAfter.isNegative() || retryAfter.isNegative()
                || !returnIdleAfter.isPositive()) {
            throw new IllegalArgumentException("answerWithin and returnIdleAfter must be above zero, the others not below");
        }
        if (reserveUnits < 0 || reserveUnits > blockUnits || keepReserveFor.compareTo(returnIdleAfter) < 0) {
            throw new IllegalArgumentException("reserveUnits " + reserveUnits + " must be 0 to blockUnits " + blockUnits
                    + ", keepReserveFor " + keepReserveFor + " at least returnIdleAfter " + returnIdleAfter);
        }
    }

    /**
     * Blocks of 1,000, an eighth of the rest; 2 s to answer, 200 ms between looks, idle leases back after 10 s but for 100
     * units, which stay for an hour.
     */
    public static final QuotaSettings USUAL = new QuotaSettings(
            1_000,
            8,
            Duration.ofSeconds(2),
            Duration.ofMillis(200),
            Duration.ofMillis(250),
            Duration.ofSeconds(10),
            100,
            Duration.ofHours(1));

    /** As {@link #USUAL}, in thousandths of a fen: blocks of 10 yuan, a reserve of 1 yuan. */
    public static final QuotaSettings BUDGETS = new QuotaSettings(
            1_000_000,
            USUAL.shrink(),
            USUAL.answerWithin(),
            USUAL.recheckAfter(),
            USUAL.retryAfter(),
            USUAL.returnIdleAfter(),
            100_000,
            USUAL.keepReserveFor());
}
