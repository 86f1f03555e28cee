package cn.jingshu.marketplace.subscription;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A subscription's way from one plan to another at one instant (变更套餐).
 *
 * @param statement why, in the asker's words; empty where no person judges it
 * @param decidedBy null: not decided, or made by the rule that approved the use, or withdrawn because the subscription ended
 * @param reason of the decision; null: none was given
 * @param effectiveAt the instant: a call that occurred before it belongs to {@code fromPlanId}, any other to {@code toPlanId}; null: not made
 */
public record PlanChange(UUID id, UUID subscriptionId, UUID fromPlanId, UUID toPlanId, String statement, Status status, UUID askedBy,
        Instant askedAt, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String reason, @Nullable Instant effectiveAt) {

    /** Where it stands. */
    public enum Status {
        /** Waits for the bureau; the old plan goes on. */
        PENDING,
        MADE,
        REFUSED,
        /** Taken back before it was decided, or its subscription ended. */
        WITHDRAWN
    }
}
