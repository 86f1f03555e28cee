package cn.jingshu.products.domain;

import cn.jingshu.products.identifier.ResidentId;
import cn.jingshu.products.identifier.Uscc;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Turns a subject's identifier into the token under which the domain keeps it: a keyed hash, equal for equal subjects and of no
 * use without the key (pseudonymisation after PIPL Art. 73 and GB/T 37964: it stays personal information). The key cannot be
 * changed without making every stored token anew from its source.
 */
public final class SubjectTokens {
    private static final byte[] USE = "jingshu/subject\0".getBytes(StandardCharsets.UTF_8);
    private static final int IDENTIFIER_LENGTH = 18; // of residents and of organisations

    private final byte[] key;
    private final Hash hash;

    /** The keyed hashes there are. */
    public enum Hash {
        /** HMAC (RFC 2104) with SM3 (GB/T 32905). */
        HMAC_SM3,
        /** HMAC with SHA-256. */
        HMAC_SHA_256
    }

    /** @param key at least 32 bytes, for this use alone; copied */
    public SubjectTokens(byte[] key, Hash hash) {
        if (key.length < DomainKeys.MIN_BYTES) {
            throw new IllegalArgumentException("a token key of " + key.length + " bytes is too short");
        }
        this.key = key.clone();
        this.hash = hash;
    }

    /**
     * The token of an identifier, 43 characters of Base64url. Identity numbers and unified social credit codes are the same
     * however they were typed; of any other identifier only blanks around it do not count.
     */
    public String of(String identifier) {
        byte[] text = canonical(identifier).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(switch (hash) {
            case HMAC_SM3 -> sm3(text);
            case HMAC_SHA_256 -> sha256(text);
        });
    }

    private static String canonical(String identifier) {
        if (identifier.length() < IDENTIFIER_LENGTH) {
            return identifier.strip();
        }
        return ResidentId.parse(identifier).map(ResidentId::number)
                .or(() -> Uscc.parse(identifier).map(Uscc::code))
                .or(() -> Optional.of(identifier.strip()))
                .orElseThrow();
    }

    private byte[] sm3(byte[] text) {
        return hmacSm3(key, ByteBuffer.allocate(USE.length + text.length).put(USE).put(text).array());
    }

    static byte[] hmacSm3(byte[] key, byte[] text) {
        HMac mac = new HMac(new SM3Digest());
        mac.init(new KeyParameter(key));
        mac.update(text, 0, text.length);
        byte[] token = new byte[mac.getMacSize()];
        mac.doFinal(token, 0);
        return token;
    }

    private byte[] sha256(byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(USE);
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "SubjectTokens[" + hash + "]";
    }
}
