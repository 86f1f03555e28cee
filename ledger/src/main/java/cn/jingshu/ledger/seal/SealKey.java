package cn.jingshu.ledger.seal;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public half of a key that signs checkpoints, as others are told of it ({@code vkey}):
 * {@code <name>+<key id in hex>+<base64 of type and key>}.
 *
 * @param name who signs, such as {@code city.example/ledger}; no space and no plus
 * @param kind how it signs
 * @param raw the public key: 32 bytes of Ed25519, 65 bytes of an uncompressed SM2 point
 * @see "C2SP signed-note v1.0.0"
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below, and copied on its way in and out
public record SealKey(String name, Kind kind, byte[] raw) {
    /** How a key signs, with what names it in a key's id. */
    public enum Kind {
        ED25519("\u0001", 32),
        /** SM2 with SM3 and the usual user id (GM/T 0003, GM/T 0009); the format has no number for it, so it is told by name. */
        SM2("\u00ffSM2 with SM3, GM/T 0003-2012", 65);

        /** One character a byte. */
        private final String type;

        private final int size;

        Kind(String type, int size) {
            this.type = type;
            this.size = size;
        }

        private byte[] type() {
            return type.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Size of a key's id in bytes. */
    static final int ID_SIZE = 4;

    /** What every Ed25519 public key in X.509 form begins with (RFC 8410). */
    private static final byte[] ED25519_X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}+]{1,255}", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern VKEY = Pattern.compile("([^+]{1,255})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]{1,400})");

    /** @throws IllegalArgumentException if the name or the key has another form */
    public SealKey {
        raw = raw.clone();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a key's name has no space and no plus: " + name);
        }
        if (raw.length != kind.size) {
            throw new IllegalArgumentException("a key of " + kind + " has " + kind.size + " bytes, not " + raw.length);
        }
        if (kind == Kind.SM2) {
            Sm2.point(raw);
        }
    }

    @Override
    public byte[] raw() {
        return raw.clone();
    }

    /** Reads {@link #toVkey}. @throws IllegalArgumentException if it is none, or its id is another key's */
    public static SealKey ofVkey(String text) {
        Matcher matcher = VKEY.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a key: " + text);
        }
        byte[] typed = Base64.getDecoder().decode(matcher.group(3));
        for (Kind kind : Kind.values()) {
            byte[] type = kind.type();
            if (typed.length == type.length + kind.size && Arrays.equals(typed, 0, type.length, type, 0, type.length)) {
                SealKey key = new SealKey(matcher.group(1), kind, Arrays.copyOfRange(typed, type.length, typed.length));
                if (!HexFormat.of().formatHex(key.id()).equals(matcher.group(2))) {
                    throw new IllegalArgumentException("the id " + matcher.group(2) + " is not that of the key: " + text);
                }
                return key;
            }
        }
        throw new IllegalArgumentException("a key of a kind that is not known: " + text);
    }

    public String toVkey() {
        byte[] type = kind.type();
        byte[] typed = Arrays.copyOf(type, type.length + raw.length);
        System.arraycopy(raw, 0, typed, type.length, raw.length);
        return name + "+" + HexFormat.of().formatHex(id()) + "+" + Base64.getEncoder().encodeToString(typed);
    }

    /** The first bytes of SHA-256 over name, type and key: what a signature names its key by. */
    byte[] id() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n');
            digest.update(kind.type());
            return Arrays.copyOf(digest.digest(raw), ID_SIZE);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** Whether {@code signature} is this key's over {@code text}; a signature of another form is none. */
    boolean signed(byte[] text, byte[] signature) {
        return switch (kind) {
            case ED25519 -> signedByEd25519(text, signature);
            case SM2 -> Sm2.signed(Sm2.point(raw), Sm2.USER_ID, text, signature);
        };
    }

    private boolean signedByEd25519(byte[] text, byte[] signature) {
        try {
            byte[] encoded = Arrays.copyOf(ED25519_X509, ED25519_X509.length + raw.length);
            System.arraycopy(raw, 0, encoded, ED25519_X509.length, raw.length);
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(text);
            return verifier.verify(signature);
        } catch (GeneralSecurityException notASignature) {
            return false;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SealKey key && name.equals(key.name) && kind == key.kind && Arrays.equals(raw, key.raw);
    }

    @Override
    public int hashCode() {
        return new BigInteger(id()).intValue();
    }

    @Override
    public String toString() {
        return toVkey();
    }
}
