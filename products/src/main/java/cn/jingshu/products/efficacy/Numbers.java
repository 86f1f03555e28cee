package cn.jingshu.products.efficacy;

import cn.jingshu.products.efficacy.v1.Ratio;
import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as they are told: five significant digits, for more would only help to count back. */
final class Numbers {
    private static final MathContext DIGITS = new MathContext(5);

    private Numbers() {}

    /** @throws ArithmeticException if it is not finite */
    static double rounded(double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException("a number to be told is " + value);
        }
        return new BigDecimal(value).round(DIGITS).doubleValue();
    }

    /** A ratio in which what is not finite is left out. */
    static Ratio ratio(double estimate, double lower, double upper) {
        Ratio.Builder ratio = Ratio.newBuilder();
        if (Double.isFinite(estimate)) {
            ratio.setEstimate(rounded(estimate));
        }
        if (Double.isFinite(lower)) {
            ratio.setLower(rounded(lower));
        }
        if (Double.isFinite(upper)) {
            ratio.setUpper(rounded(upper));
        }
        return ratio.build();
    }

    /** A hazard ratio from its logarithm and the standard error of that. */
    static Ratio hazard(double logarithm, double error) {
        double reach = 1.959963984540054 * error;
        return ratio(Math.exp(logarithm), Math.exp(logarithm - reach), Math.exp(logarithm + reach));
    }
}
