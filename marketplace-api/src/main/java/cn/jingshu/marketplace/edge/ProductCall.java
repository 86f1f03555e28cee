package cn.jingshu.marketplace.edge;

import cn.jingshu.products.contract.ContractMethod;
import org.jspecify.annotations.Nullable;

/**
 * One call as an edge hands it on.
 *
 * @param method the contract's method that was called
 * @param credential the API key as sent; null: none was sent
 * @param purpose the purpose the caller states ({@code Jingshu-Purpose}); null: the subscription's own
 * @param idempotencyKey the {@code Idempotency-Key} as sent; null: none was sent
 * @param protocol {@code REST} or {@code GRPC}
 */
public record ProductCall(
        ContractMethod method,
        @Nullable String credential,
        @Nullable String purpose,
        @Nullable String idempotencyKey,
        String requestId,
        String protocol) {}
