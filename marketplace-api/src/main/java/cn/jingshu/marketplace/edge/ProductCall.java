package cn.jingshu.marketplace.edge;

import cn.jingshu.marketplace.gate.Call;
import cn.jingshu.marketplace.gate.Entrance;
import cn.jingshu.marketplace.gate.Stated;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.RequestReading;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call as an edge hands it on.
 *
 * @param method the contract's method that was called
 * @param credential the API key as sent; null: none was sent
 * @param stated what the caller states of its call in headers or metadata
 * @param idempotencyKey the {@code Idempotency-Key} as sent; null: none was sent
 * @param protocol {@code REST} or {@code GRPC}
 */
public record ProductCall(
        ContractMethod method,
        @Nullable String credential,
        Stated stated,
        @Nullable String idempotencyKey,
        String requestId,
        String protocol) {

    /** Units it costs at the most before anyone knows its answer; at least one. */
    long mostWithoutAnswer() {
        return Math.max(1, Math.max(method.refusedUnits(), method.failedUnits()));
    }

    /** The call as the gate judges it; {@code reading} is asked only of an operation about people. */
    Call at(Instant occurredAt, Supplier<RequestReading> reading, Entrance entrance, long mostWithoutAnswer) {
        return new Call(credential, method.product(), method.name(), stated,
                method.personal() ? () -> subjects(reading.get()) : null, occurredAt, entrance, mostWithoutAnswer, method.meterUnit().name());
    }

    private Optional<List<String>> subjects(RequestReading read) {
        return switch (read) {
            case RequestReading.Broken _ -> Optional.empty(); // it will be refused for that, whoever it is about
            case RequestReading.Read(var request) -> Optional.of(method.subjectsOf(request));
        };
    }
}
