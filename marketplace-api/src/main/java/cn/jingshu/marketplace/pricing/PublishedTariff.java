package cn.jingshu.marketplace.pricing;

import java.time.Instant;
import java.util.UUID;

/**
 * A tariff as the price book holds it, for one product, operation and purpose from {@code effectiveFrom} until a later
 * one.
 *
 * @param id the price's version: what a charge and its booking name as theirs
 * @param operation the operation's name, or {@link PriceBook#EVERY_OPERATION}
 */
public record PublishedTariff(UUID id, String product, String operation, Purpose purpose, Tariff tariff,
        Instant effectiveFrom, Instant publishedAt) {
    /** The version every free use in the public interest is recorded under: it is free by law, not by a price. */
    public static final UUID FREE_BY_LAW = new UUID(0, 0);

    private static final Instant IN_FORCE_SINCE = Instant.parse("2025-02-28T16:00:00Z"); // 2025-03-01 in Shanghai

    /** What public governance and welfare pay. Source: 发改价格〔2025〕65号, in force since 1 March 2025. */
    static PublishedTariff freeByLaw(String product, String operation) {
        return new PublishedTariff(FREE_BY_LAW, product, operation, Purpose.PUBLIC_INTEREST, new Tariff.Free(),
                IN_FORCE_SINCE, IN_FORCE_SINCE);
    }
}
