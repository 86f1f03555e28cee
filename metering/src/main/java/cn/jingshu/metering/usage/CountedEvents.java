package cn.jingshu.metering.usage;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The events that count units of one kind: those of a subscription for which everything given holds. Test keys and events
 * without units are left out.
 *
 * @param windows they occurred in one of these; they do not overlap
 * @param ranges their place in their node's journal is in one of these
 * @param without these are left out
 */
public record CountedEvents(
        UUID subscriptionId,
        String product,
        String operation,
        String purposeClass,
        String unit,
        List<Window> windows,
        List<JournalRange> ranges,
        Set<UUID> without) {
    public CountedEvents {
        windows = List.copyOf(windows);
        ranges = List.copyOf(ranges);
        without = Set.copyOf(without);
    }

    /** A stretch of time, {@code [from, to)}. */
    public record Window(Instant from, Instant to) {}
}
