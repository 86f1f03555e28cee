package cn.jingshu.ledger.tariff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;

class StretchTest {
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");

    private static Stretch days(LocalDate from, LocalDate to) {
        return new Stretch(from.atStartOfDay(CITY).toInstant(), to.atStartOfDay(CITY).toInstant());
    }

    private static Stretch month(YearMonth month) {
        return days(month.atDay(1), month.plusMonths(1).atDay(1));
    }

    @Test
    void partsThatFillAMonthAddUpToTheWholeOfIt() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Stretch month = month(YearMonth.of(2026, 1).plusMonths(random.nextInt(60)));
            long micros = ChronoUnit.MICROS.between(month.from(), month.to());
            List<Instant> cuts = new ArrayList<>(List.of(month.from(), month.to()));
            for (int i = random.nextInt(8); i > 0; i--) {
                cuts.add(month.from().plus(Math.floorMod(random.nextLong(), micros), ChronoUnit.MICROS));
            }
            cuts.sort(null);
            BigFraction sum = BigFraction.ZERO;
            for (int i = 0; i + 1 < cuts.size(); i++) {
                sum = sum.add(new Stretch(cuts.get(i), cuts.get(i + 1)).shareOf(month));
            }
            assertThat(sum).as("seed " + seed).isEqualTo(BigFraction.ONE);
        }
    }

    /** There is one way to share a month: whole days are a case of it, also across the city's midnight. */
    @Test
    void partsOfWholeDaysAreWhatCalendarDaysCount() {
        DayCount.Actual calendar = new DayCount.Actual();
        for (YearMonth month = YearMonth.of(2026, 1); month.getYear() < 2029; month = month.plusMonths(1)) {
            LocalDate first = month.atDay(1);
            LocalDate next = month.plusMonths(1).atDay(1);
            for (int day = 1; day <= month.lengthOfMonth(); day++) {
                assertThat(days(month.atDay(day), next).shareOf(month(month))).as(month + "-" + day)
                        .isEqualTo(calendar.share(month.atDay(day), next, first, next))
                        .isEqualTo(new BigFraction(month.lengthOfMonth() - day + 1, month.lengthOfMonth()));
            }
        }
    }

    @Test
    void whatLiesOutsideHasNoShare() {
        Stretch january = month(YearMonth.of(2027, 1));
        Stretch february = month(YearMonth.of(2027, 2));
        assertThat(january.shareOf(february)).isEqualTo(BigFraction.ZERO);
        assertThat(january.within(february)).isEmpty();
        assertThat(new Stretch(january.from(), february.to()).shareOf(february)).isEqualTo(BigFraction.ONE);
        assertThat(new Stretch(january.from(), february.from().plusSeconds(28 * 86_400 / 4)).shareOf(february)).isEqualTo(new BigFraction(1, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new Stretch(january.to(), january.from()));
        assertThatIllegalArgumentException().isThrownBy(() -> january.shareOf(new Stretch(january.from(), january.from())));
    }
}
