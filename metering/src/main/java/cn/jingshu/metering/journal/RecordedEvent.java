package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.UsageEvent;

/**
 * A usage event as a node's journal holds it.
 *
 * @param sequence its place in the journal, from 1
 */
public record RecordedEvent(UsageEvent event, long sequence) {}
