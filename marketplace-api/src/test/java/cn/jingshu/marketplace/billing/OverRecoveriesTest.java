package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What memo accounts hold; figures by hand, and random years against one who counts every fen by itself. */
class OverRecoveriesTest {
    private static PermittedRevenue.Kept signed(int year, int first, int last, long highest, long carried) {
        return kept(year, first, last, highest, carried, PermittedRevenue.Status.SIGNED);
    }

    private static PermittedRevenue.Kept kept(int year, int first, int last, long highest, long carried, PermittedRevenue.Status status) {
        return new PermittedRevenue.Kept(new PermittedRevenue(new UUID(9, year), year, first, last, new Money(highest + carried), Money.ZERO, Money.ZERO, Money.ZERO,
                Money.ZERO, Money.ZERO, 2026, 2025, new BigDecimal("0.02"), BigDecimal.ZERO, Money.ZERO, false, new Money(carried), null, new Money(highest), "依据"),
                new UUID(1, 1), Instant.EPOCH, status, new UUID(1, 2), Instant.EPOCH, "依据");
    }

    private static Map<Integer, Money> fen(Object... yearsAndFen) {
        Map<Integer, Money> map = new TreeMap<>();
        for (int i = 0; i < yearsAndFen.length; i += 2) {
            map.put((Integer) yearsAndFen[i], new Money((Integer) yearsAndFen[i + 1]));
        }
        return map;
    }

    @Test
    void aCycleIsOnTheMemoOnceItIsOverWithEachOfItsYears() {
        List<PermittedRevenue.Kept> revenues = List.of(signed(2027, 2027, 2028, 100, 0), signed(2028, 2027, 2028, 120, 0), signed(2029, 2029, 2031, 90, 10),
                kept(2030, 2029, 2031, 100, 50, PermittedRevenue.Status.OPEN), signed(2030, 2029, 2031, 95, 5));
        assertThat(OverRecoveries.reckon(revenues, 2027, _ -> new Money(140)).found()).as("2028 may make up for it").isEmpty();
        OverRecoveries.Kept over = OverRecoveries.reckon(revenues, 2028, year -> new Money(year == 2027 ? 140 : 95));
        assertThat(over.found()).isEqualTo(fen(2027, 40, 2028, -25));
        assertThat(over.deducted()).isEmpty();
        assertThat(over.left()).isEqualTo(new Money(15));
        OverRecoveries.Kept later = OverRecoveries.reckon(revenues, 2030, year -> new Money(year == 2027 ? 140 : 95));
        assertThat(later.deducted()).as("never more than there was").isEqualTo(fen(2029, 10, 2030, 5));
        assertThat(later.left()).isEqualTo(Money.ZERO);
        assertThat(OverRecoveries.reckon(revenues, 2031, year -> new Money(year == 2027 ? 120 : 95)).found())
                .as("the first cycle as a whole stayed beneath, the second did not").isEqualTo(fen(2029, 5));
    }

    @Test
    void whatAForecastDeductedTooMuchCountsForTheNextCycle() {
        List<PermittedRevenue.Kept> revenues = List.of(signed(2027, 2027, 2027, 100, 0), signed(2028, 2028, 2028, 80, 20), signed(2029, 2029, 2029, 100, 0));
        OverRecoveries.Kept kept = OverRecoveries.reckon(revenues, 2028, year -> new Money(year == 2027 ? 105 : 90));
        assertThat(kept.found()).isEqualTo(fen(2027, 5, 2028, 10));
        assertThat(kept.deducted()).isEqualTo(fen(2028, 15));
    }

    /** Every fen found is a token in a queue; each year that deducts takes tokens out, and what it lacked it takes of later ones. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyFenIsFoundAndDeductedOnce(long seed) {
        Random random = new Random(seed);
        for (int history = 0; history < 200; history++) {
            List<PermittedRevenue.Kept> revenues = new ArrayList<>();
            Map<Integer, Money> revenue = new TreeMap<>();
            IntFunction<Money> earned = asked -> Objects.requireNonNull(revenue.get(asked));
            int year = 2027;
            while (year < 2045) {
                int first = year;
                int last = first + random.nextInt(3);
                for (; year <= last; year++) {
                    revenues.add(signed(year, first, last, random.nextInt(30), random.nextInt(3) == 0 ? random.nextInt(20) : 0));
                    revenue.put(year, new Money(random.nextInt(40)));
                }
            }
            long tokens = 0;
            long asked = 0;
            long cycle = 0;
            for (PermittedRevenue.Kept each : revenues) {
                PermittedRevenue one = each.revenue();
                cycle += earned.apply(one.year()).fen() - one.highest().fen();
                if (one.year() == one.cycleLast()) {
                    for (; cycle > 0; cycle--) {
                        tokens++;
                    }
                    cycle = 0;
                }
                asked += one.carried().fen();
                for (; asked > 0 && tokens > 0; asked--) {
                    tokens--;
                }
                OverRecoveries.Kept kept = OverRecoveries.reckon(revenues, one.year(), earned);
                assertThat(kept.left()).as("seed %d, history %d, %d", seed, history, one.year()).isEqualTo(new Money(tokens));
                assertThat(kept.deducted().values()).allMatch(Money::isPositive);
                if (one.year() == one.cycleLast()) {
                    assertThat(kept.left()).as("as the gauge says, once nothing is signed ahead").isEqualTo(leftOfTheGauge(revenues, earned, one.year()));
                }
            }
        }
    }

    private static Money leftOfTheGauge(List<PermittedRevenue.Kept> revenues, IntFunction<Money> earned, int closed) {
        List<PermittedRevenue.Kept> until = revenues.stream().filter(each -> each.revenue().year() <= closed).toList();
        return RevenueGauge.left(RevenueGauge.cycles(until, closed + 1, year -> new RevenueGauge.Year(year, null, false, earned.apply(year), Money.ZERO,
                List.of(), List.of(), List.of(), null)), closed + 1).least();
    }
}
