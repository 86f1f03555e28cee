package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.tariff.Tariff;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tariff as the price book holds it, for one product, operation and purpose from {@code effectiveFrom} until a later
 * one.
 *
 * @param id the price's version: what a charge and its booking name as theirs
 * @param operation the operation's name, or {@link PriceBook#EVERY_OPERATION}
 * @param plan code of the plan whose subscribers alone it is for, which is the published condition of it; null: everyone
 * @param trial whether it is a trial price (试行收费标准), which ends with the product's first full year
 * @param saidByVersion the version of the product whose contract says that it is free, which ends the prices stored before; null: people signed it
 * @param unit what it counts together ({@link CountedUnits}); null: it counts each operation by itself, or no version of its product was ever served
 */
public record PublishedTariff(UUID id, String product, String operation, Purpose purpose, Tariff tariff,
        Instant effectiveFrom, Instant publishedAt, @Nullable String plan, boolean trial, @Nullable Integer saidByVersion, @Nullable String unit) {
    /** The version every free use in the public interest is recorded under: it is free by law, not by a price. */
    public static final UUID FREE_BY_LAW = new UUID(0, 0);

    private static final Instant IN_FORCE_SINCE = Instant.parse("2025-02-28T16:00:00Z"); // 2025-03-01 in Shanghai

    /** A price that people signed. */
    public PublishedTariff(UUID id, String product, String operation, Purpose purpose, Tariff tariff,
            Instant effectiveFrom, Instant publishedAt, @Nullable String plan, boolean trial) {
        this(id, product, operation, purpose, tariff, effectiveFrom, publishedAt, plan, trial, null, null);
    }

    /** A price for everyone and for good. */
    public PublishedTariff(UUID id, String product, String operation, Purpose purpose, Tariff tariff,
            Instant effectiveFrom, Instant publishedAt) {
        this(id, product, operation, purpose, tariff, effectiveFrom, publishedAt, null, false);
    }

    /** What public governance and welfare pay. Source: 发改价格〔2025〕65号, in force since 1 March 2025. */
    static PublishedTariff freeByLaw(String product, String operation) {
        return new PublishedTariff(FREE_BY_LAW, product, operation, Purpose.PUBLIC_INTEREST, new Tariff.Free(),
                IN_FORCE_SINCE, IN_FORCE_SINCE);
    }

    /**
     * Whether it goes before {@code other} from its first moment on: of two that cover an operation its own line does before the product's, then the later one
     * before the earlier, and of two of the same moment what the contract says.
     */
    boolean goesBefore(PublishedTariff other) {
        return PriceList.goesBefore(operation, effectiveFrom, other.operation(), other.effectiveFrom())
                || (saidByVersion != null && operation.equals(other.operation()) && effectiveFrom.equals(other.effectiveFrom()));
    }

    /** Whether it says what use counted in {@code other} costs: a price by the month counts in its own unit alone, and a plain fee looks at no quantity. */
    public boolean counts(String other) {
        return unit == null || unit.equals(other) || tariff instanceof Tariff.Flat;
    }

    /** Whether nobody decided it, but the law. */
    public boolean isFreeByLaw() {
        return id.equals(FREE_BY_LAW);
    }
}
