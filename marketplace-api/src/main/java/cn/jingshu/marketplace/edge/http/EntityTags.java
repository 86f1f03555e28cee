package cn.jingshu.marketplace.edge.http;

import cn.jingshu.marketplace.apikey.Pepper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Strong entity tags (RFC 9110, section 8.8.3): the same answer to the same request has the same tag on every node, and nobody learns a
 * tag but by being given the answer it names. A 304 costs nothing, so a tag that could be worked out from a body that is
 * guessed, or carried over from another request or from the free sandbox twin, would tell an answer that nobody paid for.
 */
final class EntityTags {
    private static final String USE = "entity tag";
    private static final int TAG_BYTES = 12;
    private static final int DIGEST_BYTES = 32;

    private final Pepper pepper;

    EntityTags(Pepper pepper) {
        this.pepper = pepper;
    }

    /** SHA-256 of a body, which {@link #of} takes in its place. */
    static byte[] digestOf(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /**
     * The tag, with its quotes.
     *
     * @param bodyDigest 32 bytes, of {@link #digestOf}
     * @param path of the request, as sent
     * @param query of the request, as sent; empty: none
     * @param sandbox whether the answer is the sandbox twin's
     */
    String of(byte[] bodyDigest, String path, String query, boolean sandbox) {
        if (bodyDigest.length != DIGEST_BYTES) {
            throw new IllegalArgumentException("a digest of " + bodyDigest.length + " bytes, not " + DIGEST_BYTES);
        }
        byte[] target = (path + "?" + query).getBytes(StandardCharsets.UTF_8);
        byte[] input = ByteBuffer.allocate(1 + DIGEST_BYTES + target.length)
                .put((byte) (sandbox ? 1 : 0)).put(bodyDigest).put(target).array();
        byte[] tag = Arrays.copyOf(pepper.derive(USE, input), TAG_BYTES);
        return "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(tag) + "\"";
    }
}
