package cn.jingshu.marketplace.subscription;

import cn.jingshu.marketplace.pricing.Purpose;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The use a subscription is approved for (一场景一审核): one purpose, one scenario, a set of operations, districts, a
 * window {@code [startsAt, endsAt)}.
 *
 * @param scenarioId the scenario its calls are bound to; null: approved before scenarios were kept, and not bound since
 * @param operations names of the operations allowed; empty: every operation of the plan's product
 * @param districts codes of the districts asked about (GB/T 2260, {@code 420802}); empty: the whole city
 */
public record AuthorisedUse(UUID id, Purpose purpose, @Nullable UUID scenarioId, Set<String> operations,
        Set<String> districts, Instant startsAt, Instant endsAt) {
    public AuthorisedUse {
        operations = Set.copyOf(operations);
        districts = Set.copyOf(districts);
        if (!endsAt.isAfter(startsAt)) {
            throw new IllegalArgumentException("authorised use ends " + endsAt + ", starts " + startsAt);
        }
    }
}
