package cn.jingshu.metering.usage;

import java.time.Instant;
import java.util.Optional;

/**
 * How many events of a node PostgreSQL should hold and does.
 *
 * @param shippedFrames journal frames behind the node's committed position
 * @param repeatedFrames of these, frames whose event was stored before
 * @param storedEvents events found in the table
 * @param lastOccurredAt moment of the event shipped last; empty if none was
 * @param shippedAt when the position last moved
 */
public record NodeCount(
        String nodeId,
        long shippedFrames,
        long repeatedFrames,
        long storedEvents,
        Optional<Instant> lastOccurredAt,
        Instant shippedAt) {

    /** True if every frame shipped is stored once. */
    public boolean agrees() {
        return shippedFrames - repeatedFrames == storedEvents;
    }
}
