package cn.jingshu.products.address;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes one spelling of the many ways in which the same characters are typed; knows nothing of what they mean. */
final class AddressText {
    /** Longest address that is read, characters; what is longer is cut. */
    static final int MAX_LENGTH = 300;

    private static final String OPENING = "【〔〖「『[{<〈《﹙";
    private static final String CLOSING = "】〕〗」』]}>〉》﹚";
    private static final String TRADITIONAL = "號樓棟單戶門區縣鎮鄉層廣東灣國莊園達棟龍鳳華橋電話";
    private static final String SIMPLIFIED = "号楼栋单户门区县镇乡层广东湾国庄园达栋龙凤华桥电话";
    private static final Pattern DASHES = Pattern.compile("[‐‑‒–—―－﹣−─~～]+|-{2,}");
    private static final Pattern DASH_WRITTEN_ONE = Pattern.compile("(?<=[0-9])一(?=[0-9])");
    private static final Pattern PHONE = Pattern.compile(
            "(?:(?:联系)?电话|手机(?:号码?)?|联系方式|tel)?\\s*[::]?\\s*(?<![0-9])(?:(?:\\+?86[- ]?)?1[3-9][0-9]{9}|0[0-9]{2,3}[- ][0-9]{7,8})(?![0-9])",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern PERSON = Pattern.compile(
            "(?:联系人|收件人|收货人|房东)\\s*[::]?\\s*\\p{IsHan}{2,4}(?=[\\s,;)]|$)|(?<=[\\s,;::(])\\p{IsHan}{1,3}(?:先生|女士|小姐|收)(?=[\\s,;)]|$)");
    private static final Pattern SPECIAL = Pattern.compile("[\\p{P}\\p{S}\\s\\p{Cntrl}]+");
    private static final String DIGITS = "零一二三四五六七八九";
    private static final String FORMAL_DIGITS = "〇壹贰叁肆伍陆柒捌玖";

    private AddressText() {}

    /** Half width, simplified, one kind of bracket {@code ( )} and dash, no telephone numbers, no people; at most {@link #MAX_LENGTH}. */
    static String unify(String typed) {
        String cut = typed.length() > MAX_LENGTH ? typed.substring(0, MAX_LENGTH) : typed;
        String text = Normalizer.normalize(cut, Normalizer.Form.NFKC);
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (OPENING.indexOf(c) >= 0) {
                c = '(';
            } else if (CLOSING.indexOf(c) >= 0) {
                c = ')';
            } else if (TRADITIONAL.indexOf(c) >= 0) {
                c = SIMPLIFIED.charAt(TRADITIONAL.indexOf(c));
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == '\uFFFD') {
                c = ' ';
            }
            out.append(c);
        }
        String one = DASHES.matcher(out).replaceAll("-");
        one = DASH_WRITTEN_ONE.matcher(one).replaceAll("-");
        one = PHONE.matcher(one).replaceAll(" ");
        return PERSON.matcher(one).replaceAll(" ").strip();
    }

    /** The text without punctuation, symbols and spaces. */
    static String bare(String text) {
        return SPECIAL.matcher(text).replaceAll("");
    }

    /**
     * A number in figures: 二十三 → 23, 三〇二 → 302, 08 → 8, 柒 → 7; letters in upper case stay. What is no number stays as it is.
     */
    static String figures(String number) {
        String upper = number.toUpperCase(Locale.ROOT);
        if (!upper.isEmpty() && isChineseNumber(upper)) {
            return Integer.toString(chineseValue(upper));
        }
        Matcher zeros = LEADING_ZEROS.matcher(upper);
        return zeros.replaceFirst("");
    }

    private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=[0-9])");

    private static boolean isChineseNumber(String text) {
        return text.chars().allMatch(c -> digit((char) c) >= 0 || "十拾百佰".indexOf(c) >= 0);
    }

    private static int chineseValue(String text) {
        boolean places = text.chars().anyMatch(c -> "十拾百佰".indexOf(c) >= 0);
        int value = 0;
        int last = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = digit(c);
            if (digit >= 0) {
                if (!places) {
                    value = Math.min(value * 10 + digit, 99_999_999);
                }
                last = digit;
            } else {
                int place = c == '百' || c == '佰' ? 100 : 10;
                value += (last < 0 ? 1 : last) * place;
                last = -1;
            }
        }
        return places && last > 0 ? value + last : value;
    }

    private static int digit(char c) {
        if (c == '两') {
            return 2;
        }
        int plain = DIGITS.indexOf(c);
        return plain >= 0 ? plain : FORMAL_DIGITS.indexOf(c);
    }
}
