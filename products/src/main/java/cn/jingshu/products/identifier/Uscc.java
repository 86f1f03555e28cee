package cn.jingshu.products.identifier;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A unified social credit code (统一社会信用代码) of 18 characters whose two check characters are right: the code's own
 * (GB 32100-2015) and that of the organisation code inside it (GB 11714).
 *
 * @param code upper case, without spaces or hyphens
 */
public record Uscc(String code) {
    private static final String ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private static final Pattern FORM = Pattern.compile("[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}");
    private static final int[] WEIGHTS = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    private static final int[] ORGANISATION_WEIGHTS = {3, 7, 9, 10, 5, 8, 4, 2};
    private static final int ORGANISATION_START = 8;

    /** @throws IllegalArgumentException if the form or a check character is wrong */
    public Uscc {
        if (!FORM.matcher(code).matches()) {
            throw new IllegalArgumentException("not the form of a unified social credit code");
        }
        if (code.charAt(16) != organisationCheck(code.substring(ORGANISATION_START, 16))) {
            throw new IllegalArgumentException("check character of the organisation code is wrong");
        }
        if (code.charAt(17) != check(code.substring(0, 17))) {
            throw new IllegalArgumentException("check character of the unified social credit code is wrong");
        }
    }

    /** Reads what a person typed: case, spaces and hyphens do not matter; empty if it is no valid code. */
    public static Optional<Uscc> parse(String typed) {
        String code = typed.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
        try {
            return Optional.of(new Uscc(code));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty(); // the answer to a question, not a failure
        }
    }

    /**
     * Completes a code with its two check characters.
     *
     * @param authority the first two characters: registering authority and category
     * @param area six digits of the administrative area
     * @param organisation eight characters of the organisation code, before its check character
     */
    public static Uscc complete(String authority, String area, String organisation) {
        String body = authority + area + organisation + organisationCheck(organisation);
        return new Uscc(body + check(body));
    }

    /** Whether it is that of a sole trader (个体工商户, the first two characters are 92): a person in business, and no enterprise. */
    public boolean isSoleTrader() {
        return code.startsWith("92");
    }

    private static char check(String seventeen) {
        int sum = 0;
        for (int i = 0; i < WEIGHTS.length; i++) {
            sum += ALPHABET.indexOf(seventeen.charAt(i)) * WEIGHTS[i];
        }
        return ALPHABET.charAt((31 - sum % 31) % 31);
    }

    private static char organisationCheck(String eight) {
        int sum = 0;
        for (int i = 0; i < ORGANISATION_WEIGHTS.length; i++) {
            sum += Character.digit(eight.charAt(i), 36) * ORGANISATION_WEIGHTS[i]; // A is 10 … Z is 35
        }
        int value = 11 - sum % 11;
        return switch (value) {
            case 10 -> 'X';
            case 11 -> '0';
            default -> (char) ('0' + value);
        };
    }

    @Override
    public String toString() {
        return code;
    }
}
