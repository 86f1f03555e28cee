package cn.jingshu.marketplace.pricing;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The ceilings and tariffs of one product; every question about it names a moment. */
public record PriceList(String product, List<PriceCeiling> ceilings, List<PublishedTariff> tariffs) {
    public PriceList {
        ceilings = List.copyOf(ceilings);
        tariffs = List.copyOf(tariffs);
    }

    /** The ceiling in force: the operation's own before the product's, the later before the earlier. */
    public Optional<PriceCeiling> ceilingAt(String operation, Instant moment) {
        return ceilings.stream()
                .filter(c -> covers(c.operation(), operation) && !c.effectiveFrom().isAfter(moment))
                .max(Comparator.comparing((PriceCeiling c) -> c.operation().equals(operation))
                        .thenComparing(PriceCeiling::effectiveFrom));
    }

    /**
     * The tariff in force, if it is lawful at that moment: a price that a later, lower ceiling has overtaken is none.
     * Use in the public interest is free whether or not anyone published so.
     */
    public Optional<PublishedTariff> priceAt(String operation, Purpose purpose, Instant moment) {
        if (purpose == Purpose.PUBLIC_INTEREST) {
            return Optional.of(PublishedTariff.freeByLaw(product, operation));
        }
        return tariffs.stream()
                .filter(t -> t.purpose() == purpose && covers(t.operation(), operation)
                        && !t.effectiveFrom().isAfter(moment))
                .max(Comparator.comparing((PublishedTariff t) -> t.operation().equals(operation))
                        .thenComparing(PublishedTariff::effectiveFrom))
                .filter(t -> lawful(t, operation, moment));
    }

    private boolean lawful(PublishedTariff published, String operation, Instant moment) {
        return switch (published.tariff()) {
            case Tariff.Free() -> true;
            case Tariff.PerUnit(var price) -> ceilingAt(operation, moment)
                    .filter(c -> price.fenPerUnit().compareTo(c.highest().fenPerUnit()) <= 0)
                    .isPresent();
        };
    }

    private static boolean covers(String line, String operation) {
        return line.equals(operation) || line.equals(PriceBook.EVERY_OPERATION);
    }
}
