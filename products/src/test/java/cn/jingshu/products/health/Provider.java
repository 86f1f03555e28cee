package cn.jingshu.products.health;

import cn.jingshu.products.health.session.IdentityProofs;
import cn.jingshu.products.identifier.ResidentId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** An identity provider with a key of its own. */
public final class Provider {
    private static final String ISSUER = "https://id.jingmen.example";
    private final KeyPair keys;

    public Provider() {
        try {
            keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public String issuer() {
        return ISSUER;
    }

    /** Its public key as the setting takes it. */
    public String key() {
        return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    }

    public IdentityProofs proofs() {
        return IdentityProofs.of(ISSUER, key());
    }

    /** A statement good for five minutes. */
    public String proof(ResidentId person, String id, Instant at) {
        return proof(person, id, at, Map.of(), "EdDSA");
    }

    /** The same with some claims other than they should be. */
    public String proof(ResidentId person, String id, Instant at, Map<String, Object> other, String algorithm) {
        Map<String, Object> claims = new HashMap<>(Map.of("iss", ISSUER, "aud", IdentityProofs.AUDIENCE, "jti", id, "iat", at.getEpochSecond(),
                "exp", at.getEpochSecond() + 300, "sub", IdentityProofs.subject(id, person)));
        claims.putAll(other);
        try {
            ObjectMapper json = new ObjectMapper();
            String signed = encoded(json.writeValueAsBytes(Map.of("alg", algorithm))) + "." + encoded(json.writeValueAsBytes(claims));
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encoded(signature.sign());
        } catch (JsonProcessingException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
