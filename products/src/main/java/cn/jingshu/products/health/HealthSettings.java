package cn.jingshu.products.health;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import org.jspecify.annotations.Nullable;

/**
 * How people prove who they are, and which scores an installation shows.
 *
 * @param identityIssuer {@code iss} of the city's identity provider; null or empty: nobody can open a live session
 * @param identityKey its Ed25519 public key, X.509 in Base64; given with the issuer or not at all
 * @param sessionMinutes how long a session lasts; 1 to 60
 * @param qrisk3 false: QRISK3 is left out
 */
@ConfigurationProperties("jingshu.health")
public record HealthSettings(
        @Nullable String identityIssuer,
        @Nullable String identityKey,
        @Bindable(defaultValue = "15") int sessionMinutes,
        @Bindable(defaultValue = "true") boolean qrisk3) {

    public HealthSettings {
        if (isSet(identityIssuer) != isSet(identityKey)) {
            throw new IllegalArgumentException("Set jingshu.health.identity-issuer and jingshu.health.identity-key together or not at all.");
        }
        if (sessionMinutes < 1 || sessionMinutes > 60) {
            throw new IllegalArgumentException("jingshu.health.session-minutes is " + sessionMinutes + ", not within 1 and 60.");
        }
    }

    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank();
    }

    /** No identity provider, a quarter of an hour, every score. */
    public static HealthSettings usual() {
        return new HealthSettings(null, null, 15, true);
    }
}
