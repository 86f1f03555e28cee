package cn.jingshu.metering.quota;

import java.time.Instant;

/** The answer to one wish for units of a quota. */
public sealed interface QuotaDecision {
    /**
     * The units are the caller's.
     *
     * @param remaining units left of the limit as far as this node knows: what other nodes hold counts as used
     */
    record Taken(long remaining) implements QuotaDecision {}

    /**
     * Not so many units are left; none was taken (配额用尽).
     *
     * @param resetsAt when the next billing period begins
     * @param remaining units left of the limit as far as this node knows, fewer than were wished for
     */
    record Exhausted(Instant resetsAt, long remaining) implements QuotaDecision {}

    /** PostgreSQL, which knows, did not answer in time and no lease is left; the gate decides whom it lets through. */
    record Unavailable() implements QuotaDecision {}
}
