package cn.jingshu.metering.journal;

import java.time.Instant;

/**
 * What a node recorded and has not shipped, added up.
 *
 * @param fromSequence how far the journal is shipped: the first place that is in the sums
 * @param nextSequence the first place that is not; equal to {@code fromSequence}: nothing is
 * @param recordedUntil by the node's clock: what was recorded before is shipped or in the sums
 * @param totals the sums of exactly {@code [fromSequence, nextSequence)}
 */
record Unshipped(String nodeId, long fromSequence, long nextSequence, Instant recordedUntil, HourTotals totals) {}
