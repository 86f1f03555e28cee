package cn.jingshu.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.List;
import java.util.stream.IntStream;
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

    /** What a contract says goes before a price of the same moment, and holds from then on. */
    @Test
    void aContractThatSaysFreeEndsThePricesOfItsUse() {
        PriceLists prices = new PriceLists();
        PriceLists.Price now = price("now", null, "2026-01-01T00:00:00+08:00");
        PriceLists.Price toCome = price("to-come", null, "2026-04-01T00:00:00+08:00");
        PriceLists.Price said = said("said", "2026-02-10T00:00:00+08:00");
        PriceLists.Price saidThen = said("said-then", "2026-04-01T00:00:00+08:00");
        assertThat(List.of(toCome, saidThen, said, now)).allSatisfy(each -> assertThat(prices.add(each)).isTrue());
        assertThat(prices.add(new PriceLists.Limit("ceiling", "bus", PriceLists.EVERY_OPERATION, Ceiling.ofUnit(UnitPrice.ofFen("40")),
                OffsetDateTime.parse("2026-01-01T00:00:00+08:00").toInstant()))).isTrue();
        assertThat(held(prices, now)).containsExactly(true, true, false, false, false);
        assertThat(held(prices, said)).containsExactly(false, true, true, false, false);
        assertThat(held(prices, toCome)).as("never").containsExactly(false, false, false, false, false);
        assertThat(held(prices, saidThen)).containsExactly(false, false, false, true, true);
    }

    private static List<Boolean> held(PriceLists prices, PriceLists.Price price) {
        return IntStream.rangeClosed(1, 5).mapToObj(month -> prices.heldIn(price, "", YearMonth.of(2026, month)).moments()).toList();
    }

    private static PriceLists.Price said(String id, String from) {
        return new PriceLists.Price(id, "bus", "", "INDUSTRY", null, false, new Tariff.Free(), "{}", OffsetDateTime.parse(from).toInstant(), true);
    }

    private static PriceLists.Price price(String id, @Nullable String plan, String from) {
        return new PriceLists.Price(id, "bus", "", "INDUSTRY", plan, false, new Tariff.PerUnit(UnitPrice.ofFen("35.5")), "{}",
                OffsetDateTime.parse(from).toInstant(), false);
    }
}
