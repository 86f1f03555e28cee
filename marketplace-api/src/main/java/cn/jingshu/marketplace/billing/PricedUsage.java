package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.UnitPrice;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/**
 * All usage of one key counted so far, and what it is reckoned by.
 *
 * @param quantity units counted so far in the key's month, whether billed before or not
 * @param shadowFen what free use would have cost industry, exactly; zero: it is paid for, or has no price there
 */
public record PricedUsage(ChargeKey key, Basis basis, long quantity, BigFraction shadowFen) {

    /** Usage at a price for each unit. */
    public PricedUsage(ChargeKey key, UnitPrice price, @Nullable UnitPrice ceiling, long quantity) {
        this(key, Basis.perUnit(price, ceiling), quantity, BigFraction.ZERO);
    }
}
