package cn.jingshu.ledger.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An exact fraction of a whole (分成比例), from 0 to 1, kept in lowest terms; rates of tax are portions too.
 *
 * @param numerator at least zero and at most {@code denominator}
 * @param denominator above zero
 */
public record Portion(BigInteger numerator, BigInteger denominator) {

    public static final Portion NONE = of(0, 1);
    public static final Portion WHOLE = of(1, 1);

    private static final Pattern FRACTION = Pattern.compile("(\\d{1,400})/(\\d{1,400})");

    public Portion {
        if (denominator.signum() <= 0 || numerator.signum() < 0 || numerator.compareTo(denominator) > 0) {
            throw new IllegalArgumentException("not a portion from 0 to 1: " + numerator + "/" + denominator);
        }
        BigInteger divisor = numerator.gcd(denominator);
        numerator = numerator.divide(divisor);
        denominator = denominator.divide(divisor);
    }

    public static Portion of(long numerator, long denominator) {
        return new Portion(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
    }

    public static Portion percent(long percent) {
        return of(percent, 100);
    }

    /** Reads {@code 3/10}, the form {@link #toString} writes. */
    public static Portion parse(String text) {
        Matcher matcher = FRACTION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a fraction such as 3/10: " + text);
        }
        return new Portion(new BigInteger(matcher.group(1)), new BigInteger(matcher.group(2)));
    }

    /**
     * Portions in the proportion of {@code weights}; they add up to exactly one.
     *
     * @throws IllegalArgumentException if there is no weight, one is below zero, or all are zero
     */
    public static List<Portion> ofWeights(List<BigDecimal> weights) {
        int scale = 0;
        for (BigDecimal weight : weights) {
            scale = Math.max(scale, weight.scale());
        }
        int commonScale = scale;
        List<BigInteger> whole = weights.stream().map(w -> w.setScale(commonScale).unscaledValue()).toList();
        BigInteger total = whole.stream().reduce(BigInteger.ZERO, BigInteger::add);
        if (total.signum() <= 0 || whole.stream().anyMatch(w -> w.signum() < 0)) {
            throw new IllegalArgumentException("weights must not be below zero and one must be above: " + weights);
        }
        return whole.stream().map(w -> new Portion(w, total)).toList();
    }

    public Portion times(Portion other) {
        return new Portion(numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    /** What is left of the whole. */
    public Portion rest() {
        return new Portion(denominator.subtract(numerator), denominator);
    }

    /** This portion of {@code whole}, rounded once, half away from zero, to whole fen. */
    public Money of(Money whole) {
        return new Money(new BigDecimal(numerator.multiply(BigInteger.valueOf(whole.fen())))
                .divide(new BigDecimal(denominator), 0, RoundingMode.HALF_UP)
                .longValueExact());
    }

    /** For people: {@code 30.00 %}, rounded down to two decimals. */
    public String toPercentText() {
        BigDecimal percent = new BigDecimal(numerator.multiply(BigInteger.valueOf(100)))
                .divide(new BigDecimal(denominator), 2, RoundingMode.DOWN);
        return String.format(Locale.ROOT, "%s %%", percent.toPlainString());
    }

    @Override
    public String toString() {
        return numerator + "/" + denominator;
    }
}
