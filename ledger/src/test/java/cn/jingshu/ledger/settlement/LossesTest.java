package cn.jingshu.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.Money;
import java.time.Year;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 企业所得税法 Art. 18 (five years) and 公司法 Art. 210 (earlier losses first). */
class LossesTest {
    private static final int FIVE = 5;

    private final List<SettlementResult> years = new ArrayList<>();

    /** Settles a year with this revenue and cost and what the years before it left. */
    private SettlementResult year(int year, String revenue, String cost) {
        Losses before = Losses.before(Year.of(year), years, FIVE);
        SettlementResult result = Waterfall.settle(Examples.ofYear(year, revenue, cost, before));
        years.add(result);
        return result;
    }

    @Test
    void aLossLowersTheTaxedProfitUntilItIsMadeUp() {
        year(2026, "0", "1000");
        assertThat(Losses.before(Year.of(2027), years, FIVE)).isEqualTo(new Losses(Money.ofYuan("1000"), Money.ofYuan("1000")));
        SettlementResult small = year(2027, "600", "0");
        assertThat(small.incomeTax()).isEqualTo(Money.ZERO);
        assertThat(small.treasury()).as("the base is net profit after earlier losses").isEqualTo(Money.ZERO);
        assertThat(Losses.before(Year.of(2028), years, FIVE)).isEqualTo(new Losses(Money.ofYuan("400"), Money.ofYuan("400")));
        SettlementResult large = year(2028, "1000", "0");
        assertThat(large.incomeTax()).isEqualTo(Money.ofYuan("150")); // 25 % of 600
        assertThat(large.treasury()).isEqualTo(Money.ofYuan("121.50")); // 30 % of (850 − 400) less the tenth for the reserve
        assertThat(Losses.before(Year.of(2029), years, FIVE)).isEqualTo(new Losses(Money.ZERO, Money.ZERO));
    }

    @Test
    void afterFiveYearsTaxForgetsALossAndTheBooksDoNot() {
        year(2026, "0", "1000");
        for (int year = 2027; year <= 2031; year++) {
            year(year, "0", "0");
            assertThat(Losses.before(Year.of(year + 1), years, FIVE).forTax())
                    .isEqualTo(year < 2031 ? Money.ofYuan("1000") : Money.ZERO);
        }
        assertThat(Losses.before(Year.of(2032), years, FIVE).booked()).isEqualTo(Money.ofYuan("1000"));
    }

    @Test
    void theOldestLossIsMadeUpFirst() {
        year(2026, "0", "100");
        year(2027, "0", "100");
        year(2028, "150", "0"); // uses 100 of 2026 and 50 of 2027
        assertThat(Losses.before(Year.of(2032), years, FIVE).forTax()).isEqualTo(Money.ofYuan("50"));
        assertThat(Losses.before(Year.of(2033), years, FIVE).forTax()).isEqualTo(Money.ZERO);
    }

    @Test
    void aLossThatTaxForgotIsNotMadeUpInPlaceOfAYoungerOne() {
        year(2026, "0", "100");
        year(2031, "0", "100");
        year(2032, "50", "0");
        assertThat(Losses.before(Year.of(2033), years, FIVE).forTax()).isEqualTo(Money.ofYuan("50"));
    }
}
