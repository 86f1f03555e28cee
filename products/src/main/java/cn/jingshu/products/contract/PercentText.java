package cn.jingshu.products.contract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text as a URL carries it: UTF-8 in percent-encoding (RFC 3986). */
final class PercentText {
    private static final String UNRESERVED = "-._~";

    private PercentText() {}

    /**
     * The text behind {@code encoded}; null: it is not valid percent-encoded UTF-8, or it holds a NUL, which no text of a
     * contract can mean and no database keeps.
     *
     * @param plusIsSpace true: a plus sign stands for a space, as in a query
     */
    static @Nullable String decode(String encoded, boolean plusIsSpace) {
        return decode(encoded, plusIsSpace, false);
    }

    /** The text behind one part of a path that may span slashes: {@code %2F} stays as it is. */
    static @Nullable String decodeKeepingSlashes(String encoded) {
        return decode(encoded, false, true);
    }

    private static @Nullable String decode(String encoded, boolean plusIsSpace, boolean keepSlash) {
        if (isPlain(encoded)) {
            return encoded;
        }
        byte[] raw = encoded.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[raw.length];
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            byte b = raw[i];
            if (b == '%') {
                int high = i + 2 < raw.length ? digit(raw[i + 1]) : -1;
                int low = i + 2 < raw.length ? digit(raw[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    return null;
                }
                byte decoded = (byte) (high << 4 | low);
                if (!(keepSlash && decoded == '/')) {
                    b = decoded;
                    i += 2;
                }
            } else if (b == '+' && plusIsSpace) {
                b = ' ';
            }
            if (b == 0) {
                return null;
            }
            out[length++] = b;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out, 0, length))
                    .toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' || c == '+' || c >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static int digit(byte b) {
        return b < 0 ? -1 : Character.digit(b, 16);
    }

    /** {@code text} with all but unreserved characters percent-encoded; {@code slashes}: a slash stays a slash. */
    static String encode(String text, boolean slashes) {
        var out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || UNRESERVED.indexOf(c) >= 0
                    || (slashes && c == '/');
            if (plain) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
