package cn.jingshu.metering.journal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a journal stands at one moment.
 *
 * @param appendedEvents sequence of the last durable event, zero if there is none
 * @param unshippedEvents durable events not known to be in PostgreSQL; counts all of them until the first shipping
 * @param waitingBytes bytes not yet written
 * @param fileBytes length of all segments together
 * @param oldestUnshippedAt when the oldest unshipped event was written, to about a second; empty if there is none
 * @param fault why appends fail; empty while they succeed
 */
public record JournalStats(
        long appendedEvents,
        long unshippedEvents,
        int waitingBytes,
        long fileBytes,
        int segments,
        Optional<Instant> oldestUnshippedAt,
        Optional<String> fault) {

    /** How long the oldest unshipped event has waited at {@code now}; zero if there is none. */
    public Duration lagAt(Instant now) {
        return oldestUnshippedAt
                .map(oldest -> Duration.between(oldest, now))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
    }
}
