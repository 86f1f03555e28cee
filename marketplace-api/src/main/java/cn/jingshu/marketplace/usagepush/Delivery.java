package cn.jingshu.marketplace.usagepush;

import java.time.Duration;
import java.util.Optional;

/** What became of a message sent to the sink. */
sealed interface Delivery {
    /** The sink answered 2xx: it has the message. */
    record Taken() implements Delivery {}

    /** The sink answered 410: it wants no more. */
    record Gone() implements Delivery {}

    /**
     * Anything else: the sink may or may not have it, so it is sent again.
     *
     * @param reason says what happened, without anything the sink wrote
     * @param retryAfter how long the sink asked to be left alone; empty: it did not say
     */
    record Failed(String reason, Optional<Duration> retryAfter) implements Delivery {}
}
