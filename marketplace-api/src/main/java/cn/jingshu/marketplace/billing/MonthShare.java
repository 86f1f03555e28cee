package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Portion;
import org.apache.commons.math3.fraction.BigFraction;

/** Shares of a month as text such as {@code 1/2}, the form {@link Portion} has. */
final class MonthShare {
    private MonthShare() {}

    static String text(BigFraction share) {
        return new Portion(share.getNumerator(), share.getDenominator()).toString();
    }

    static BigFraction parse(String text) {
        Portion portion = Portion.parse(text);
        return new BigFraction(portion.numerator(), portion.denominator());
    }
}
