package cn.jingshu.products.kind.sql;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where a page begins, as callers carry it: the key of the row before it, bound to the question it belongs to and signed
 * (HMAC-SHA-256, RFC 2104, cut to 128 bits as its section 5 allows), so that nobody makes one up.
 */
final class Cursors {
    private static final int TAG_BYTES = 16;
    private static final int MOST_KEYS = 20;
    private final SecretKeySpec key;

    /** @param secret at least 32 bytes, the same on every node */
    Cursors(byte[] secret) {
        if (secret.length < 32) {
            throw new IllegalArgumentException("a secret of " + secret.length + " bytes is too short for cursors");
        }
        this.key = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** @param question what was asked, so that a cursor of one question is of no use for another */
    String write(String question, List<String> position) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(position.size());
            for (String part : position) {
                byte[] text = part.getBytes(StandardCharsets.UTF_8);
                out.writeInt(text.length);
                out.write(text);
            }
            byte[] content = bytes.toByteArray();
            out.write(tag(question, content));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The key of the row before the page; empty: it is no cursor of ours for this question. */
    Optional<List<String>> read(String question, String token) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
        if (bytes.length <= TAG_BYTES) {
            return Optional.empty();
        }
        byte[] content = Arrays.copyOf(bytes, bytes.length - TAG_BYTES);
        byte[] tag = Arrays.copyOfRange(bytes, content.length, bytes.length);
        if (!MessageDigest.isEqual(tag, tag(question, content))) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            int count = Math.min(in.readUnsignedByte(), MOST_KEYS);
            List<String> position = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                position.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            }
            return Optional.of(position);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // we wrote and signed it ourselves
        }
    }

    private byte[] tag(String question, byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(question.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return Arrays.copyOf(mac.doFinal(content), TAG_BYTES);
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
