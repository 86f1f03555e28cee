package cn.jingshu.marketplace.objection;

import cn.jingshu.products.identifier.ResidentId;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds values of people in what somebody writes: numbers of identity cards (of 18 characters, and of 15 digits as they were until 1999),
 * mobile telephones and bank cards. They are needed to look into nothing that is written here, and what several people read should not
 * hold them. Full-width digits are digits, what cannot be seen is left out, and the digits of a number may stand apart.
 */
final class PersonalValues {
    private static final String APART = "[\\s.\\-·]";
    /** A number begins and ends where no other letters and digits go on. */
    private static final String FROM = "(?<![0-9A-Za-z])";
    private static final String TO = "(?![0-9A-Za-z])";
    /** Likewise, and in no row of groups such as the id of a call. */
    private static final String FROM_ALONE = "(?<![0-9A-Za-z-])";
    private static final String TO_ALONE = "(?![0-9A-Za-z-])";

    private static final Pattern FORMAT = Pattern.compile("\\p{Cf}");
    private static final Pattern IDENTITY = Pattern.compile(FROM + "[0-9]{17}[0-9Xx]" + TO
            + "|" + FROM_ALONE + "[0-9](?:" + APART + "?[0-9]){16}" + APART + "?[0-9Xx]" + TO_ALONE);
    private static final Pattern OLD_IDENTITY = Pattern.compile(FROM + "[0-9]{15}" + TO
            + "|" + FROM_ALONE + "[0-9]{6}" + APART + "?[0-9]{6}" + APART + "?[0-9]{3}" + TO_ALONE);
    private static final Pattern MOBILE = Pattern.compile(FROM + "(?:\\+?86" + APART + "?)?"
            + "(?:1[3-9][0-9](?:[\\s\\-·]{0,2}[0-9]{4}){2}|1[3-9][0-9](?:[.·][0-9]{4}){2}|1" + APART + "[3-9](?:" + APART + "[0-9]){9})" + TO);
    /** Dots stand between groups of four alone: two coordinates side by side are no card. */
    private static final Pattern CARD = Pattern.compile(FROM_ALONE + "(?:[0-9](?:[ -]?[0-9]){15,18}"
            + "|[0-9]{4}(?:" + APART + "{1,2}[0-9]{4}){3}(?:" + APART + "{0,2}[0-9]{1,3})?)" + TO_ALONE);

    private PersonalValues() {}

    static boolean areIn(String text) {
        String plain = FORMAT.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC)).replaceAll("");
        return found(IDENTITY, plain).anyMatch(each -> ResidentId.parse(each).isPresent())
                || found(OLD_IDENTITY, plain).anyMatch(PersonalValues::isOldIdentity)
                || MOBILE.matcher(plain).find()
                || found(CARD, plain).anyMatch(PersonalValues::hasCheckDigit);
    }

    /** What a pattern finds, without what stands between its digits. */
    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).map(each -> each.replaceAll(APART, ""));
    }

    /** Whether 15 digits may name a person, who was born in the last century: with a province and a day, for they have no check digit. */
    private static boolean isOldIdentity(String digits) {
        try {
            LocalDate birth = LocalDate.of(1900 + Integer.parseInt(digits.substring(6, 8)), Integer.parseInt(digits.substring(8, 10)),
                    Integer.parseInt(digits.substring(10, 12)));
            return ResidentId.complete(digits.substring(0, 6), birth, Integer.parseInt(digits.substring(12))).birthDate().equals(birth);
        } catch (DateTimeException | IllegalArgumentException noPerson) {
            return false; // the answer to a question, not a failure
        }
    }

    /** Whether the last digit is the one of ISO/IEC 7812 (Luhn). */
    private static boolean hasCheckDigit(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighted = i % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % 10 == 0;
    }
}
