package cn.jingshu.metering.usage;

import java.time.Instant;

/**
 * Usage events that one transaction took from a node's journal into PostgreSQL.
 *
 * @param number of the batch among the node's, from 1 without a gap
 * @param firstSequence the place of its first event in the journal; the batch before ends there
 * @param nextSequence the place behind its last
 * @param events stored by it; fewer than places where an event had been stored before
 * @param shippedAt in whole microseconds
 * @param contentSha256 64 hexadecimal digits over the stored events, each as {@code EventBytes} writes it, in their order
 */
public record ShippedBatch(
        String nodeId,
        long number,
        long firstSequence,
        long nextSequence,
        long events,
        Instant shippedAt,
        String contentSha256) {}
