package cn.jingshu.marketplace.apikey;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * An API key (接口密钥) whose checksum is right: {@code js_live_} or {@code js_test_}, 30 random base62 characters (178
 * bits) and 6 base62 characters of the CRC-32 of everything before them. The checksum lets a mistyped key, or a scanner
 * that found one in a repository, be answered without a look-up; it is no protection.
 */
public final class ApiKey {
    /** What a key looks like, for secret scanners; the checksum is to be checked besides. */
    public static final String PATTERN = "js_(live|test)_[0-9A-Za-z]{36}";

    static final String LIVE = "js_live_";
    static final String TEST = "js_test_";
    private static final String BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_LENGTH = 30;
    private static final int CHECK_LENGTH = 6;
    private static final int LENGTH = LIVE.length() + RANDOM_LENGTH + CHECK_LENGTH;

    private final String text;

    private ApiKey(String text) {
        this.text = text;
    }

    /** A new key; {@code random} must be fit for secrets outside tests. */
    public static ApiKey next(boolean sandbox, RandomGenerator random) {
        StringBuilder body = new StringBuilder(LENGTH).append(sandbox ? TEST : LIVE);
        for (int i = 0; i < RANDOM_LENGTH; i++) {
            body.append(BASE62.charAt(random.nextInt(BASE62.length())));
        }
        return new ApiKey(body + check(body.toString()));
    }

    /** Reads what a caller sent; empty if prefix, length, alphabet or checksum is wrong. */
    public static Optional<ApiKey> parse(String sent) {
        if (sent.length() != LENGTH || !(sent.startsWith(LIVE) || sent.startsWith(TEST))) {
            return Optional.empty();
        }
        for (int i = LIVE.length(); i < LENGTH; i++) {
            if (digit(sent.charAt(i)) < 0) {
                return Optional.empty();
            }
        }
        int checkAt = LENGTH - CHECK_LENGTH;
        return sent.regionMatches(checkAt, check(sent.substring(0, checkAt)), 0, CHECK_LENGTH)
                ? Optional.of(new ApiKey(sent))
                : Optional.empty();
    }

    /** Whether the key reaches the sandbox twin only: counted, never billed, never live data. */
    public boolean sandbox() {
        return text.startsWith(TEST);
    }

    /** The whole secret, for the one time it is shown. */
    public String reveal() {
        return text;
    }

    /** The last four characters, by which its owner tells it from another; all of them checksum, none secret. */
    public String lastFour() {
        return text.substring(LENGTH - 4);
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String check(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        char[] check = new char[CHECK_LENGTH];
        long rest = crc.getValue();
        for (int i = CHECK_LENGTH - 1; i >= 0; i--) {
            check[i] = BASE62.charAt((int) (rest % BASE62.length()));
            rest /= BASE62.length();
        }
        return new String(check);
    }

    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'A' && c <= 'Z') {
            return c - 'A' + 10;
        }
        return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
    }

    /** The prefix and the last four characters; the secret stays out of every log. */
    @Override
    public String toString() {
        return (sandbox() ? TEST : LIVE) + "…" + lastFour();
    }
}
