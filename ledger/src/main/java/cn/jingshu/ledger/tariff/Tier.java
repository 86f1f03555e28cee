package cn.jingshu.ledger.tariff;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import org.jspecify.annotations.Nullable;

/**
 * A usage band with its own price (阶梯). It begins behind the band before it and ends with its last unit.
 *
 * @param upTo its last unit, above zero; null: the last band, without an end
 * @param flat due once when the band applies, in addition; never below zero
 */
public record Tier(@Nullable Long upTo, UnitPrice price, Money flat) {
    public Tier {
        if (upTo != null && upTo <= 0) {
            throw new IllegalArgumentException("a band ends above zero, not at " + upTo);
        }
        if (flat.isNegative()) {
            throw new IllegalArgumentException("a band's fixed amount is below zero: " + flat);
        }
    }

    /** A band without a fixed amount. */
    public static Tier of(@Nullable Long upTo, UnitPrice price) {
        return new Tier(upTo, price, Money.ZERO);
    }
}
