package cn.jingshu.marketplace.pricing;

import java.time.Instant;
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
        PriceCeiling found = null;
        for (PriceCeiling one : ceilings) { // no stream: asked with every call
            if (covers(one.operation(), operation) && !one.effectiveFrom().isAfter(moment)
                    && (found == null || goesBefore(one.operation(), one.effectiveFrom(), found.operation(), found.effectiveFrom()))) {
                found = one;
            }
        }
        return Optional.ofNullable(found);
    }

    /** Of two lines that cover an operation, its own goes before the product's, and then the later before the earlier. */
    private static boolean goesBefore(String line, Instant from, String otherLine, Instant otherFrom) {
        boolean own = !line.equals(PriceBook.EVERY_OPERATION);
        boolean otherOwn = !otherLine.equals(PriceBook.EVERY_OPERATION);
        return own == otherOwn ? from.isAfter(otherFrom) : own;
    }

    /**
     * The tariff in force, if it is lawful at that moment: a price that a later, lower ceiling has overtaken is none.
     * Use in the public interest is free whether or not anyone published so.
     */
    public Optional<PublishedTariff> priceAt(String operation, Purpose purpose, Instant moment) {
        if (purpose == Purpose.PUBLIC_INTEREST) {
            return Optional.of(PublishedTariff.freeByLaw(product, operation));
        }
        PublishedTariff found = null;
        for (PublishedTariff one : tariffs) {
            if (one.purpose() == purpose && covers(one.operation(), operation) && !one.effectiveFrom().isAfter(moment)
                    && (found == null || goesBefore(one.operation(), one.effectiveFrom(), found.operation(), found.effectiveFrom()))) {
                found = one;
            }
        }
        return found != null && lawful(found, operation, moment) ? Optional.of(found) : Optional.empty();
    }

    private boolean lawful(PublishedTariff published, String operation, Instant moment) {
        return switch (published.tariff()) {
            case Tariff.Free() -> true;
            case Tariff.PerUnit(var price) -> {
                PriceCeiling ceiling = ceilingAt(operation, moment).orElse(null);
                yield ceiling != null && price.fenPerUnit().compareTo(ceiling.highest().fenPerUnit()) <= 0;
            }
        };
    }

    private static boolean covers(String line, String operation) {
        return line.equals(operation) || line.equals(PriceBook.EVERY_OPERATION);
    }
}
