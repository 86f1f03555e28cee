package cn.jingshu.marketplace.subscription;

import cn.jingshu.marketplace.pricing.Purpose;
import java.time.Instant;
import java.util.UUID;

/**
 * A consumer's standing right to a plan (订阅).
 *
 * @param statement what the data are for, in the applicant's words
 */
public record Subscription(UUID id, UUID organisationId, UUID planId, Purpose purpose, String statement, Status status,
        UUID appliedBy, Instant appliedAt) {

    /** Where a subscription stands. */
    public enum Status {
        /** Waits for the bureau; test keys work, live keys are not issued. */
        PENDING,
        ACTIVE,
        REFUSED,
        SUSPENDED,
        ENDED
    }
}
