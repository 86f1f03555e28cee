package cn.jingshu.metering.usage;

import java.time.Instant;
import java.util.Optional;

/**
 * How live the totals are: everything a node recorded before its journal was last shipped is in them.
 *
 * @param shippedAt when any node's journal was last shipped; empty if none ever was
 * @param lastOccurredAt moment of the youngest event shipped last by a node
 */
public record Freshness(Optional<Instant> shippedAt, Optional<Instant> lastOccurredAt) {}
