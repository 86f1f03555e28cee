package cn.jingshu.products.address;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** House numbers (门牌号) in one spelling: {@code 四十三号} → {@code 43号}, {@code 甲1号院}, {@code 12号附3号}. */
final class AddressNumber {
    private static final Pattern DIGITS = Pattern.compile("[0-9]+|[〇零一二三四五六七八九十百]+");

    private AddressNumber() {}

    /** Every number in figures; the rest as it is. */
    static String canonical(String written) {
        Matcher numbers = DIGITS.matcher(written);
        return numbers.replaceAll(n -> AddressText.figures(n.group()));
    }

    /** Only what distinguishes one house from another: {@code 43}, {@code 甲1}, {@code 12附3}, {@code 58弄}. */
    static String key(String number) {
        return number.replaceAll("第|号大院|号院|大院|院|号|#", "");
    }
}
