package cn.jingshu.marketplace.apikey;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that turns key texts into {@link KeyHash}es and identifiers of people into tokens. It lives outside the database, so a stolen copy of the
 * database alone cannot even test a guess; every node needs the same one, and losing it voids every key.
 */
public final class Pepper {
    /** Fewest bytes accepted. */
    public static final int MIN_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final Mac keyed; // never fed: each hash works on a copy

    /** @param secret at least {@value #MIN_BYTES} random bytes; copied */
    public Pepper(byte[] secret) {
        if (secret.length < MIN_BYTES) {
            throw new IllegalArgumentException(
                    "the key pepper has " + secret.length + " bytes; at least " + MIN_BYTES + " are needed");
        }
        try {
            keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(secret, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    public KeyHash hash(ApiKey key) {
        return KeyHash.of(mac(key.bytes()));
    }

    /**
     * The keyed token of an identifier that is not to be stored as it is: the same for the same text on every node.
     *
     * @param use what the token is for; tokens of different uses never meet, nor do they meet the hash of a key
     * @return 32 bytes
     */
    public byte[] token(String use, String identifier) {
        return derive(use, identifier.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A secret of its own for another use, so that what is kept for one use tells nothing about the others.
     *
     * @param use names the use; the same use and input always give the same 32 bytes
     */
    public byte[] derive(String use, byte[] input) {
        byte[] name = use.getBytes(StandardCharsets.UTF_8);
        // A zero byte ends the name: no API key begins with one use's name and a zero, and no two uses run together.
        return mac(ByteBuffer.allocate(name.length + 1 + input.length).put(name).put((byte) 0).put(input).array());
    }

    private byte[] mac(byte[] input) {
        try {
            return ((Mac) keyed.clone()).doFinal(input);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's " + ALGORITHM + " can be copied", e);
        }
    }

    @Override
    public String toString() {
        return "Pepper[…]"; // a secret stays out of every log
    }
}
