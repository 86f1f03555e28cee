package cn.jingshu.marketplace.idempotency;

import java.util.UUID;

/**
 * Within which an idempotency key names one call: all live keys of a subscription together, so that a retry may come with
 * the next key while keys are changed, and its test keys apart.
 */
public record Caller(UUID subscriptionId, boolean sandbox) {}
