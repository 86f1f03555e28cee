package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.metering.event.BillingPeriod;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * What free use would have cost (影子价格): the published price of paid use of the same operation, at the end of the
 * month. It is shown and never charged.
 *
 * @see "发改价格〔2025〕65号: 用于公共治理、公益事业的免费提供"
 */
@Singleton
public final class ShadowPrices {
    private final PriceBook prices;

    ShadowPrices(PriceBook prices) {
        this.prices = prices;
    }

    /** What {@code quantity} units of a key would have cost, tax included; empty: paid use of it has no price. */
    public Optional<Money> of(ChargeKey key, long quantity) {
        return prices.priceAt(key.product(), key.operation(), Purpose.INDUSTRY,
                        new BillingPeriod(key.usageMonth()).end().minusSeconds(1))
                .map(tariff -> MonthUsage.unitPrice(tariff.tariff()).times(quantity));
    }
}
