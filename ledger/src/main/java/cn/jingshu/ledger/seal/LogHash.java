package cn.jingshu.ledger.seal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.digests.SM3Digest;

/**
 * How the log hashes: leaves and inner nodes apart by a first byte, so that neither can pass for the other.
 *
 * @see "RFC 9162, section 2.1.1; SM3: GM/T 0004-2012"
 */
public enum LogHash {
    SHA_256 {
        @Override
        byte[] digest(byte[] bytes) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(bytes);
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every Java has SHA-256", impossible);
            }
        }
    },
    SM3 {
        @Override
        byte[] digest(byte[] bytes) {
            SM3Digest sm3 = new SM3Digest();
            sm3.update(bytes, 0, bytes.length);
            byte[] out = new byte[NodeHash.SIZE];
            sm3.doFinal(out, 0);
            return out;
        }
    };

    private static final byte LEAF = 0;
    private static final byte INNER = 1;

    abstract byte[] digest(byte[] bytes);

    /** The root of a log without leaves. */
    public NodeHash empty() {
        return NodeHash.of(digest(new byte[0]));
    }

    public NodeHash leaf(byte[] content) {
        byte[] bytes = new byte[1 + content.length];
        bytes[0] = LEAF;
        System.arraycopy(content, 0, bytes, 1, content.length);
        return NodeHash.of(digest(bytes));
    }

    public NodeHash inner(NodeHash left, NodeHash right) {
        byte[] bytes = new byte[1 + 2 * NodeHash.SIZE];
        bytes[0] = INNER;
        System.arraycopy(left.bytes(), 0, bytes, 1, NodeHash.SIZE);
        System.arraycopy(right.bytes(), 0, bytes, 1 + NodeHash.SIZE, NodeHash.SIZE);
        return NodeHash.of(digest(bytes));
    }
}
