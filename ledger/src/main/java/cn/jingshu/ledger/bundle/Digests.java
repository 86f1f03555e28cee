package cn.jingshu.ledger.bundle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SM3Digest;

/** The size and the two digests of a file, taken while its bytes pass: SHA-256 and SM3 (GM/T 0004-2012). */
public final class Digests {
    private final MessageDigest sha256 = sha256();
    private final SM3Digest sm3 = new SM3Digest();
    private long size;

    public void update(byte[] bytes, int offset, int length) {
        sha256.update(bytes, offset, length);
        sm3.update(bytes, offset, length);
        size += length;
    }

    /** Of all bytes so far; nothing may follow. */
    public Manifest.File of(String name) {
        byte[] digest = new byte[sm3.getDigestSize()];
        sm3.doFinal(digest, 0);
        HexFormat hex = HexFormat.of();
        return new Manifest.File(name, size, hex.formatHex(sha256.digest()), hex.formatHex(digest));
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
