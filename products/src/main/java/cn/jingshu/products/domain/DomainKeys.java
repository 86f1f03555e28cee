package cn.jingshu.products.domain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets of one installation's domain. All of them lie outside the database: whoever has a copy of it alone can neither
 * test a guess at a subject, nor open a sealed value, nor sign in as a product.
 */
public final class DomainKeys {
    /** Fewest bytes accepted of a secret. */
    public static final int MIN_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final Mac keyed; // never fed: each derivation works on a copy
    private final SubjectTokens tokens;
    private final SealedValues seals;

    /**
     * @param secret at least {@value #MIN_BYTES} random bytes, the same on every node and for ever: tokens that were stored are
     *     found with it alone
     * @param sealing the keys of sealed values, the one in use first
     * @param withOwn true: after them a key with the id 0 that follows from the secret
     */
    public DomainKeys(byte[] secret, List<SealedValues.Key> sealing, boolean withOwn, SubjectTokens.Hash hash, SealedValues.Algorithm algorithm) {
        if (secret.length < MIN_BYTES) {
            throw new IllegalArgumentException("the domain's secret has " + secret.length + " bytes; at least " + MIN_BYTES + " are needed");
        }
        try {
            keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(secret, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
        tokens = new SubjectTokens(derive("subject-token " + hash, ""), hash);
        List<SealedValues.Key> all = new ArrayList<>(sealing);
        if (withOwn) {
            all.add(new SealedValues.Key(0, derive("sealed-value", "")));
        }
        seals = new SealedValues(all, algorithm);
    }

    /** With the national hash for tokens, AES-256-GCM for sealed values and no sealing key but the secret's own. */
    public static DomainKeys of(byte[] secret) {
        return new DomainKeys(secret, List.of(), true, SubjectTokens.Hash.HMAC_SM3, SealedValues.Algorithm.AES_256_GCM);
    }

    SubjectTokens tokens() {
        return tokens;
    }

    SealedValues seals() {
        return seals;
    }

    /** The password of a role in this installation, 64 hexadecimal digits. */
    String passwordOf(String role) {
        return HexFormat.of().formatHex(derive("role-password", role));
    }

    /** The same 32 bytes for the same use and input; those of different uses tell nothing about one another. */
    byte[] derive(String use, String input) {
        byte[] name = use.getBytes(StandardCharsets.UTF_8);
        byte[] text = input.getBytes(StandardCharsets.UTF_8);
        try {
            // A zero byte ends the name, so no two uses run together.
            return ((Mac) keyed.clone()).doFinal(ByteBuffer.allocate(name.length + 1 + text.length).put(name).put((byte) 0).put(text).array());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's " + ALGORITHM + " can be copied", e);
        }
    }

    @Override
    public String toString() {
        return "DomainKeys[…]"; // a secret stays out of every log
    }
}
