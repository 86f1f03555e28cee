package cn.jingshu.marketplace.portal;

import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * The document of the management API as it was published, under whatever address it is asked at. It is read and taken apart once; the parts
 * between the addresses are kept, since a document for each address would be as many as callers can think of.
 */
@Singleton
final class ManagementDocument {
    private static final String PUBLISHED = "/openapi/jingshu-management-v1.json";
    /** The only server the published document names. */
    private static final String SERVER = "\"http://localhost:8080\"";
    private static final int DIGEST_CHARACTERS = 32;

    /** Made when it is first asked for. */
    private static final class Kept {
        private static final Kept DOCUMENT = read();

        private final List<byte[]> parts;
        private final byte[] digest;

        private Kept(List<byte[]> parts, byte[] digest) {
            this.parts = parts;
            this.digest = digest;
        }

        private static Kept read() {
            try (InputStream in = Objects.requireNonNull(ManagementDocument.class.getResourceAsStream(PUBLISHED), PUBLISHED)) {
                byte[] published = in.readAllBytes();
                String text = new String(published, StandardCharsets.UTF_8);
                List<byte[]> parts = new ArrayList<>();
                int from = 0;
                for (int at = text.indexOf(SERVER); at >= 0; at = text.indexOf(SERVER, from)) {
                    parts.add(text.substring(from, at).getBytes(StandardCharsets.UTF_8));
                    from = at + SERVER.length();
                }
                parts.add(text.substring(from).getBytes(StandardCharsets.UTF_8));
                return new Kept(parts, sha256().digest(published));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** The document in UTF-8, naming this server. */
    byte[] at(String server) {
        byte[] named = ('"' + server + '"').getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : Kept.DOCUMENT.parts) {
            if (whole.size() > 0) {
                whole.writeBytes(named);
            }
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    /** Its entity tag, of which nothing has to be made. */
    String tagAt(String server) {
        MessageDigest digest = sha256();
        digest.update(Kept.DOCUMENT.digest);
        digest.update(server.getBytes(StandardCharsets.UTF_8));
        return '"' + HexFormat.of().formatHex(digest.digest()).substring(0, DIGEST_CHARACTERS) + '"';
    }
}
