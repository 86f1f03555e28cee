package cn.jingshu.metering.usage;

import java.time.Instant;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/**
 * Usage events that one transaction took from a node's journal into PostgreSQL.
 *
 * @param number of the batch among the node's, from 1 without a gap
 * @param firstSequence the place of its first event in the journal; the batch before ends there
 * @param nextSequence the place behind its last
 * @param events stored by it; fewer than places where an event had been stored before
 * @param shippedAt in whole microseconds
 * @param contentSha256 64 hexadecimal digits over the stored events, each as {@code EventBytes} writes it, in their order
 * @param earliestMonth of its events outside the sandbox; null: it has none, or was shipped before sums were kept
 * @param sumsSha256 64 hexadecimal digits over what these events add up to ({@code metering.usage_batch.sums}); null: shipped before sums were kept
 */
public record ShippedBatch(
        String nodeId,
        long number,
        long firstSequence,
        long nextSequence,
        long events,
        Instant shippedAt,
        String contentSha256,
        @Nullable YearMonth earliestMonth,
        @Nullable String sumsSha256) {}
