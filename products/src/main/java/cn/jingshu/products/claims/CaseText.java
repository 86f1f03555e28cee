package cn.jingshu.products.claims;

import cn.jingshu.products.identifier.ResidentId;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of what people write into a case: it goes into a bundle that is passed on. */
final class CaseText {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final Pattern MAYBE_IDENTITY = Pattern.compile("(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])");
    private static final Pattern MOBILE = Pattern.compile("(?<![0-9])1[3-9][0-9]{9}(?![0-9])");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private CaseText() {}

    /** True: no control character, no identity number, no mobile number. */
    static boolean harmless(String text) {
        if (CONTROL.matcher(text).find() || MOBILE.matcher(text).find()) {
            return false;
        }
        Matcher matcher = MAYBE_IDENTITY.matcher(text);
        while (matcher.find()) {
            if (ResidentId.parse(matcher.group()).isPresent()) {
                return false;
            }
        }
        return true;
    }

    /** True: 64 lower-case hexadecimal digits. */
    static boolean digest(String text) {
        return DIGEST.matcher(text).matches();
    }

    /** The day of ISO 8601, of this and the last century; empty: it is none. */
    static Optional<LocalDate> day(String text) {
        try {
            LocalDate day = LocalDate.parse(text);
            return day.getYear() >= 1900 && day.getYear() < 2200 ? Optional.of(day) : Optional.empty();
        } catch (DateTimeParseException wrong) {
            return Optional.empty(); // the answer to a question, not a failure
        }
    }
}
