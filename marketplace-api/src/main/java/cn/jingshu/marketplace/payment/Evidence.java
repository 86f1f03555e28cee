package cn.jingshu.marketplace.payment;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A paper of the bank as it was handed in: PDF, PNG or JPEG, told by what it begins with. */
public final class Evidence {
    /** Longest paper, in bytes. */
    public static final int MOST_BYTES = 5 << 20;

    private static final int MOST_NAME = 200;
    private static final byte[] PDF = "%PDF-".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};

    private final String name;
    private final String mediaType;
    private final byte[] content;

    private Evidence(String name, String mediaType, byte[] content) {
        this.name = name;
        this.mediaType = mediaType;
        this.content = content;
    }

    /**
     * @param name of the file; folders before it are left out
     * @throws IllegalArgumentException if it is too long, or neither PDF, PNG nor JPEG
     */
    public static Evidence of(String name, byte[] content) {
        String plain = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).strip();
        if (plain.isEmpty() || plain.length() > MOST_NAME || plain.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the file's name has 1 to " + MOST_NAME + " characters");
        }
        if (content.length > MOST_BYTES) {
            throw new IllegalArgumentException("the file has " + content.length + " bytes, allowed are " + MOST_BYTES);
        }
        String type = begins(content, PDF) ? "application/pdf" : begins(content, PNG) ? "image/png" : begins(content, JPEG) ? "image/jpeg" : "";
        if (type.isEmpty()) {
            throw new IllegalArgumentException("the file is neither PDF, PNG nor JPEG");
        }
        return new Evidence(plain, type, content.clone());
    }

    private static boolean begins(byte[] content, byte[] with) {
        return content.length >= with.length && Arrays.equals(content, 0, with.length, with, 0, with.length);
    }

    public String name() {
        return name;
    }

    public String mediaType() {
        return mediaType;
    }

    public byte[] content() {
        return content.clone();
    }

    byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every JDK has it
        }
    }

    /** Its SHA-256, in hexadecimal. */
    public String digest() {
        return HexFormat.of().formatHex(sha256());
    }
}
