package cn.jingshu.marketplace.billing;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.RevenueGauge.Cycle;
import cn.jingshu.marketplace.billing.RevenueGauge.MonthRevenue;
import cn.jingshu.marketplace.billing.RevenueGauge.Warning;
import cn.jingshu.marketplace.pricing.PermittedRevenue;
import cn.jingshu.marketplace.pricing.PermittedRevenues;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a year is heading for and when it warns; figures by hand. */
class RevenueGaugeTest {
    private static final YearMonth JUNE = YearMonth.of(2026, 6);
    /** The tenth day of June's thirty is over, Asia/Shanghai. */
    private static final Instant TENTH = Instant.parse("2026-06-10T16:00:00Z");

    /** Revenue of the months from January on, in fen. */
    private static List<MonthRevenue> line(long... fen) {
        List<MonthRevenue> line = new ArrayList<>();
        long total = 0;
        for (int i = 0; i < fen.length; i++) {
            total += fen[i];
            line.add(new MonthRevenue(YearMonth.of(2026, i + 1), new Money(fen[i]), new Money(total), true));
        }
        return line;
    }

    @Test
    void aYearThatIsOverEndsWithWhatItEarned() {
        assertThat(RevenueGauge.forecast(line(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), YearMonth.of(2027, 3), TENTH)).isEqualTo(new Money(78));
        assertThat(RevenueGauge.forecast(List.of(), JUNE, TENTH)).isEqualTo(Money.ZERO);
    }

    @Test
    void theRestOfTheYearIsTheMeanOfTheLastThreeMonths() {
        // 1,000 + 300 + 600 + 900, and eight months of 600 each.
        assertThat(RevenueGauge.forecast(line(1_000, 300, 600, 900), JUNE, TENTH)).isEqualTo(new Money(2_800 + 8 * 600));
        assertThat(RevenueGauge.forecast(line(100), JUNE, TENTH)).isEqualTo(new Money(1_200));
        assertThat(RevenueGauge.forecast(line(1, 0, 0, 1), JUNE, TENTH)).as("8 thirds are rounded once").isEqualTo(new Money(2 + 3));
    }

    @Test
    void theCurrentMonthIsStretchedToItsEnd() {
        // A third of June brought 100, so June brings 300; the mean of April to June is 200.
        assertThat(RevenueGauge.forecast(line(0, 0, 0, 150, 150, 100), JUNE, TENTH)).isEqualTo(new Money(600 + 6 * 200));
        Instant firstMinute = Instant.parse("2026-05-31T16:01:00Z");
        assertThat(RevenueGauge.forecast(line(0, 0, 0, 0, 0, 1), JUNE, firstMinute)).as("not more than by its first hour")
                .isEqualTo(new Money(30 * 24 + 6 * 240));
    }

    private static PermittedRevenue.Kept signed(int year, int first, long highestFen, long carriedFen) {
        Money cost = new Money(highestFen + carriedFen);
        return new PermittedRevenue.Kept(new PermittedRevenue(new UUID(9, year), year, first, first + 2, cost, Money.ZERO, Money.ZERO, Money.ZERO, Money.ZERO,
                Money.ZERO, 2026, 2025, new BigDecimal("0.02"), BigDecimal.ZERO, Money.ZERO, false, new Money(carriedFen), null, new Money(highestFen), "依据"),
                new UUID(1, 1), TENTH, PermittedRevenue.Status.SIGNED, new UUID(1, 2), TENTH, "依据");
    }

    /** Every year earned 110 and a running one is heading for 150. */
    private static RevenueGauge.Year year(int year) {
        return new RevenueGauge.Year(year, null, false, new Money(110), new Money(150), List.of(), List.of(), List.of(), null);
    }

    @Test
    void whatACycleEarnedTooMuchIsAForecastWhileItsLastYearRuns() {
        List<PermittedRevenue.Kept> revenues = List.of(signed(2027, 2027, 100, 0), signed(2028, 2027, 100, 0), signed(2029, 2027, 100, 0));
        assertThat(RevenueGauge.cycles(revenues, 2028, RevenueGaugeTest::year)).as("2029 may make up for it")
                .containsExactly(new Cycle(2027, 2029, new Money(200), new Money(220), Money.ZERO, Money.ZERO, false, Money.ZERO));
        List<Cycle> running = RevenueGauge.cycles(revenues, 2029, RevenueGaugeTest::year);
        assertThat(running).containsExactly(new Cycle(2027, 2029, new Money(300), new Money(330), new Money(30), new Money(70), true, Money.ZERO));
        assertThat(RevenueGauge.left(running, 2030)).isEqualTo(new PermittedRevenues.Left(new Money(30), new Money(70)));
        assertThat(RevenueGauge.left(running, 2029)).as("its own excess is none it deducts").isEqualTo(PermittedRevenues.Left.of(Money.ZERO));
        List<PermittedRevenue.Kept> carried = List.of(revenues.get(0), revenues.get(1), revenues.get(2), signed(2030, 2030, 60, 40));
        assertThat(RevenueGauge.left(RevenueGauge.cycles(carried, 2029, RevenueGaugeTest::year), 2030))
                .isEqualTo(new PermittedRevenues.Left(Money.ZERO, new Money(30)));
        assertThat(RevenueGauge.left(RevenueGauge.cycles(carried, 2030, each -> year(each)), 2030)).as("over: 30, of which 2030 deducts all")
                .isEqualTo(PermittedRevenues.Left.of(Money.ZERO));
        assertThat(RevenueGauge.left(RevenueGauge.cycles(List.of(revenues.get(0), revenues.get(1), revenues.get(2), signed(2030, 2030, 90, 10)), 2030,
                RevenueGaugeTest::year), 2030)).as("the second year deducts the rest").isEqualTo(PermittedRevenues.Left.of(new Money(20)));
    }

    @Test
    void aCycleIsOverWithItsLastYearAndNotWithTheLastThatWasSigned() {
        assertThat(RevenueGauge.cycles(List.of(signed(2027, 2027, 100, 0)), 2028, RevenueGaugeTest::year))
                .containsExactly(new Cycle(2027, 2029, new Money(100), new Money(110), Money.ZERO, Money.ZERO, false, Money.ZERO));
    }

    @Test
    void aThresholdIsReachedInTheMonthThatComesToIt() {
        assertThat(RevenueGauge.warnings(new Money(1_000), line(500, 299, 1, 100), new Money(999))).containsExactly(
                new Warning(80, YearMonth.of(2026, 3), false), new Warning(90, YearMonth.of(2026, 4), false), new Warning(100, null, false));
        assertThat(RevenueGauge.warnings(new Money(1_000), line(799), new Money(1_000))).containsExactly(
                new Warning(80, null, true), new Warning(90, null, true), new Warning(100, null, true));
        assertThat(RevenueGauge.warnings(Money.ZERO, line(0), Money.ZERO)).as("nothing earned warns of nothing").containsExactly(
                new Warning(80, null, false), new Warning(90, null, false), new Warning(100, null, false));
    }
}
