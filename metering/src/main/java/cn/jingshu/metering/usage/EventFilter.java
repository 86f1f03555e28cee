package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.Outcome;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which events are asked for: those in {@code [from, to)} for which everything given holds. Without subscriptions
 * all events of the months asked for are read.
 *
 * @param subscriptions empty: of any subscription; so with all that follow
 * @param requestId as the caller saw it in {@code X-Request-Id}
 */
public record EventFilter(
        Instant from,
        Instant to,
        Optional<Set<UUID>> subscriptions,
        Optional<String> product,
        Optional<String> operation,
        Optional<Outcome> outcome,
        Optional<String> requestId) {
    public EventFilter {
        subscriptions = subscriptions.map(Set::copyOf);
    }

    /** All events of a subscription in {@code [from, to)}. */
    public static EventFilter of(UUID subscriptionId, Instant from, Instant to) {
        return new EventFilter(
                from,
                to,
                Optional.of(Set.of(subscriptionId)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
