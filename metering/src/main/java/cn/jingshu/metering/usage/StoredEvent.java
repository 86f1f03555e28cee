package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.UsageEvent;
import java.time.Instant;

/**
 * A usage event as PostgreSQL holds it.
 *
 * @param sequence its place in its node's journal, from 1
 * @param receivedAt when the meter stored it
 */
public record StoredEvent(UsageEvent event, long sequence, Instant receivedAt) {}
