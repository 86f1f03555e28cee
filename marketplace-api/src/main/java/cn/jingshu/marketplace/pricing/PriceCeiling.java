package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import java.time.Instant;
import java.util.UUID;

/**
 * The most that may be charged (上限收费标准) for one product and operation, from {@code effectiveFrom} until a later one.
 *
 * @param id the ceiling's version: what a charge names as its own
 * @param operation the operation's name, or {@link PriceBook#EVERY_OPERATION}
 * @param citation the decision that set it; never blank
 */
public record PriceCeiling(
        UUID id, String product, String operation, Ceiling limit, Instant effectiveFrom, String citation) {

    /** A ceiling for units alone. */
    public PriceCeiling(UUID id, String product, String operation, UnitPrice highest, Instant effectiveFrom, String citation) {
        this(id, product, operation, Ceiling.ofUnit(highest), effectiveFrom, citation);
    }

    /** The highest price of one unit. */
    public UnitPrice highest() {
        return limit.perUnit();
    }
}
