package cn.jingshu.ledger.money;

import java.math.BigInteger;

/**
 * A tax-inclusive amount taken apart into the net sale and the value-added tax in it (价税分离).
 *
 * @param net the sale without the tax (增值税法 Art. 17: the sales amount excludes the tax itself)
 * @param tax output tax on it; {@code net} plus {@code tax} is the gross amount to the fen
 */
public record Vat(Money net, Money tax) {

    /**
     * The tax inside {@code gross} at {@code rate}: net = gross / (1 + rate) rounded half away from zero, the tax is
     * the rest. A gross below zero (a red-letter correction) gives the mirror of the amount above zero.
     */
    public static Vat inside(Money gross, Portion rate) {
        BigInteger onePlusRate = rate.denominator().add(rate.numerator());
        Money net = new Portion(rate.denominator(), onePlusRate).of(gross);
        return new Vat(net, gross.minus(net));
    }

    public Money gross() {
        return net.plus(tax);
    }
}
