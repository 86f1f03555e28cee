package cn.jingshu.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Tariff;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PriceListsTest {
    /** A list of prices holds later ones, too: they say nothing of a month that had ended when they began. */
    @Test
    void aPlansOwnPriceCountsFromTheMonthItBeginsIn() {
        PriceLists prices = new PriceLists();
        assertThat(prices.add(price("for-everyone", null, "2026-01-01T00:00:00+08:00"))).isTrue();
        assertThat(prices.add(price("of-a-plan", "metered", "2026-03-01T00:00:00+08:00"))).isTrue();
        assertThat(prices.goByPlan("bus", YearMonth.of(2026, 1))).isFalse();
        assertThat(prices.goByPlan("bus", YearMonth.of(2026, 2))).as("the month ends as it begins").isFalse();
        assertThat(prices.goByPlan("bus", YearMonth.of(2026, 3))).isTrue();
        assertThat(prices.goByPlan("rail", YearMonth.of(2026, 3))).isFalse();
    }

    private static PriceLists.Price price(String id, @Nullable String plan, String from) {
        return new PriceLists.Price(id, "bus", "", "INDUSTRY", plan, false, new Tariff.PerUnit(UnitPrice.ofFen("35.5")), "{}",
                OffsetDateTime.parse(from).toInstant());
    }
}
