package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A second rater, plain and slow, that shares nothing with the first but the shapes of prices: it keeps every event, counts units
 * one grain after the other, and works with whole numbers only. A grain is the part of a unit for which a month of which the tariff
 * applied {@code days} of {@code of} has bands that end on whole grains.
 */
final class ReferenceRater {
    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

    private final List<Event> events = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();

    /**
     * The price some usage goes by: in force for {@code days} of the {@code of} days of its month.
     *
     * @param owed whether it is owed for without any use
     */
    record Terms(Tariff tariff, int days, int of, Ceiling ceiling, boolean owed) {
        Terms(Tariff tariff, int days, int of, Ceiling ceiling) {
            this(tariff, days, of, ceiling, false);
        }
    }

    /** Units that became known in a month; below zero: taken back. */
    record Event(ChargeKey key, Terms terms, YearMonth known, long units) {}

    /** What was billed in a month for a key. */
    record Line(YearMonth month, ChargeKey key, long units, long fen, long vatFen) {}

    void happened(ChargeKey key, Terms terms, YearMonth known, long units) {
        events.add(new Event(key, terms, known, units));
    }

    /** Bills everything that is known by then and was not billed before; the lines in the order of their keys. */
    List<Line> close(YearMonth month, int vatPercent) {
        Map<ChargeKey, Terms> keys = new HashMap<>();
        for (Event event : events) {
            if (!event.known().isAfter(month)) {
                keys.put(event.key(), event.terms());
            }
        }
        List<Line> made = new ArrayList<>();
        keys.forEach((key, terms) -> {
            long units = 0;
            for (Event event : events) {
                if (event.key().equals(key) && !event.known().isAfter(month)) {
                    units += event.units();
                }
            }
            long fen = units == 0 && !terms.owed() ? 0 : halfUp(least(terms, units));
            for (Line line : lines) {
                if (line.key().equals(key)) {
                    units -= line.units();
                    fen -= line.fen();
                }
            }
            if (units != 0 || fen != 0) {
                Quotient net = new Quotient(BigInteger.valueOf(Math.abs(fen) * 100), BigInteger.valueOf(100L + vatPercent));
                made.add(new Line(month, key, units, fen, fen - Long.signum(fen) * halfUp(net)));
            }
        });
        lines.addAll(made);
        made.sort(Comparator.comparing(line -> line.key().toString()));
        return made;
    }

    /** A number as two whole ones. */
    private record Quotient(BigInteger over, BigInteger under) {
        static final Quotient NOTHING = new Quotient(BigInteger.ZERO, BigInteger.ONE);

        Quotient plus(Quotient other) {
            return new Quotient(over.multiply(other.under).add(other.over.multiply(under)), under.multiply(other.under)).shortened();
        }

        Quotient times(BigInteger by, BigInteger dividedBy) {
            return new Quotient(over.multiply(by), under.multiply(dividedBy)).shortened();
        }

        boolean below(Quotient other) {
            return over.multiply(other.under).compareTo(other.over.multiply(under)) < 0;
        }

        private Quotient shortened() {
            BigInteger common = over.gcd(under);
            return common.signum() == 0 ? NOTHING : new Quotient(over.divide(common), under.divide(common));
        }
    }

    private static long halfUp(Quotient amount) {
        BigInteger two = BigInteger.TWO;
        return amount.over().multiply(two).add(amount.under()).divide(amount.under().multiply(two)).longValueExact();
    }

    private static Quotient least(Terms terms, long units) {
        Quotient says = cost(terms.tariff(), units * terms.of(), terms);
        Quotient allowed = grains(terms.ceiling().perUnit().fenPerUnit(), units * terms.of(), terms)
                .plus(monthly(terms.ceiling().perMonth(), terms));
        return allowed.below(says) ? allowed : says;
    }

    /** What {@code grains} of usage cost: there are {@code of} to the unit, and a band of n units has n times {@code days} of them. */
    private static Quotient cost(Tariff tariff, long grains, Terms terms) {
        return switch (tariff) {
            case Tariff.Free() -> Quotient.NOTHING;
            case Tariff.Flat(Money perMonth) -> monthly(perMonth, terms);
            case Tariff.PerUnit(var price) -> grains(price.fenPerUnit(), grains, terms);
            case Tariff.Graduated(List<Tier> tiers) -> graduated(tiers, grains, terms);
            case Tariff.Volume(List<Tier> tiers) -> {
                Tier band = bandOf(tiers, grains, terms);
                yield grains(band.price().fenPerUnit(), grains, terms).plus(monthly(band.flat(), terms));
            }
            case Tariff.Packages(Money perPackage, long units) -> {
                long left = 0; // in the package that is open
                Quotient cost = Quotient.NOTHING;
                for (long grain = 0; grain < grains; grain++) {
                    if (left == 0) {
                        cost = cost.plus(monthly(perPackage, terms));
                        left = units * terms.days();
                    }
                    left--;
                }
                yield cost;
            }
            case Tariff.BasePlusUsage(Money base, Tariff usage) -> monthly(base, terms).plus(cost(usage, grains, terms));
            case Tariff.Minimum(Money least, Tariff usage) -> {
                Quotient used = cost(usage, grains, terms);
                Quotient floor = monthly(least, terms);
                yield used.below(floor) ? floor : used;
            }
            case Tariff.Included(long units, Tariff beyond) -> {
                long free = units * terms.days();
                long paid = 0;
                for (long grain = 0; grain < grains; grain++) {
                    if (free > 0) {
                        free--;
                    } else {
                        paid++;
                    }
                }
                yield cost(beyond, paid, terms);
            }
            case Tariff.Discounted(var off, Tariff list) -> cost(list, grains, terms)
                    .times(off.denominator().subtract(off.numerator()), off.denominator());
        };
    }

    private static Quotient graduated(List<Tier> tiers, long grains, Terms terms) {
        Quotient cost = monthly(tiers.getFirst().flat(), terms); // due whatever is used
        Set<Tier> entered = new HashSet<>(Set.of(tiers.getFirst()));
        Map<Tier, Long> used = new HashMap<>();
        for (long grain = 1; grain <= grains; grain++) {
            Tier band = bandOf(tiers, grain, terms);
            if (entered.add(band)) {
                cost = cost.plus(monthly(band.flat(), terms));
            }
            used.merge(band, 1L, Long::sum);
        }
        for (Map.Entry<Tier, Long> each : used.entrySet()) {
            cost = cost.plus(grains(each.getKey().price().fenPerUnit(), each.getValue(), terms));
        }
        return cost;
    }

    private static Tier bandOf(List<Tier> tiers, long grain, Terms terms) {
        for (Tier tier : tiers) {
            Long upTo = tier.upTo();
            if (upTo == null || grain <= upTo * terms.days()) {
                return tier;
            }
        }
        throw new AssertionError("the last band has an end");
    }

    private static Quotient grains(BigDecimal fenAUnit, long grains, Terms terms) {
        return new Quotient(fenAUnit.movePointRight(6).toBigIntegerExact().multiply(BigInteger.valueOf(grains)),
                MILLION.multiply(BigInteger.valueOf(terms.of())));
    }

    private static Quotient monthly(Money amount, Terms terms) {
        return new Quotient(BigInteger.valueOf(amount.fen() * terms.days()), BigInteger.valueOf(terms.of()));
    }
}
