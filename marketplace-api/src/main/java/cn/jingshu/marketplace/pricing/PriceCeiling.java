package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.UnitPrice;
import java.time.Instant;
import java.util.UUID;

/**
 * The highest price allowed (上限收费标准) for one product and operation, from {@code effectiveFrom} until a later one.
 *
 * @param operation the operation's name, or {@link PriceBook#EVERY_OPERATION}
 * @param citation the decision that set it; never blank
 */
public record PriceCeiling(
        UUID id, String product, String operation, UnitPrice highest, Instant effectiveFrom, String citation) {}
