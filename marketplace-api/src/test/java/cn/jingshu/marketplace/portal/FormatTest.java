package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0 | ¥0.00", "1 | ¥0.01", "-1 | -¥0.01", "123456 | ¥1,234.56", "-100 | -¥1.00", "9223372036854775807 | ¥92,233,720,368,547,758.07", "-9223372036854775808 | -¥92,233,720,368,547,758.08"})
    void fenAreShownAsYuanWithTwoDecimals(long fen, String shown) {
        assertThat(Format.yuan(fen)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0.350000 | ¥0.0035", "100 | ¥1.00", "0 | ¥0.00", "0.000001 | ¥0.00000001", "12.5 | ¥0.125", "150.000000 | ¥1.50", "1e5 | ¥1000.00"})
    void aPriceIsExactAndTrimmed(BigDecimal fenPerUnit, String shown) {
        assertThat(Format.price(fenPerUnit)).isEqualTo(shown);
    }

    @Test
    void timesAreInShanghai() {
        Instant lateInUtc = Instant.parse("2026-10-31T16:00:00Z");
        assertThat(Format.time(lateInUtc)).isEqualTo("2026-11-01 00:00:00");
        assertThat(Format.minute(lateInUtc)).isEqualTo("2026-11-01 00:00");
        assertThat(Format.clock(lateInUtc)).isEqualTo("00:00:00");
        assertThat(Format.month(YearMonth.of(2026, 11), Lang.ZH_CN)).isEqualTo("2026年11月");
        assertThat(Format.month(YearMonth.of(2026, 11), Lang.EN)).isEqualTo("November 2026");
    }

    @Test
    void aPortionOfNothingIsADashNotZero() {
        assertThat(Format.percent(30, 100)).isEqualTo("30.0 %");
        assertThat(Format.percent(0, 0)).isEqualTo("–");
    }
}
