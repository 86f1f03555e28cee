package cn.jingshu.products.domain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Encrypts sensitive texts for their time at rest: authenticated encryption in GCM (NIST SP 800-38D; GB/T 36624) with AES-256
 * or SM4 (GB/T 32907). A sealed value says with which algorithm and key it was made, so keys are changed by putting a new one
 * first: what older keys sealed is still opened. It is bound to its table and column, so that a value moved to another one
 * does not open there. Nonces are random, so one key should seal no more than 2³² values.
 *
 * <p>Form: 1 byte version, 1 byte algorithm, 4 bytes key id, 12 bytes nonce, the encrypted text, 16 bytes tag.
 */
public final class SealedValues {
    private static final byte VERSION = 1;
    /** Bytes that say how a value was sealed. */
    static final int HEAD = 6;

    private static final int IDLE_MOST = 16;
    private static final int NONCE = 12;
    private static final int TAG = 16;

    private final Map<Integer, Ciphers> keys = new LinkedHashMap<>();
    private final Algorithm algorithm;
    private final int current;
    private final SecureRandom random = new SecureRandom();
    private final Queue<Cipher> idleAes = new ArrayBlockingQueue<>(IDLE_MOST);

    /** How a value is sealed. */
    public enum Algorithm {
        AES_256_GCM(1),
        SM4_GCM(2);

        private final byte number;

        /** @param number stands for it in what it sealed */
        Algorithm(int number) {
            this.number = (byte) number;
        }
    }

    /** A key of sealed values. */
    public static final class Key {
        private final int id;
        private final byte[] secret;

        /**
         * @param id names it in what it sealed; never given twice
         * @param secret at least 32 random bytes; copied
         */
        public Key(int id, byte[] secret) {
            if (secret.length < DomainKeys.MIN_BYTES) {
                throw new IllegalArgumentException("sealing key " + id + " has " + secret.length + " bytes; at least "
                        + DomainKeys.MIN_BYTES + " are needed");
            }
            this.id = id;
            this.secret = secret.clone();
        }

        @Override
        public String toString() {
            return "Key[" + id + "]";
        }
    }

    /** One key for each algorithm, so that none is used in two. */
    private record Ciphers(SecretKeySpec aes, KeyParameter sm4) {}

    /**
     * @param keys the one that seals first, then those that still open
     * @throws IllegalArgumentException if there is none, or two of one id
     */
    public SealedValues(List<Key> keys, Algorithm algorithm) {
        for (Key key : keys) {
            Ciphers ciphers = new Ciphers(new SecretKeySpec(derive(key.secret, "AES-256-GCM", 32), "AES"),
                    new KeyParameter(derive(key.secret, "SM4-GCM", 16)));
            if (this.keys.put(key.id, ciphers) != null) {
                throw new IllegalArgumentException("two sealing keys have the id " + key.id);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no sealing key");
        }
        this.algorithm = algorithm;
        this.current = keys.getFirst().id;
    }

    /**
     * The text sealed with the key in use.
     *
     * @param place table and column it is kept in: {@code discharge.diagnosis_code}
     */
    public byte[] seal(String place, String text) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer sealed = ByteBuffer.allocate(HEAD + NONCE + plain.length + TAG);
        sealed.put(VERSION).put(algorithm.number).putInt(current).put(nonce);
        byte[] bound = boundTo(sealed.array(), place);
        Ciphers ciphers = Objects.requireNonNull(keys.get(current));
        sealed.put(switch (algorithm) {
            case AES_256_GCM -> aes(Cipher.ENCRYPT_MODE, ciphers.aes, nonce, bound, plain);
            case SM4_GCM -> sm4(true, ciphers.sm4, nonce, bound, plain);
        });
        return sealed.array();
    }

    /**
     * The text in a sealed value.
     *
     * @throws SealBrokenException if it was changed, belongs to another place, or its key is not here
     */
    public String open(String place, byte[] sealed) {
        if (sealed.length < HEAD + NONCE + TAG || sealed[0] != VERSION) {
            throw new SealBrokenException("what lies in " + place + " is no sealed value");
        }
        ByteBuffer in = ByteBuffer.wrap(sealed);
        Algorithm made = Arrays.stream(Algorithm.values()).filter(each -> each.number == sealed[1]).findFirst()
                .orElseThrow(() -> new SealBrokenException("what lies in " + place + " was sealed by an algorithm unknown here"));
        int id = in.getInt(2);
        Ciphers ciphers = keys.get(id);
        if (ciphers == null) {
            throw new SealBrokenException("a value in " + place + " was sealed with key " + id + ", which is not here");
        }
        byte[] nonce = new byte[NONCE];
        byte[] body = new byte[sealed.length - HEAD - NONCE];
        in.position(HEAD).get(nonce).get(body);
        byte[] bound = boundTo(sealed, place);
        return new String(switch (made) {
            case AES_256_GCM -> aes(Cipher.DECRYPT_MODE, ciphers.aes, nonce, bound, body);
            case SM4_GCM -> sm4(false, ciphers.sm4, nonce, bound, body);
        }, StandardCharsets.UTF_8);
    }

    /** What a value begins with that is sealed now. */
    byte[] head() {
        return ByteBuffer.allocate(HEAD).put(VERSION).put(algorithm.number).putInt(current).array();
    }

    /** The key in use. */
    int current() {
        return current;
    }

    /** The algorithm in use. */
    Algorithm algorithm() {
        return algorithm;
    }

    /** With what a value was sealed. */
    record Maker(Algorithm algorithm, int keyId) {}

    /** What a value says of how it was sealed; empty: it is no sealed value. */
    static Optional<Maker> makerOf(byte[] sealed) {
        if (sealed.length < HEAD || sealed[0] != VERSION) {
            return Optional.empty();
        }
        return Arrays.stream(Algorithm.values()).filter(each -> each.number == sealed[1]).findFirst()
                .map(made -> new Maker(made, ByteBuffer.wrap(sealed).getInt(2)));
    }

    /** Whether a value was sealed with another key or algorithm than those in use, so that it should be sealed anew. */
    public boolean isOutdated(byte[] sealed) {
        return sealed.length < HEAD || !Arrays.equals(sealed, 0, HEAD, head(), 0, HEAD);
    }

    /** A sealed value does not open. */
    public static final class SealBrokenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SealBrokenException(String sentence) {
            super(sentence);
        }
    }

    /** What the tag vouches for beside the text: the value's own head, and where it is kept. */
    private static byte[] boundTo(byte[] sealed, String place) {
        byte[] name = place.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD + name.length).put(sealed, 0, HEAD).put(name).array();
    }

    private byte[] aes(int mode, SecretKeySpec key, byte[] nonce, byte[] bound, byte[] input) {
        try {
            Cipher idle = idleAes.poll(); // looking one up costs more than a short text
            Cipher cipher = idle == null ? Cipher.getInstance("AES/GCM/NoPadding") : idle;
            cipher.init(mode, key, new GCMParameterSpec(TAG * 8, nonce));
            cipher.updateAAD(bound);
            byte[] output = cipher.doFinal(input);
            idleAes.offer(cipher);
            return output;
        } catch (javax.crypto.AEADBadTagException broken) {
            throw new SealBrokenException("a sealed value was changed, or belongs to another column");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM/NoPadding", e);
        }
    }

    /** SM4 in GCM with a tag of 16 bytes behind the text. */
    static byte[] sm4(boolean seals, KeyParameter key, byte[] nonce, byte[] bound, byte[] input) {
        var cipher = GCMBlockCipher.newInstance(new SM4Engine());
        cipher.init(seals, new AEADParameters(key, TAG * 8, nonce, bound));
        byte[] output = new byte[cipher.getOutputSize(input.length)];
        int written = cipher.processBytes(input, 0, input.length, output, 0);
        try {
            cipher.doFinal(output, written);
        } catch (InvalidCipherTextException broken) {
            throw new SealBrokenException("a sealed value was changed, or belongs to another column");
        }
        return output;
    }

    private static byte[] derive(byte[] secret, String use, int length) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Arrays.copyOf(mac.doFinal(use.getBytes(StandardCharsets.UTF_8)), length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
