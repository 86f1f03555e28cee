package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.tariff.Tariff;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.jspecify.annotations.Nullable;

/** The ceilings and tariffs of one product; every question about it names a moment. */
public final class PriceList {
    /** What rounding to whole fen adds to an amount at the most, in thousandths of a fen. */
    public static final long ROUNDED_UP = 500;

    private final String product;
    private final List<PriceCeiling> ceilings;
    private final List<PublishedTariff> tariffs;
    private final Map<UUID, Set<UUID>> admitted; // by tariff, the ceilings it is within; worked out once, asked with every call
    private final Map<UUID, Dearest> dearest; // by tariff
    private final Instant trialEnd;

    public PriceList(String product, List<PriceCeiling> ceilings, List<PublishedTariff> tariffs) {
        this.product = product;
        this.ceilings = List.copyOf(ceilings);
        this.tariffs = List.copyOf(tariffs);
        this.admitted = HashMap.newHashMap(tariffs.size());
        this.dearest = HashMap.newHashMap(tariffs.size());
        for (PublishedTariff each : tariffs) {
            Set<UUID> within = new HashSet<>();
            for (PriceCeiling ceiling : ceilings) {
                if (ceiling.limit().admits(each.tariff())) {
                    within.add(ceiling.id());
                }
            }
            admitted.put(each.id(), within);
            dearest.put(each.id(), Dearest.of(each.tariff()));
        }
        this.trialEnd = trialEnd(tariffs).orElse(Instant.MAX);
    }

    public String product() {
        return product;
    }

    public List<PriceCeiling> ceilings() {
        return ceilings;
    }

    public List<PublishedTariff> tariffs() {
        return tariffs;
    }

    /**
     * When the product's first full year of operation is over: a year after its first price applied. From then on no trial
     * price holds (发改价格〔2025〕65号: 试行收费标准 only while no complete operating year exists).
     *
     * @return empty: it has never had a price
     */
    public Optional<Instant> findTrialEnd() {
        return trialEnd.equals(Instant.MAX) ? Optional.empty() : Optional.of(trialEnd);
    }

    private static Optional<Instant> trialEnd(List<PublishedTariff> tariffs) {
        return tariffs.stream()
                .filter(each -> each.purpose() == Purpose.INDUSTRY)
                .map(PublishedTariff::effectiveFrom)
                .min(Instant::compareTo)
                .map(first -> first.atZone(PriceBook.CITY).plusYears(1).toInstant());
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
    static boolean goesBefore(String line, Instant from, String otherLine, Instant otherFrom) {
        boolean own = !line.equals(PriceBook.EVERY_OPERATION);
        boolean otherOwn = !otherLine.equals(PriceBook.EVERY_OPERATION);
        return own == otherOwn ? from.isAfter(otherFrom) : own;
    }

    /** The tariff for everyone, see {@link #priceAt(String, Purpose, String, Instant)}. */
    public Optional<PublishedTariff> priceAt(String operation, Purpose purpose, Instant moment) {
        return priceAt(operation, purpose, null, moment);
    }

    /**
     * The tariff in force for subscribers of {@code plan}, if it is lawful at that moment: a price that a later, lower
     * ceiling has overtaken is none. A plan's own price goes before the one for everyone; where it is not lawful, that one
     * holds. Use in the public interest is free whether or not anyone published so.
     *
     * @param plan null: of no particular plan
     */
    public Optional<PublishedTariff> priceAt(String operation, Purpose purpose, @Nullable String plan, Instant moment) {
        if (purpose == Purpose.PUBLIC_INTEREST) {
            return Optional.of(PublishedTariff.freeByLaw(product, operation));
        }
        if (plan != null) {
            PublishedTariff own = latest(operation, purpose, plan, moment);
            if (own != null && lawful(own, operation, moment)) {
                return Optional.of(own);
            }
        }
        PublishedTariff found = latest(operation, purpose, null, moment);
        return found != null && lawful(found, operation, moment) ? Optional.of(found) : Optional.empty();
    }

    /**
     * The most a call costs, in thousandths of a fen, rounded up; what is due for a band or package once it is entered aside.
     *
     * @param perUnit for each unit; zero: no number of units changes what is due, or there never was a price
     * @param perCall besides, since the amount of a line it begins may be rounded up
     */
    public record Dearest(long perUnit, long perCall) {
        public static final Dearest NOTHING = new Dearest(0, 0);

        /** What calls at this price take. */
        public static Dearest of(Tariff tariff) {
            // Where units cost nothing and bands have entries it is the least there is: else nobody would be asked before the next entry is due.
            long least = tariff.breaks(BigFraction.ZERO).isEmpty() ? 0 : 1;
            return new Dearest(Math.max(least, Tariff.milliFenUp(tariff.steepest())), tariff.isWholeFen() ? 0 : ROUNDED_UP);
        }
    }

    /**
     * The most a call of {@code moment} costs: at the price in force, and where none is lawful, as one that is run again may find it of the moment at
     * which it first came, what its usage counts at without one.
     *
     * @param end of its month
     */
    public Dearest dearest(String operation, Purpose purpose, @Nullable String plan, Instant moment, Instant end) {
        PublishedTariff found = priceAt(operation, purpose, plan, moment).orElse(null);
        return found == null ? dearestBefore(operation, purpose, end) : dearest.getOrDefault(found.id(), Dearest.NOTHING); // what is free by law is not in it
    }

    /**
     * The most a call before {@code end} can have taken where no price is lawful now: that of the dearest price of its use that had begun by then, since nobody
     * knows by which one it was let in.
     */
    public Dearest dearestBefore(String operation, Purpose purpose, Instant end) {
        Dearest most = Dearest.NOTHING;
        for (PublishedTariff one : tariffs) {
            if (one.purpose() == purpose && covers(one.operation(), operation) && one.effectiveFrom().isBefore(end)) {
                Dearest each = dearest.getOrDefault(one.id(), Dearest.NOTHING);
                most = new Dearest(Math.max(most.perUnit(), each.perUnit()), Math.max(most.perCall(), each.perCall()));
            }
        }
        return most;
    }

    /** Whether another price for the same has taken the place of one of these by then. */
    boolean isOver(PublishedTariff tariff, Instant moment) {
        return tariffs.stream().anyMatch(later -> later.operation().equals(tariff.operation()) && later.purpose() == tariff.purpose()
                && Objects.equals(later.plan(), tariff.plan()) && later.goesBefore(tariff)
                && (!later.effectiveFrom().isAfter(moment) || later.effectiveFrom().equals(tariff.effectiveFrom())));
    }

    private @Nullable PublishedTariff latest(String operation, Purpose purpose, @Nullable String plan, Instant moment) {
        PublishedTariff found = null;
        for (PublishedTariff one : tariffs) {
            if (one.purpose() == purpose && Objects.equals(one.plan(), plan) && covers(one.operation(), operation)
                    && !one.effectiveFrom().isAfter(moment) && (found == null || one.goesBefore(found))) {
                found = one;
            }
        }
        return found;
    }

    private boolean lawful(PublishedTariff published, String operation, Instant moment) {
        if (published.trial() && !moment.isBefore(trialEnd)) {
            return false;
        }
        if (published.tariff() instanceof Tariff.Free) {
            return true;
        }
        // What counts all operations of a month together is owed under the ceiling of them all, and no operation is charged above its own.
        return isWithin(published, ceilingAt(operation, moment).orElse(null))
                && (published.operation().equals(operation) || published.tariff().isByUnitAlone()
                        || isWithin(published, ceilingAt(published.operation(), moment).orElse(null)));
    }

    private boolean isWithin(PublishedTariff published, @Nullable PriceCeiling ceiling) {
        return ceiling == null ? published.trial() || published.tariff().costsNothing()
                : Objects.requireNonNull(admitted.get(published.id())).contains(ceiling.id());
    }

    private static boolean covers(String line, String operation) {
        return line.equals(operation) || line.equals(PriceBook.EVERY_OPERATION);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PriceList list && product.equals(list.product) && ceilings.equals(list.ceilings)
                && tariffs.equals(list.tariffs);
    }

    @Override
    public int hashCode() {
        return Objects.hash(product, ceilings, tariffs);
    }
}
