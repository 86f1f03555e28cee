package cn.jingshu.metering.usage;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A page of events, the youngest first.
 *
 * @param next where the following page begins; empty: this is the last one
 */
public record EventPage(List<StoredEvent> events, Optional<Cursor> next) {
    public EventPage {
        events = List.copyOf(events);
    }

    /** The event a page ended with; the next page holds what happened before it. */
    public record Cursor(Instant occurredAt, UUID eventId) {}
}
