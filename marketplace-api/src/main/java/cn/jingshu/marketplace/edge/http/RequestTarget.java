package cn.jingshu.marketplace.edge.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for: the path and the query, percent-encoded. An absolute address (RFC 9112, section 3.2.2) means
 * the same as its path; letters beyond ASCII, which command lines send as they are typed, mean their UTF-8.
 *
 * @param query without the question mark; empty: none
 */
record RequestTarget(String path, String query) {

    /** The target as its path and query; null: it holds what no address can, such as a NUL or bytes that are no UTF-8. */
    static @Nullable RequestTarget of(String sent) {
        String encoded = encoded(originForm(sent));
        if (encoded == null) {
            return null;
        }
        int mark = encoded.indexOf('?');
        return mark < 0
                ? new RequestTarget(encoded, "")
                : new RequestTarget(encoded.substring(0, mark), encoded.substring(mark + 1));
    }

    /** The path of a target that may be malformed, to tell whose it is. */
    static String pathOf(String sent) {
        String origin = originForm(sent);
        int mark = origin.indexOf('?');
        return mark < 0 ? origin : origin.substring(0, mark);
    }

    private static String originForm(String sent) {
        int authority = sent.regionMatches(true, 0, "http://", 0, 7) ? 7 : sent.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (authority < 0) {
            return sent;
        }
        int slash = sent.indexOf('/', authority);
        return slash < 0 ? "/" : sent.substring(slash);
    }

    /** With every byte beyond ASCII as %XX; null: not to be encoded. The server reads a byte as one character. */
    private static @Nullable String encoded(String target) {
        boolean plain = true;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c > 0xff) {
                return null;
            }
            plain &= c < 0x80;
        }
        if (plain) {
            return target;
        }
        byte[] bytes = target.getBytes(StandardCharsets.ISO_8859_1);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
        StringBuilder encoded = new StringBuilder(bytes.length * 2);
        for (byte b : bytes) {
            if (b >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(String.format(Locale.ROOT, "%02X", b & 0xff));
            }
        }
        return encoded.toString();
    }
}
