package cn.jingshu.ledger.share;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.apache.commons.math3.fraction.BigFraction;

/** Exact numbers as people write them. */
public final class Fractions {

    private static final int MOST_DIGITS = 60;
    private static final Pattern FORM = Pattern.compile("-?\\d+(\\.\\d+|/\\d+)?");

    private Fractions() {}

    /**
     * Reads {@code 40}, {@code 0.35} or {@code 155/3}.
     *
     * @throws IllegalArgumentException if it is none of these, too long, or divided by zero
     */
    public static BigFraction parse(String text) {
        int slash = text.indexOf('/');
        if (text.length() > MOST_DIGITS || !FORM.matcher(text).matches()
                || (slash > 0 && new BigInteger(text.substring(slash + 1)).signum() == 0)) {
            throw new IllegalArgumentException("not a number such as 40, 0.35 or 155/3: " + text);
        }
        if (slash > 0) {
            return new BigFraction(new BigInteger(text.substring(0, slash)), new BigInteger(text.substring(slash + 1)));
        }
        BigDecimal decimal = new BigDecimal(text);
        return new BigFraction(decimal.unscaledValue(), BigInteger.TEN.pow(decimal.scale()));
    }
}
