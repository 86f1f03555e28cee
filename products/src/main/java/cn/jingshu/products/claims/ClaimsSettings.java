package cn.jingshu.products.claims;

import io.micronaut.context.annotation.ConfigurationProperties;
import org.jspecify.annotations.Nullable;

/**
 * Settings of claims investigation.
 *
 * @param evidenceKeyFile file of the Ed25519 seed that signs evidence bundles, Base64 of 32 bytes; null or empty: derived from the
 *     domain's key
 */
@ConfigurationProperties("jingshu.claims")
public record ClaimsSettings(@Nullable String evidenceKeyFile) {}
