package cn.jingshu.products.health.session;

import cn.jingshu.products.identifier.ResidentId;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Checks what the city's identity provider (城市统一身份认证平台) states: that a person has just proved to be who asks. The
 * statement is a JSON Web Token (RFC 7519) signed with Ed25519 (RFC 8037): {@code iss} the provider, {@code aud}
 * {@value #AUDIENCE}, {@code jti} an id of its own, {@code iat} and {@code exp} at most ten minutes apart, and {@code sub} the
 * lower-case hexadecimal SHA-256 of the {@code jti}, a colon and the identity number: so the token names nobody to whoever finds it.
 */
public final class IdentityProofs {
    /** Whom a statement must be made for. */
    public static final String AUDIENCE = "jingshu.health";

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);
    private static final int LEAST_ID_CHARACTERS = 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final @Nullable String issuer;
    private final @Nullable PublicKey key;
    private final String audience;

    /** @param issuer null with {@code key}: no provider is set and every proof is {@link Verdict.NoProvider} */
    private IdentityProofs(@Nullable String issuer, @Nullable PublicKey key, String audience) {
        this.issuer = issuer;
        this.key = key;
        this.audience = audience;
    }

    /** No provider: nobody can prove anything. */
    public static IdentityProofs none() {
        return new IdentityProofs(null, null, AUDIENCE);
    }

    /**
     * Statements of one provider.
     *
     * @param key its public key, X.509 SubjectPublicKeyInfo in Base64
     * @throws IllegalArgumentException if that is no Ed25519 key
     */
    public static IdentityProofs of(String issuer, String key) {
        return of(issuer, key, AUDIENCE);
    }

    /**
     * Statements that were made for another use than a session of health; one for one use proves nothing for another.
     *
     * @throws IllegalArgumentException if {@code key} is no Ed25519 key
     */
    public static IdentityProofs of(String issuer, String key, String audience) {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(key.replaceAll("-----[A-Z ]+-----", ""));
            return new IdentityProofs(issuer, KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(bytes)), audience);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("jingshu.health.identity-key is no Ed25519 public key (X.509, Base64).", e);
        }
    }

    /** What a proof is worth. */
    public sealed interface Verdict {
        /** The person is who asks; the proof may be used once until it expires. */
        record Proved(String proofId, Instant expiresAt) implements Verdict {}

        /** It proves nothing: forged, of another, for another, expired or not yet good. */
        record Worthless() implements Verdict {}

        /** The installation knows no identity provider. */
        record NoProvider() implements Verdict {}
    }

    /** What a proof says of a person at a moment. */
    public Verdict verify(String proof, ResidentId person, Instant now) {
        if (issuer == null || key == null) {
            return new Verdict.NoProvider();
        }
        String[] parts = proof.split("\\.", -1);
        if (parts.length != 3) {
            return new Verdict.Worthless();
        }
        try {
            JsonNode header = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            if (header == null || !header.path("alg").asText().equals("EdDSA") || !signature.verify(Base64.getUrlDecoder().decode(parts[2]))) {
                return new Verdict.Worthless();
            }
            return claims(JSON.readTree(Base64.getUrlDecoder().decode(parts[1])), issuer, audience, person, now);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException malformed) {
            return new Verdict.Worthless(); // what cannot be read proves nothing
        }
    }

    private static Verdict claims(JsonNode claims, String issuer, String audience, ResidentId person, Instant now) {
        String id = claims.path("jti").asText();
        boolean times = claims.path("iat").isIntegralNumber() && claims.path("exp").isIntegralNumber()
                && claims.path("iat").canConvertToInt() && claims.path("exp").canConvertToInt();
        if (!times || id.length() < LEAST_ID_CHARACTERS || !claims.path("iss").asText().equals(issuer)
                || !claims.path("aud").asText().equals(audience)
                || !Digests.same(claims.path("sub").asText(), subject(id, person))) {
            return new Verdict.Worthless();
        }
        Instant issuedAt = Instant.ofEpochSecond(claims.path("iat").asInt());
        Instant expiresAt = Instant.ofEpochSecond(claims.path("exp").asInt());
        boolean good = !issuedAt.isAfter(now.plus(CLOCK_SKEW)) && expiresAt.isAfter(now)
                && Duration.between(issuedAt, expiresAt).compareTo(LONGEST) <= 0;
        return good ? new Verdict.Proved(id, expiresAt) : new Verdict.Worthless();
    }

    /** The {@code sub} a provider writes for a person under a {@code jti}. */
    public static String subject(String proofId, ResidentId person) {
        return Digests.of(proofId + ":" + person.number());
    }
}
