package cn.jingshu.products.identifier;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A resident's identity number (公民身份号码, GB 11643-1999): six digits of an area, a date of birth, three of a sequence
 * (odd: male), a check character. It names a person: it is never stored, logged or put into a message as it is.
 *
 * @param number 18 characters, a closing {@code X} in upper case
 */
public record ResidentId(String number) {
    private static final Pattern FORM = Pattern.compile("[0-9]{17}[0-9X]");
    private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final String CHECKS = "10X98765432";

    /** The first two digits that GB/T 2260 has given to provinces, the special regions and Taiwan. */
    private static final Set<String> PROVINCES = Set.of("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34",
            "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65",
            "71", "81", "82", "83");

    /** @throws IllegalArgumentException if form, province, date of birth or check character is wrong; the number is not repeated */
    public ResidentId {
        if (!FORM.matcher(number).matches()) {
            throw new IllegalArgumentException("not the form of a resident's identity number");
        }
        if (!PROVINCES.contains(number.substring(0, 2))) {
            throw new IllegalArgumentException("no province has the first digits of this identity number");
        }
        birthDateOf(number);
        if (number.charAt(17) != check(number)) {
            throw new IllegalArgumentException("check character of the identity number is wrong");
        }
    }

    /** Reads what a person typed: spaces and the case of the X do not matter; empty if it is no valid number. */
    public static Optional<ResidentId> parse(String typed) {
        try {
            return Optional.of(new ResidentId(typed.replaceAll("\\s", "").toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty(); // the answer to a question, not a failure
        }
    }

    /**
     * Whether a valid number stands anywhere in a text, with no letter or digit before or behind it. Of numbers that are made up for something else,
     * less than one in a thousand has province, date of birth and check character right.
     */
    public static boolean isIn(CharSequence text) {
        int run = 0; // ASCII letters and digits that end here
        for (int end = 0; end <= text.length(); end++) {
            char c = end < text.length() ? text.charAt(end) : ' ';
            if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
                run++;
            } else {
                if (run == 18 && parse(text.subSequence(end - run, end).toString()).isPresent()) {
                    return true;
                }
                run = 0;
            }
        }
        return false;
    }

    /** Completes a number with its check character; for made-up people of demonstrations and tests. */
    public static ResidentId complete(String area, LocalDate birth, int sequence) {
        String body = "%s%04d%02d%02d%03d".formatted(area, birth.getYear(), birth.getMonthValue(), birth.getDayOfMonth(), sequence);
        return new ResidentId(body + check(body));
    }

    public LocalDate birthDate() {
        return birthDateOf(number);
    }

    public boolean male() {
        return (number.charAt(16) - '0') % 2 == 1;
    }

    /** Six digits of the area where the number was first given. */
    public String area() {
        return number.substring(0, 6);
    }

    /** The number as people may see it: the first six characters and the last one. */
    public String masked() {
        return number.substring(0, 6) + "***********" + number.charAt(17);
    }

    /** The masked number, so that no log carries a person. */
    @Override
    public String toString() {
        return masked();
    }

    private static LocalDate birthDateOf(String number) {
        try {
            return LocalDate.of(Integer.parseInt(number.substring(6, 10)), Integer.parseInt(number.substring(10, 12)),
                    Integer.parseInt(number.substring(12, 14)));
        } catch (DateTimeException wrong) {
            throw new IllegalArgumentException("the identity number holds no date of birth", wrong);
        }
    }

    private static char check(String number) {
        int sum = 0;
        for (int i = 0; i < WEIGHTS.length; i++) {
            sum += (number.charAt(i) - '0') * WEIGHTS[i];
        }
        return CHECKS.charAt(sum % 11);
    }
}
