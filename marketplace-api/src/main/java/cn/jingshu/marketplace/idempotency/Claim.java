package cn.jingshu.marketplace.idempotency;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** What is known of a call when it comes with an {@link IdempotencyKey}. */
public sealed interface Claim {
    /**
     * Nobody else is answering it: answer it, and record it under this identity, which is the one of an earlier run when
     * that run's node died before it could say whether it had answered.
     *
     * @param claimedAt when this run began: with the node's life it tells the runs of one call apart
     * @param takenOver an earlier run did not say how it ended, so its event may be recorded
     * @param recorded its event is stored: the call is paid, and only its answer is missing
     */
    record Ours(UUID eventId, Instant occurredAt, Instant claimedAt, boolean takenOver, boolean recorded) implements Claim {
        public Ours {
            if (recorded && !takenOver) {
                throw new IllegalArgumentException("call " + eventId + " is recorded before its first run");
            }
        }
    }

    /** It was answered before. The bytes are what {@link StoredCalls#answered} was given. */
    record Answered(UUID eventId, ByteString answer) implements Claim {}

    /** Another run of it has not ended yet. */
    record Running(Duration retryAfter) implements Claim {}

    /** The key was used for another request. */
    record OtherRequest() implements Claim {}
}
