package cn.jingshu.products.lending.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SharedData;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LprHistoryTest {
    private static final LprHistory HISTORY = LprHistory.load(null);

    @TempDir
    Path folder;

    @Test
    void theHistoryIsTheReferencesRowByRow() throws IOException {
        List<String> rows = Files.readAllLines(SharedData.file("loan/lpr_history.csv"));
        assertThat(HISTORY.quotes()).hasSize(rows.size() - 1);
        for (int i = 1; i < rows.size(); i++) {
            String[] row = rows.get(i).split(",", -1);
            LprQuote quote = HISTORY.quotes().get(i - 1);
            assertThat(quote.publishedOn()).hasToString(row[0]);
            assertThat(quote.oneYear()).isEqualByComparingTo(new BigDecimal(row[1]).movePointLeft(2));
            assertThat(quote.overFiveYears()).isEqualByComparingTo(new BigDecimal(row[2]).movePointLeft(2));
        }
    }

    @Test
    void aRateHoldsFromItsDayToTheNext() {
        assertThat(HISTORY.on(LocalDate.of(2024, 2, 19), LprTenor.OVER_FIVE_YEARS)).isEqualByComparingTo("0.0420");
        assertThat(HISTORY.on(LocalDate.of(2024, 2, 20), LprTenor.OVER_FIVE_YEARS)).isEqualByComparingTo("0.0395");
        assertThat(HISTORY.on(LocalDate.of(2022, 2, 20), LprTenor.ONE_YEAR)).isEqualByComparingTo("0.0370"); // published on the 21st
        assertThat(HISTORY.on(LocalDate.of(2025, 5, 20), LprTenor.ONE_YEAR)).isEqualByComparingTo("0.0300");
    }

    @Test
    void aMissingMonthIsNamedAndNeverGuessed() {
        assertThat(HISTORY.gaps()).containsExactly(YearMonth.of(2025, 2), YearMonth.of(2025, 3), YearMonth.of(2025, 4));
        for (String[] each : new String[][] {{"2025-02-20", "2025-02"}, {"2025-03-10", "2025-02"}, {"2025-05-19", "2025-04"},
            {"2025-06-20", "2025-06"}, {"2025-07-01", "2025-06"}, {"2019-08-19", "2019-07"}, {"2030-01-15", "2029-12"}}) {
            assertThatThrownBy(() -> HISTORY.on(LocalDate.parse(each[0]), LprTenor.ONE_YEAR)).as(each[0])
                    .isInstanceOf(MissingLprException.class).hasMessageContaining(each[1]);
        }
        assertThat(HISTORY.on(LocalDate.of(2025, 2, 19), LprTenor.ONE_YEAR)).isEqualByComparingTo("0.0310"); // January's still
    }

    @Test
    void aLoanIsRepricedEachJanuaryAndTheFutureIsSaidToBeAssumed() {
        RatePath path = HISTORY.path(LprTenor.OVER_FIVE_YEARS, new BigDecimal("-0.0020"), LocalDate.of(2022, 6, 1),
                LprHistory.Repricing.EACH_JANUARY, LocalDate.of(2032, 6, 1), LocalDate.of(2024, 12, 31));
        assertThat(path.on(LocalDate.of(2022, 12, 31))).isEqualByComparingTo("0.0425"); // 4.45 less 20 points
        assertThat(path.on(LocalDate.of(2023, 1, 1))).isEqualByComparingTo("0.0410");
        assertThat(path.on(LocalDate.of(2024, 1, 1))).isEqualByComparingTo("0.0400");
        assertThat(path.on(LocalDate.of(2030, 1, 1))).isEqualByComparingTo("0.0340"); // 3.60 of the day that is asked on
        assertThat(path.assumedFrom()).isEqualTo(LocalDate.of(2025, 1, 1));
    }

    @Test
    void aRepricingInAMissingMonthIsAnError() {
        assertThatThrownBy(() -> HISTORY.path(LprTenor.OVER_FIVE_YEARS, BigDecimal.ZERO, LocalDate.of(2024, 3, 1),
                        LprHistory.Repricing.EACH_ANNIVERSARY, LocalDate.of(2034, 3, 1), LocalDate.of(2025, 5, 31)))
                .isInstanceOf(MissingLprException.class).hasMessageContaining("2025-02");
    }

    @Test
    void furtherMonthsComeFromAFileAndMayNotContradict() throws IOException {
        Path file = folder.resolve("lpr.csv");
        Files.writeString(file, "published,lpr_1y_pct,lpr_5y_plus_pct\n2030-01-21,2.50,3.00\n");
        assertThat(LprHistory.load(file).on(LocalDate.of(2030, 1, 25), LprTenor.ONE_YEAR)).isEqualByComparingTo("0.025");
        Files.writeString(file, "published,lpr_1y_pct,lpr_5y_plus_pct\n2025-05-20,3.10,3.50\n");
        assertThatThrownBy(() -> LprHistory.load(file)).hasMessageContaining("contradicts");
        Files.writeString(file, "published,lpr_1y_pct,lpr_5y_plus_pct\n2030-01-21,0,3.00\n");
        assertThatThrownBy(() -> LprHistory.load(file)).hasMessageContaining("Line 2");
        assertThatThrownBy(() -> LprHistory.load(folder.resolve("none.csv"))).hasMessageContaining("cannot be read");
    }
}
