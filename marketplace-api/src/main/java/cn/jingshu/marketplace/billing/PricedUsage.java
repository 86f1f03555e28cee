package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.UnitPrice;
import org.jspecify.annotations.Nullable;

/**
 * All usage of one key counted so far, and its price.
 *
 * @param quantity units counted so far in the key's month, whether billed before or not
 * @param ceiling the price ceiling the tariff was published under; null: free by its purpose
 */
public record PricedUsage(ChargeKey key, UnitPrice price, @Nullable UnitPrice ceiling, long quantity) {}
