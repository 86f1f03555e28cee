package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.apikey.Pepper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals stored answers (AES-256-GCM) with a key made from the market's pepper and the caller's own idempotency key. The
 * database holds neither, so a stolen copy of it shows no answer, and nobody who lacks the caller's key can read one.
 */
final class AnswerSeal {
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Pepper pepper;
    private final SecureRandom random;

    AnswerSeal(Pepper pepper, SecureRandom random) {
        this.pepper = pepper;
        this.random = random;
    }

    /** Under which the key is looked up; it tells nothing about the key. */
    byte[] lookUpHash(Caller caller, IdempotencyKey key) {
        return pepper.derive("idempotent call", input(caller, key));
    }

    byte[] seal(Caller caller, IdempotencyKey key, byte[] answer) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, caller, key, nonce).doFinal(answer);
            return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + CIPHER, e);
        }
    }

    /** @throws IllegalStateException when what is stored was changed after it was sealed */
    byte[] open(Caller caller, IdempotencyKey key, byte[] stored) {
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        byte[] nonce = new byte[NONCE_BYTES];
        bytes.get(nonce);
        byte[] sealed = new byte[bytes.remaining()];
        bytes.get(sealed);
        try {
            return cipher(Cipher.DECRYPT_MODE, caller, key, nonce).doFinal(sealed);
        } catch (AEADBadTagException changed) {
            throw new IllegalStateException("a stored answer is not what was sealed", changed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + CIPHER, e);
        }
    }

    private Cipher cipher(int mode, Caller caller, IdempotencyKey key, byte[] nonce)
            throws GeneralSecurityException {
        byte[] secret = pepper.derive("stored answer", input(caller, key));
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    private static byte[] input(Caller caller, IdempotencyKey key) {
        return (caller.subscriptionId() + (caller.sandbox() ? " test " : " live ") + key.text()).getBytes(StandardCharsets.US_ASCII);
    }
}
