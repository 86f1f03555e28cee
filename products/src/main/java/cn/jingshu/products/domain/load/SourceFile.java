package cn.jingshu.products.domain.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that is to be loaded, looked through once: its size, its digest, and how its text is encoded. A file that is valid UTF-8 is taken
 * as UTF-8; one that is not, but is valid GB 18030, as that: a text of several Chinese words in one is almost never valid in the other.
 *
 * @param encoding null: neither, so it is no text
 * @param nulAt where the first byte zero stands, from 0; -1: there is none
 */
public record SourceFile(Path path, long size, String sha256, @Nullable TextEncoding encoding, long nulAt) {
    private static final int CHUNK = 1 << 16;

    /** @param stated how the text is encoded; null: found out */
    public static SourceFile look(Path path, @Nullable TextEncoding stated) throws IOException {
        MessageDigest digest = newDigest();
        Validity utf8 = new Validity(TextEncoding.UTF_8);
        Validity gb = new Validity(TextEncoding.GB18030);
        byte[] chunk = new byte[CHUNK];
        long size = 0;
        long nulAt = -1;
        byte[] head = new byte[4];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.readNBytes(chunk, 0, CHUNK); read > 0; read = in.readNBytes(chunk, 0, CHUNK)) {
                if (size == 0) {
                    System.arraycopy(chunk, 0, head, 0, Math.min(read, head.length));
                }
                digest.update(chunk, 0, read);
                utf8.take(chunk, read);
                gb.take(chunk, read);
                for (int i = 0; nulAt < 0 && i < read; i++) {
                    if (chunk[i] == 0) {
                        nulAt = size + i;
                    }
                }
                size += read;
            }
        }
        Optional<TextEncoding> found = isUtf16(head, size) ? Optional.empty() : utf8.isValid()
                ? Optional.of(TextEncoding.UTF_8)
                : gb.isValid() ? Optional.of(TextEncoding.GB18030) : Optional.empty();
        return new SourceFile(path, size, HexFormat.of().formatHex(digest.digest()), stated != null ? stated : found.orElse(null), nulAt);
    }

    /** The hexadecimal SHA-256 of a file as it is now. */
    static String digestOf(Path path) throws IOException {
        MessageDigest digest = newDigest();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(chunk); read > 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The file's name without where it lies. */
    public String name() {
        return String.valueOf(path.getFileName());
    }

    /** @throws UnfitSourceException if it is no text of an encoding we read */
    TextEncoding requireText() {
        if (nulAt >= 0) {
            throw new UnfitSourceException("文件 " + name() + " 在第 " + nulAt + " 字节处含零字节,不是文本文件。",
                    "The file " + name() + " holds a zero byte at " + nulAt + ": it is no text, or encoded as UTF-16. Save it as UTF-8.");
        }
        TextEncoding known = encoding;
        if (known == null) {
            throw new UnfitSourceException("文件 " + name() + " 既不是 UTF-8 也不是 GB18030 编码,请另存为 UTF-8。",
                    "The file " + name() + " is encoded neither as UTF-8 nor as GB18030: save it as UTF-8.");
        }
        return known;
    }

    private static boolean isUtf16(byte[] head, long size) {
        return size >= 2 && ((head[0] == (byte) 0xFF && head[1] == (byte) 0xFE) || (head[0] == (byte) 0xFE && head[1] == (byte) 0xFF));
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Whether bytes are valid in an encoding, however they are cut. */
    private static final class Validity {
        private final CharsetDecoder decoder;
        private final ByteBuffer left = ByteBuffer.allocate(CHUNK + 8);
        private final CharBuffer thrownAway = CharBuffer.allocate(CHUNK + 8);
        private boolean broken;

        Validity(TextEncoding encoding) {
            decoder = encoding.charset().newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        }

        void take(byte[] bytes, int length) {
            if (broken) {
                return;
            }
            left.put(bytes, 0, length).flip();
            CoderResult result = decoder.decode(left, thrownAway.clear(), false);
            broken = result.isError();
            left.compact();
        }

        boolean isValid() {
            left.flip();
            return !broken && !decoder.decode(left, thrownAway.clear(), true).isError();
        }
    }
}
