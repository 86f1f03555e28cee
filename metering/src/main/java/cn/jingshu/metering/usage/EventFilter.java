package cn.jingshu.metering.usage;

import cn.jingshu.metering.event.Outcome;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Which events are asked for: those in {@code [from, to)} for which everything given holds. Without a subscription all
 * events of the months asked for are read.
 *
 * @param subscriptionId empty: of any subscription; so with all that follow
 */
public record EventFilter(
        Instant from,
        Instant to,
        Optional<UUID> subscriptionId,
        Optional<String> product,
        Optional<String> operation,
        Optional<Outcome> outcome) {

    /** All events of a subscription in {@code [from, to)}. */
    public static EventFilter of(UUID subscriptionId, Instant from, Instant to) {
        return new EventFilter(
                from, to, Optional.of(subscriptionId), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
