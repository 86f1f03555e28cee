package cn.jingshu.ledger.seal;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** One hash of the log: of a leaf, of an inner node, or the root; 32 bytes, never changed. */
public final class NodeHash {
    /** Size in bytes, of SHA-256 and of SM3. */
    public static final int SIZE = 32;

    private final byte[] bytes;

    private NodeHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException if there are not {@link #SIZE} bytes */
    public static NodeHash of(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a hash has " + SIZE + " bytes, not " + bytes.length);
        }
        return new NodeHash(bytes.clone());
    }

    /** Reads {@link #toBase64}; no other spelling of the same bytes. */
    public static NodeHash ofBase64(String text) {
        NodeHash hash = of(Base64.getDecoder().decode(text));
        if (!hash.toBase64().equals(text)) {
            throw new IllegalArgumentException("not the base64 of a hash: " + text);
        }
        return hash;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public String toBase64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NodeHash hash && Arrays.equals(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
