package cn.jingshu.marketplace.gate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call as an edge presents it to the gate.
 *
 * @param credential the API key as it was sent; null: none was sent
 * @param product code of the product called, from the contract
 * @param operation name of the operation called, from the contract
 * @param subjects who is asked about, read from the request only when the gate comes to it; empty: the request cannot be
 *     read, so nothing will be answered. Null: the operation is not about people, and needs no consent
 * @param occurredAt when the call came
 * @param entrance where it comes in, asked when every rule holds
 * @param mostWithoutAnswer units it costs at the most before anyone knows its answer; at least one
 * @param unit what its operation counts in; null: whoever asks does not say
 */
public record Call(@Nullable String credential, String product, String operation, Stated stated,
        @Nullable Supplier<Optional<List<String>>> subjects, Instant occurredAt, Entrance entrance, long mostWithoutAnswer, @Nullable String unit) {

    /** A call that there is always room for. */
    public Call(@Nullable String credential, String product, String operation, Stated stated,
            @Nullable Supplier<Optional<List<String>>> subjects, Instant occurredAt) {
        this(credential, product, operation, stated, subjects, occurredAt, Entrance.OPEN, 1, null);
    }

    /** Everything but the credential and the people, who stay out of every log. */
    @Override
    public String toString() {
        return "Call[" + product + "/" + operation + " at " + occurredAt + "]";
    }
}
