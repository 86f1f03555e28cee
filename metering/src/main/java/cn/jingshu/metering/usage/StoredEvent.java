package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.UsageEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A usage event as PostgreSQL holds it, or is about to.
 *
 * @param sequence its place in its node's journal, from 1
 * @param receivedAt when the meter stored it; null: it is recorded in its node's journal and not stored yet
 */
public record StoredEvent(UsageEvent event, long sequence, @Nullable Instant receivedAt) {
    /** Whether it is only recorded: it will be stored, and no bill counts it before. */
    public boolean isProvisional() {
        return receivedAt == null;
    }
}
