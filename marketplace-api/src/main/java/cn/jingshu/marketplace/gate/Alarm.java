package cn.jingshu.marketplace.gate;

import java.time.Instant;
import java.util.UUID;

/** Told of every call outside an authorised scope (超授权调用); returns at once. */
@FunctionalInterface
public interface Alarm {
    void raise(Breach breach);

    /** One refused call and the rule it broke. */
    record Breach(
            UUID organisationId, UUID subscriptionId, String product, String operation, Refusal rule, Instant at) {}
}
