package cn.jingshu.metering.usage;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Events that count units together: those of a subscription for which everything given holds. Test keys and events without
 * units are left out.
 *
 * @param unit empty: any
 * @param windows their operation, and when they occurred, are those of one of these; no two of an operation overlap
 * @param ranges their place in their node's journal is in one of these
 * @param without these are left out
 */
public record CountedEvents(
        UUID subscriptionId,
        String product,
        String purposeClass,
        Optional<String> unit,
        List<Window> windows,
        List<JournalRange> ranges,
        Set<UUID> without) {
    public CountedEvents {
        windows = List.copyOf(windows);
        ranges = List.copyOf(ranges);
        without = Set.copyOf(without);
    }

    /** A stretch of time, {@code [from, to)}, of one operation. */
    public record Window(String operation, Instant from, Instant to) {
        public boolean contains(String asked, Instant moment) {
            return operation.equals(asked) && !moment.isBefore(from) && moment.isBefore(to);
        }
    }

    /** The first moment of any window; there is one. */
    Instant from() {
        return windows.stream().map(Window::from).min(Comparator.naturalOrder()).orElseThrow();
    }

    /** The end of the last window; there is one. */
    Instant to() {
        return windows.stream().map(Window::to).max(Comparator.naturalOrder()).orElseThrow();
    }
}
