package cn.jingshu.products.domain.load;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The digest of records that come from no file: of their names and values in order, each with its length. */
final class RecordDigest {
    private final MessageDigest digest = SourceFile.newDigest();
    private boolean whole = true;

    void take(Map<String, @Nullable String> values) {
        values.forEach((name, value) -> {
            put(name);
            put(value);
        });
        digest.update((byte) '\n');
    }

    /** Of a few texts, hexadecimal. */
    static String ofTexts(String... texts) {
        RecordDigest digest = new RecordDigest();
        for (String each : texts) {
            digest.put(each);
        }
        return HexFormat.of().formatHex(digest.digest.digest());
    }

    /** A part of the records was read by an earlier try, so the digest would not be that of the whole. */
    void miss() {
        whole = false;
    }

    private void put(@Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        digest.update((text == null ? "-" : Integer.toString(bytes.length)).getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) ':');
        digest.update(bytes);
    }

    /** Hexadecimal; null: not the whole was read. */
    @Nullable String hex() {
        return whole ? HexFormat.of().formatHex(digest.digest()) : null;
    }
}
