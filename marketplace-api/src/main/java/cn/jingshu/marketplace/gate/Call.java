package cn.jingshu.marketplace.gate;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call as an edge presents it to the gate.
 *
 * @param credential the API key as it was sent; null: none was sent
 * @param product code of the product called, from the contract
 * @param operation name of the operation called, from the contract
 * @param statedPurpose what the caller states in {@code Jingshu-Purpose}; null: the subscription's approved purpose
 * @param personal the operation answers about a person, so consent is needed
 * @param occurredAt when the call came
 */
public record Call(@Nullable String credential, String product, String operation, @Nullable String statedPurpose,
        boolean personal, Instant occurredAt) {

    /** Everything but the credential, which stays out of every log. */
    @Override
    public String toString() {
        return "Call[" + product + "/" + operation + " at " + occurredAt + "]";
    }
}
