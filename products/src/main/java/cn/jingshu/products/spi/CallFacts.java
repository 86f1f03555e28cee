package cn.jingshu.products.spi;

import java.time.Instant;

/**
 * What an operation may know of the call it answers; nothing here identifies a person or a key.
 *
 * @param occurredAt when the call was admitted
 * @param requestId the id the caller sees in {@code X-Request-Id}
 * @param sandbox true: answer from the sandbox twin, never from live data
 */
public record CallFacts(Instant occurredAt, String requestId, boolean sandbox) {}
