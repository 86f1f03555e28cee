package cn.jingshu.marketplace.objection;

import cn.jingshu.products.identifier.ResidentId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds values of people in what somebody writes: numbers of identity cards, mobile telephones and bank cards. They are needed to
 * look into nothing that is written here, and what several people read should not hold them.
 */
final class PersonalValues {
    private static final Pattern IDENTITY = Pattern.compile("(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])");
    private static final Pattern MOBILE = Pattern.compile("(?<![0-9A-Za-z])(?:\\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9A-Za-z])");
    private static final Pattern CARD = Pattern.compile("(?<![0-9A-Za-z-])[0-9](?:[ -]?[0-9]){15,18}(?![0-9A-Za-z-])");

    private PersonalValues() {}

    static boolean areIn(String text) {
        Matcher identity = IDENTITY.matcher(text);
        while (identity.find()) {
            if (ResidentId.parse(identity.group()).isPresent()) {
                return true;
            }
        }
        if (MOBILE.matcher(text).find()) {
            return true;
        }
        Matcher card = CARD.matcher(text);
        while (card.find()) {
            if (hasCheckDigit(card.group().replaceAll("[ -]", ""))) {
                return true;
            }
        }
        return false;
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
