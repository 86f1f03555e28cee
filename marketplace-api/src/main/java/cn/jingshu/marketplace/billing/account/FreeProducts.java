package cn.jingshu.marketplace.billing.account;

import cn.jingshu.marketplace.pricing.PriceBook;
import cn.jingshu.marketplace.store.Database;
import jakarta.inject.Singleton;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends prices that were stored before the contract of their product said that it is free, and tells the operator and the product's merchant. */
@Singleton
public final class FreeProducts {
    private static final Logger LOG = LoggerFactory.getLogger(FreeProducts.class);

    private final PriceBook prices;
    private final Notifications notifications;
    private final Database database;

    FreeProducts(PriceBook prices, Notifications notifications, Database database) {
        this.prices = prices;
        this.notifications = notifications;
        this.database = database;
    }

    /**
     * Enters what the contracts open here say. To be called whenever other contracts are open, and before the first calls are answered.
     *
     * @return how many prices were ended now
     */
    public int enter() {
        List<PriceBook.Forbidden> ended = database.inTransaction(t -> {
            List<PriceBook.Forbidden> now = prices.endForbidden(t);
            for (PriceBook.Forbidden each : now) {
                String product = each.tariff().product();
                notifications.tellOfProduct(t, product, Notifications.Kind.PRICE_ENDED, product, each.tariff().id().toString());
            }
            return now;
        });
        ended.forEach(each -> LOG.warn("the price {} of {} is not applied any more: version {} of the product says that it is free ({})",
                each.tariff().id(), each.tariff().product(), each.version(), each.fault()));
        return ended.size();
    }
}
