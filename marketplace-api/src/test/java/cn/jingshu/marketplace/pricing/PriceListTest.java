package cn.jingshu.marketplace.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.ledger.tariff.Tariff;
import cn.jingshu.ledger.tariff.Tier;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which price and which ceiling hold at a moment, and what is no lawful price; without any store. */
class PriceListTest {
    private static final Instant START = Instant.parse("2026-01-31T16:00:00Z"); // 2026-02-01 in Shanghai
    private static final Instant LATER = START.plusSeconds(86_400);
    private static final String ALL = PriceBook.EVERY_OPERATION;

    private static UUID id(int number) {
        return new UUID(0, number);
    }

    private static PriceCeiling ceiling(int number, String operation, String fen, Instant from) {
        return new PriceCeiling(id(number), "bus", operation, UnitPrice.ofFen(fen), from, "某价〔2026〕1号");
    }

    private static PublishedTariff price(int number, String operation, String fen, Instant from, @Nullable String plan, boolean trial) {
        return tariff(number, operation, new Tariff.PerUnit(UnitPrice.ofFen(fen)), from, plan, trial);
    }

    private static PublishedTariff tariff(int number, String operation, Tariff tariff, Instant from, @Nullable String plan, boolean trial) {
        return new PublishedTariff(id(number), "bus", operation, Purpose.INDUSTRY, tariff, from, from, plan, trial);
    }

    private static PriceList list(List<PriceCeiling> ceilings, PublishedTariff... tariffs) {
        return new PriceList("bus", ceilings, List.of(tariffs));
    }

    /** The number of the price for everyone; 0: there is none. */
    private static long priceOf(PriceList list, String operation, Instant moment) {
        return list.priceAt(operation, Purpose.INDUSTRY, moment).map(found -> found.id().getLeastSignificantBits()).orElse(0L);
    }

    private static long ceilingOf(PriceList list, String operation, Instant moment) {
        return list.ceilingAt(operation, moment).map(found -> found.id().getLeastSignificantBits()).orElse(0L);
    }

    /** What a contract says goes before a price of the same moment in whatever order they are read, and before no later one. */
    @Test
    void whatTheContractSaysGoesBeforeAPriceOfTheSameMoment() {
        PublishedTariff paid = price(1, ALL, "5", START, null, false);
        PublishedTariff said = new PublishedTariff(id(2), "bus", ALL, Purpose.INDUSTRY, new Tariff.Free(), START, START, null, false, 1, null);
        PublishedTariff later = price(3, ALL, "4", LATER, null, false);
        List<PriceCeiling> ceilings = List.of(ceiling(11, ALL, "9", START));
        for (PriceList list : List.of(list(ceilings, paid, said, later), list(ceilings, later, said, paid))) {
            assertThat(priceOf(list, "position", START)).isEqualTo(2);
            assertThat(priceOf(list, "position", LATER)).isEqualTo(3);
        }
        PublishedTariff own = price(4, "position", "3", START, null, false);
        assertThat(priceOf(list(ceilings, own, said), "position", START)).as("an operation's own line has its own").isEqualTo(4);
    }

    @Test
    void anOperationsOwnGoesBeforeTheProductsAndTheLaterBeforeTheEarlier() {
        for (boolean reversed : List.of(false, true)) { // whatever order they are listed in
            List<PriceCeiling> ceilings = List.of(ceiling(11, ALL, "9", START), ceiling(12, ALL, "8", LATER),
                    ceiling(13, "position", "7", START), ceiling(14, "position", "6", LATER));
            List<PublishedTariff> tariffs = List.of(price(1, ALL, "5", START, null, false), price(2, ALL, "4", LATER, null, false),
                    price(3, "position", "3", START, null, false), price(4, "position", "2", LATER, null, false));
            PriceList list = new PriceList("bus", reversed ? ceilings.reversed() : ceilings, reversed ? tariffs.reversed() : tariffs);
            assertThat(priceOf(list, "position", START.minusNanos(1))).isZero();
            assertThat(priceOf(list, "position", START)).isEqualTo(3);
            assertThat(priceOf(list, "position", LATER)).isEqualTo(4);
            assertThat(priceOf(list, "arrivals", START)).isEqualTo(1);
            assertThat(priceOf(list, "arrivals", LATER.minusNanos(1))).isEqualTo(1);
            assertThat(priceOf(list, "arrivals", LATER)).isEqualTo(2);
            assertThat(ceilingOf(list, "position", START.minusNanos(1))).isZero();
            assertThat(ceilingOf(list, "position", START)).isEqualTo(13);
            assertThat(ceilingOf(list, "position", LATER)).isEqualTo(14);
            assertThat(ceilingOf(list, "arrivals", START)).isEqualTo(11);
            assertThat(ceilingOf(list, "arrivals", LATER)).isEqualTo(12);
        }
    }

    @Test
    void aPriceThatALowerCeilingOvertookIsNone() {
        PriceList list = list(List.of(ceiling(11, ALL, "5", START), ceiling(12, ALL, "4.999999", LATER)), price(1, ALL, "5", START, null, false));
        assertThat(priceOf(list, "position", START)).isEqualTo(1);
        assertThat(priceOf(list, "position", LATER.minusNanos(1))).isEqualTo(1);
        assertThat(priceOf(list, "position", LATER)).isZero();
    }

    /** 发改价格〔2025〕65号: 具体收费标准不得高于上限收费标准. Bands of a month are owed under the ceiling of all the operations they count together. */
    @Test
    void bandsOfAllOperationsTogetherAreHeldToTheCeilingOfAllThemToo() {
        Tariff bands = new Tariff.Graduated(List.of(new Tier(100L, UnitPrice.ofFen("5"), Money.ZERO), Tier.of(null, UnitPrice.ofFen("4"))));
        PriceCeiling own = ceiling(12, "position", "6", START);
        PriceList overtaken = list(List.of(ceiling(11, ALL, "6", START), own, ceiling(13, ALL, "4.9", LATER)), tariff(1, ALL, bands, START, null, false));
        assertThat(priceOf(overtaken, "position", LATER.minusNanos(1))).isEqualTo(1);
        assertThat(priceOf(overtaken, "arrivals", LATER)).isZero();
        assertThat(priceOf(overtaken, "position", LATER)).as("its line would name the ceiling of all").isZero();
        PriceList lowerOwn = list(List.of(ceiling(11, ALL, "6", START), ceiling(12, "position", "4.9", START)), tariff(1, ALL, bands, START, null, false));
        assertThat(priceOf(lowerOwn, "position", START)).as("nor above its own").isZero();
        assertThat(priceOf(lowerOwn, "arrivals", START)).isEqualTo(1);
        PriceList byUnit = list(List.of(ceiling(11, ALL, "6", START), own, ceiling(13, ALL, "4.9", LATER)), price(1, ALL, "5", START, null, false));
        assertThat(priceOf(byUnit, "position", LATER)).as("by the unit a line is its own operation's").isEqualTo(1);
    }

    @Test
    void aPriceNeedsACeilingUnlessItIsOnTrialOrCostsNothing() {
        assertThat(priceOf(list(List.of(), price(1, ALL, "5", START, null, false)), "position", START)).isZero();
        assertThat(priceOf(list(List.of(), price(1, ALL, "5", START, null, true)), "position", START)).isEqualTo(1);
        assertThat(priceOf(list(List.of(), price(1, ALL, "0", START, null, false)), "position", START)).isEqualTo(1);
        assertThat(priceOf(list(List.of(), tariff(1, ALL, new Tariff.Free(), START, null, false)), "position", START)).isEqualTo(1);
        assertThat(priceOf(list(List.of(ceiling(11, ALL, "4", START)), price(1, ALL, "5", START, null, true)), "position", START))
                .as("a trial price stands beneath a ceiling where there is one").isZero();
    }

    @Test
    void noTrialPriceHoldsOnceTheFirstFullYearIsOver() {
        Instant end = Instant.parse("2027-01-31T16:00:00Z");
        PriceList list = list(List.of(), price(2, "position", "6", LATER, null, true), price(1, ALL, "5", START, null, true));
        assertThat(list.findTrialEnd()).contains(end);
        assertThat(priceOf(list, "arrivals", end.minusNanos(1))).isEqualTo(1);
        assertThat(priceOf(list, "arrivals", end)).isZero();
        assertThat(priceOf(list, "position", end)).isZero();
        PublishedTariff welfare = new PublishedTariff(id(3), "bus", ALL, Purpose.PUBLIC_INTEREST, new Tariff.Free(), START, START);
        assertThat(list(List.of(), welfare).findTrialEnd()).as("what is free by its purpose opens no year").isEmpty();
        assertThat(list(List.of()).findTrialEnd()).isEmpty();
    }

    @Test
    void aPlansOwnPriceGoesBeforeTheOneForEveryoneWhileItIsLawful() {
        PriceList list = list(List.of(ceiling(11, ALL, "9", START), ceiling(12, ALL, "4", LATER)),
                price(1, ALL, "3", START, null, false), price(2, ALL, "5", START, "school", false));
        assertThat(list.priceAt("position", Purpose.INDUSTRY, "school", START)).map(PublishedTariff::id).contains(id(2));
        assertThat(list.priceAt("position", Purpose.INDUSTRY, "other", START)).map(PublishedTariff::id).contains(id(1));
        assertThat(list.priceAt("position", Purpose.INDUSTRY, null, START)).map(PublishedTariff::id).contains(id(1));
        assertThat(list.priceAt("position", Purpose.INDUSTRY, "school", LATER)).as("a ceiling overtook the plan's").map(PublishedTariff::id).contains(id(1));
    }

    @Test
    void useInThePublicInterestIsFreeWhetherOrNotAnyonePublishedSo() {
        PublishedTariff free = list(List.of()).priceAt("position", Purpose.PUBLIC_INTEREST, START).orElseThrow();
        assertThat(free.isFreeByLaw()).isTrue();
        assertThat(free.tariff()).isEqualTo(new Tariff.Free());
        assertThat(free.product()).isEqualTo("bus");
        assertThat(free.operation()).isEqualTo("position");
        assertThat(price(1, ALL, "5", START, null, false).isFreeByLaw()).isFalse();
        assertThat(list(List.of(ceiling(11, ALL, "9", START)), price(1, ALL, "5", START, null, false))
                .priceAt("position", Purpose.PUBLIC_INTEREST, "school", START)).map(PublishedTariff::isFreeByLaw).contains(true);
    }

    @Test
    void listsOfTheSamePricesAreTheSame() {
        List<PriceCeiling> ceilings = List.of(ceiling(11, ALL, "9", START));
        PriceList list = list(ceilings, price(1, ALL, "5", START, null, false));
        assertThat(list).isEqualTo(list(ceilings, price(1, ALL, "5", START, null, false)))
                .hasSameHashCodeAs(list(ceilings, price(1, ALL, "5", START, null, false)))
                .isNotEqualTo(list(List.of(), price(1, ALL, "5", START, null, false))).isNotEqualTo(list(ceilings))
                .isNotEqualTo(new PriceList("train", ceilings, list.tariffs()));
        assertThat(list.product()).isEqualTo("bus");
        assertThat(list.ceilings()).isEqualTo(ceilings);
        assertThat(list.tariffs()).containsExactly(price(1, ALL, "5", START, null, false));
        assertThat(ceilings.getFirst().highest()).isEqualTo(UnitPrice.ofFen("9"));
        assertThat(ceilings.getFirst().limit()).isEqualTo(Ceiling.ofUnit(UnitPrice.ofFen("9")));
    }

    @ParameterizedTest
    @CsvSource({"position,2026-03,true", "position,2026-05,true", "position,2026-02,false", "position,2026-06,false", "arrivals,2026-04,false"})
    void aFindingIsAboutItsOperationAndMonths(String operation, YearMonth month, boolean covered) {
        assertThat(finding("position", YearMonth.of(2026, 3), YearMonth.of(2026, 5), "决定").covers(operation, month)).isEqualTo(covered);
        assertThat(finding(ALL, YearMonth.of(2026, 3), YearMonth.of(2026, 5), "决定").covers("arrivals", YearMonth.of(2026, 4))).isTrue();
    }

    private static CeilingFinding finding(String operation, YearMonth first, YearMonth last, String citation) {
        return new CeilingFinding(id(1), "bus", operation, first, last, Ceiling.ofUnit(UnitPrice.ofFen("1")), citation);
    }

    @Test
    void aFindingHasItsMonthsInOrderAndCitesItsDecision() {
        YearMonth march = YearMonth.of(2026, 3);
        assertThat(finding(ALL, march, march, "决定").last()).isEqualTo(march);
        assertThatIllegalArgumentException().isThrownBy(() -> finding(ALL, march, march.minusMonths(1), "决定"));
        assertThatIllegalArgumentException().isThrownBy(() -> finding(ALL, march, march, " "));
    }

    @Test
    void aProposalCitesItsDecisionAndKeepsMicroseconds() {
        PriceProposal.Subject subject = new PriceProposal.Subject.Ceiling(Ceiling.ofUnit(UnitPrice.ofFen("1")));
        assertThat(new PriceProposal(id(1), subject, "bus", ALL, Instant.parse("2026-01-01T00:00:00.123456789Z"), "决定").effectiveFrom())
                .isEqualTo("2026-01-01T00:00:00.123456Z");
        assertThatIllegalArgumentException().isThrownBy(() -> new PriceProposal(id(1), subject, "bus", ALL, START, " "));
    }

    private static PermittedRevenue revenue(String rate, @Nullable String smoothing, String citation) {
        return new PermittedRevenue(id(1), 2026, 2026, 2028, Money.ofYuan("100"), Money.ofYuan("20"), Money.ofYuan("30"), Money.ofYuan("4"),
                Money.ofYuan("5.05"), Money.ofYuan("9"), 2025, 2024, new BigDecimal("0.02"), new BigDecimal(rate), Money.ofYuan("6"), true,
                Money.ofYuan("7"), smoothing, Money.ofYuan("161"), citation);
    }

    /** C + C·ρ + T less what is carried: 100 + 20 + 30 + 4 + 5.05 − 9 = 150.05; a tenth of it is 15.005. */
    @Test
    void thePermittedRevenueIsReckonedByItsFormula() {
        PermittedRevenue revenue = revenue("0.1", null, "成本调查报告");
        assertThat(revenue.cost()).isEqualTo(Money.ofYuan("150.05"));
        assertThat(revenue.profit()).isEqualTo(Money.ofYuan("15.01"));
        assertThat(revenue.reckoned()).isEqualTo(Money.ofYuan("164.06"));
        assertThat(revenue.rate()).isEqualTo(new BigDecimal("0.10000000"));
        assertThat(revenue.bondYield()).isEqualTo(new BigDecimal("0.02000000"));
        assertThat(revenue("0.1", "分三年扣减", "成本调查报告").smoothing()).isEqualTo("分三年扣减");
        assertThatThrownBy(() -> revenue("0.000000001", null, "x")).isInstanceOf(ArithmeticException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> revenue("0.1", " ", "成本调查报告"));
        assertThatIllegalArgumentException().isThrownBy(() -> revenue("0.1", null, ""));
    }

    @Test
    void aPurposeIsReadByItsNameAlone() {
        assertThat(Purpose.parse("INDUSTRY")).contains(Purpose.INDUSTRY);
        assertThat(Purpose.parse("PUBLIC_INTEREST")).contains(Purpose.PUBLIC_INTEREST);
        assertThat(Purpose.parse("industry")).isEmpty();
        assertThat(Purpose.INDUSTRY.zh()).isEqualTo("产业发展、行业发展");
        assertThat(Purpose.PUBLIC_INTEREST.en()).isEqualTo("public governance and welfare");
    }

    @Test
    void everyRefusalIsSaidInBothLanguages() {
        for (PriceFault fault : PriceFault.values()) {
            assertThat(fault.zh()).as(fault.name()).containsPattern("\\p{IsHan}");
            assertThat(fault.en()).as(fault.name()).isNotBlank().doesNotContainPattern("\\p{IsHan}");
        }
        assertThat(PriceFault.ABOVE_CEILING.legalBasis()).contains("不得高于上限收费标准");
        assertThat(PriceFault.DATE_TAKEN.legalBasis()).as("a rule of this house").isNull();
        for (RevenueFault fault : RevenueFault.values()) {
            assertThat(fault.zh()).as(fault.name()).containsPattern("\\p{IsHan}");
            assertThat(fault.en()).as(fault.name()).isNotBlank().doesNotContainPattern("\\p{IsHan}");
            assertThat(fault.legalBasis()).as(fault.name()).isNotBlank();
        }
    }
}
