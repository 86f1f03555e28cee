package cn.jingshu.products.spi;

import java.time.Instant;

/**
 * What an operation may know of the call it answers; nothing here identifies a person or a key.
 *
 * @param occurredAt when the call was admitted
 * @param requestId the id the caller sees in {@code X-Request-Id}
 * @param sandbox true: answer from the sandbox twin, never from live data
 * @param caller who calls, as the gate found by the key; in the sandbox likewise. Whatever a request says of its sender is a
 *     statement, this is a fact
 */
public record CallFacts(Instant occurredAt, String requestId, boolean sandbox, CallerRef caller) {}
