package cn.jingshu.marketplace.idempotency;

import java.util.Optional;

/**
 * The caller's name for one logical call (幂等键), from the {@code Idempotency-Key} header or metadata: a structured
 * string ({@code "…"}, draft-ietf-httpapi-idempotency-key-header-07) or the same text without its quotes.
 */
public record IdempotencyKey(String text) {
    /** Longest key taken, in characters. */
    public static final int MAX_LENGTH = 128;

    public IdempotencyKey {
        if (!isFit(text)) {
            throw new IllegalArgumentException("an idempotency key is 1 to " + MAX_LENGTH + " visible ASCII characters");
        }
    }

    private static boolean isFit(String text) {
        return !text.isEmpty() && text.length() <= MAX_LENGTH
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\');
    }

    /** The key a header holds; empty: it holds none that can be taken. */
    public static Optional<IdempotencyKey> parse(String header) {
        String text = header.strip();
        if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        return isFit(text) ? Optional.of(new IdempotencyKey(text)) : Optional.empty();
    }

    /** It opens the stored answer, so it stays out of every log. */
    @Override
    public String toString() {
        return "IdempotencyKey[…]";
    }
}
