package cn.jingshu.marketplace.subscription;

import cn.jingshu.marketplace.pricing.Purpose;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * The use a subscription is approved for (一场景一审核): one purpose, a set of operations, a window
 * {@code [startsAt, endsAt)}.
 *
 * @param operations names of the operations allowed; empty: every operation of the plan's product
 */
public record AuthorisedUse(UUID id, Purpose purpose, Set<String> operations, Instant startsAt, Instant endsAt) {
    public AuthorisedUse {
        operations = Set.copyOf(operations);
        if (!endsAt.isAfter(startsAt)) {
            throw new IllegalArgumentException("authorised use ends " + endsAt + ", starts " + startsAt);
        }
    }
}
