package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of usage, late usage, voids and changes of price in mid-month, rated month after month by {@link Rating} and by
 * {@link ReferenceRater}: every line of every month is the same to the fen.
 */
class RatingHistoriesTest {
    private static final YearMonth FIRST = YearMonth.of(2026, 1);
    private static final int MONTHS = 6;
    private static final int VAT_PERCENT = 6;

    private static UnitPrice price(Random random) {
        return new UnitPrice(BigDecimal.valueOf(random.nextInt(3_000_000), 6));
    }

    private static Tariff tariff(Random random, int depth) {
        Money amount = new Money(random.nextInt(900));
        return switch (random.nextInt(depth > 1 ? 6 : 10)) {
            case 0 -> new Tariff.Free();
            case 1 -> new Tariff.Flat(amount);
            case 2 -> new Tariff.PerUnit(price(random));
            case 3 -> {
                long end = 1L + random.nextInt(30);
                yield new Tariff.Graduated(List.of(new Tier(end, price(random), amount),
                        new Tier(end + 1L + random.nextInt(40), price(random), new Money(random.nextInt(50))), Tier.of(null, price(random))));
            }
            case 4 -> new Tariff.Volume(List.of(Tier.of(1L + random.nextInt(60), price(random)), new Tier(null, price(random), amount)));
            case 5 -> new Tariff.Packages(amount, 1L + random.nextInt(40));
            case 6 -> new Tariff.BasePlusUsage(amount, tariff(random, depth + 1));
            case 7 -> new Tariff.Minimum(amount, tariff(random, depth + 1));
            case 8 -> new Tariff.Included(1 + random.nextInt(50), tariff(random, depth + 1));
            default -> new Tariff.Discounted(Portion.percent(random.nextInt(101)), tariff(random, depth + 1));
        };
    }

    /** What {@link Rating} is given: the totals of what is known, without a trace of how they came about. */
    private static final class Totals {
        private final Map<ChargeKey, ReferenceRater.Terms> terms = new HashMap<>();
        private final Map<ChargeKey, Long> units = new HashMap<>();

        void add(ChargeKey key, ReferenceRater.Terms of, long more) {
            terms.put(key, of);
            units.merge(key, more, Long::sum);
        }

        List<PricedUsage> priced() {
            List<PricedUsage> priced = new ArrayList<>();
            units.forEach((key, total) -> {
                ReferenceRater.Terms of = terms.get(key);
                if (total != 0 && of != null) { // of usage that is all voided nothing is counted
                    priced.add(new PricedUsage(key, new Basis(of.tariff(), new BigFraction(of.days(), of.of()), new UUID(4, 4), of.ceiling()),
                            total, BigFraction.ZERO));
                }
            });
            return priced;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void bothRatersBillTheSameLines(long block) {
        int corrections = 0;
        int below = 0;
        for (long seed = block * 100; seed < block * 100 + 60; seed++) {
            Random random = new Random(seed);
            ReferenceRater reference = new ReferenceRater();
            Totals totals = new Totals();
            Map<ChargeKey, Rating.Billed> billed = new HashMap<>();
            Map<ChargeKey, ReferenceRater.Terms> terms = new HashMap<>();
            for (int month = 0; month < MONTHS; month++) {
                YearMonth now = FIRST.plusMonths(month);
                for (int subscription = 0; subscription < 3; subscription++) {
                    int days = now.lengthOfMonth();
                    int change = random.nextInt(3) == 0 ? 1 + random.nextInt(days - 1) : days; // a change of price on that day
                    for (int part = 0; part < (change == days ? 1 : 2); part++) {
                        ChargeKey key = new ChargeKey(now, new UUID(1, subscription), new UUID(2, subscription % 2), "library", "*",
                                "INDUSTRY", "ROW", new UUID(seed, month * 10L + subscription * 2L + part));
                        terms.put(key, new ReferenceRater.Terms(tariff(random, 0), part == 0 ? change : days - change, days,
                                new Ceiling(new UnitPrice(BigDecimal.valueOf(1 + random.nextInt(4))), new Money(random.nextInt(2_000)))));
                    }
                }
                for (Map.Entry<ChargeKey, ReferenceRater.Terms> each : new ArrayList<>(terms.entrySet())) {
                    boolean current = each.getKey().usageMonth().equals(now);
                    long known = totals.units.getOrDefault(each.getKey(), 0L);
                    for (int event = random.nextInt(current ? 4 : 2); event > 0; event--) {
                        // New or late usage; or all, or a part, of what is known is voided.
                        long units = switch (random.nextInt(6)) {
                            case 0 -> -known;
                            case 1 -> known == 0 ? 0 : -random.nextLong(known);
                            default -> 1 + random.nextInt(40);
                        };
                        if (units != 0) {
                            reference.happened(each.getKey(), each.getValue(), now, units);
                            totals.add(each.getKey(), each.getValue(), units);
                            known += units;
                        }
                    }
                }
                List<Charge> lines = Rating.rate(now, totals.priced(), billed, Portion.percent(VAT_PERCENT));
                assertThat(lines.stream().map(line -> new ReferenceRater.Line(line.month(), line.key(), line.quantity(), line.amount().fen(),
                        line.vat().fen())).toList()).as("seed %d, %s", seed, now).isEqualTo(reference.close(now, VAT_PERCENT));
                for (Charge line : lines) {
                    corrections += line.isCorrection() ? 1 : 0;
                    below += line.amount().isNegative() ? 1 : 0;
                    billed.compute(line.key(), (_, before) -> before == null ? Rating.Billed.of(line) : before.plus(line));
                }
            }
        }
        assertThat(corrections).as("late usage and voids were among them").isGreaterThan(100);
        assertThat(below).as("lines below zero were among them").isGreaterThan(20);
    }
}
