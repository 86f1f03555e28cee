package cn.jingshu.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The worked example of POLICY §10.2 (荆门 plan, 30 % of net profit) and its neighbours. */
class WaterfallGoldenTest {

    @Test
    void theWorkedExampleComesOutToTheFen() {
        SettlementResult result = Waterfall.settle(Examples.policy(TreasuryBase.NET_PROFIT));
        assertThat(result.revenue()).isEqualTo(Money.ofYuan("10000000"));
        assertThat(result.surcharges()).isEqualTo(Money.ofYuan("60000"));
        assertThat(result.profitBeforeTax()).isEqualTo(Money.ofYuan("1940000"));
        assertThat(result.incomeTax()).isEqualTo(Money.ofYuan("485000"));
        assertThat(result.netProfit()).isEqualTo(Money.ofYuan("1455000"));
        assertThat(result.treasury()).isEqualTo(Money.ofYuan("436500"));
        assertThat(result.operator()).isEqualTo(Money.ofYuan("1018500"));
        assertThat(result.merchants()).isEqualTo(Money.ofYuan("2500000"));
        assertThat(result.period().basis().labelZh()).contains("权责发生制预提");
    }

    @Test
    void theSecondReadingTakesTheReserveOffFirst() {
        SettlementResult result = Waterfall.settle(Examples.policy(TreasuryBase.NP_AFTER_LOSS_RESERVE));
        assertThat(result.treasuryBase()).isEqualTo(Money.ofYuan("1309500"));
        assertThat(result.treasury()).isEqualTo(Money.ofYuan("392850"));
        assertThat(result.operator()).isEqualTo(Money.ofYuan("1062150"));
    }

    @Test
    void earlierLossesComeOffBeforeTheReserve() {
        SettlementInputs in = Examples.policy(TreasuryBase.NP_AFTER_LOSS_RESERVE);
        SettlementInputs afterLosses = new SettlementInputs(
                in.period(), in.businessLine(), in.gross(), in.outputVat(), in.inputVat(), in.merchantCosts(),
                in.costs(), in.rates(), in.treasuryBase(), Money.ofYuan("455000"), in.operatorShare(), List.of());
        // 1,455,000 − 455,000 = 1,000,000; less 10 % = 900,000; 30 % of it = 270,000.
        assertThat(Waterfall.settle(afterLosses).treasury()).isEqualTo(Money.ofYuan("270000"));
    }

    @Test
    void operatorAndMerchantsShareWhatTheTreasuryLeaves() {
        SettlementInputs in = Examples.shared(
                Examples.policy(TreasuryBase.NET_PROFIT),
                Portion.percent(60),
                List.of(new MerchantShare("m2", Portion.percent(15)), new MerchantShare("m1", Portion.percent(25))));
        SettlementResult result = Waterfall.settle(in);
        assertThat(result.treasury()).isEqualTo(Money.ofYuan("436500"));
        assertThat(result.operator()).isEqualTo(Money.ofYuan("611100"));
        assertThat(result.merchantShares()).containsExactly(
                new PartyAmount("m1", Money.ofYuan("254625")), new PartyAmount("m2", Money.ofYuan("152775")));
    }

    @Test
    void aLossLeavesTheTreasuryNothingAndTheOperatorCarriesIt() {
        SettlementInputs example = Examples.policy(TreasuryBase.NET_PROFIT);
        SettlementInputs in = Examples.shared(
                Examples.with(
                        example,
                        Money.ofYuan("106"),
                        Money.ofYuan("6"),
                        List.of(new Cost(CostKind.SHARED, Chart.ADMINISTRATION, Money.ofYuan("150"))),
                        List.of(new PartyAmount("m1", Money.ofYuan("10")))),
                Portion.percent(50),
                List.of(new MerchantShare("m1", Portion.percent(50))));
        SettlementResult result = Waterfall.settle(in);
        // Input VAT exceeds output VAT, so there are no surcharges; a loss pays no income tax.
        assertThat(result.surcharges()).isEqualTo(Money.ZERO);
        assertThat(result.incomeTax()).isEqualTo(Money.ZERO);
        assertThat(result.netProfit()).isEqualTo(Money.ofYuan("-60"));
        assertThat(result.treasury()).isEqualTo(Money.ZERO);
        assertThat(result.operator()).isEqualTo(Money.ofYuan("-60"));
        assertThat(result.merchantShares()).containsExactly(new PartyAmount("m1", Money.ZERO));
    }

    @Test
    void theOddFenGoesToTheLargestRemainderAndThenToTheEarlierParty() {
        SettlementInputs in = Examples.shared(
                Examples.with(Examples.policy(TreasuryBase.NET_PROFIT), new Money(4), Money.ZERO, List.of(), List.of()),
                Portion.percent(50),
                List.of(new MerchantShare("m1", Portion.percent(50))));
        SettlementResult result = Waterfall.settle(in);
        // Profit 4, tax 1, net 3: exactly 0.9, 1.05, 1.05.
        assertThat(result.treasury()).isEqualTo(new Money(1));
        assertThat(result.operator()).isEqualTo(new Money(1));
        assertThat(result.merchantShares()).containsExactly(new PartyAmount("m1", new Money(1)));
    }

    @Test
    void sharedCostsAreDividedBetweenPaidAndFreeUseByTheirKey() {
        SettlementInputs in = Examples.ofYear(2026, "1000", "100.01", new Losses(Money.ZERO, Money.ZERO));
        DistributionDetail detail = Objects.requireNonNull(Waterfall.settle(in).detail());
        assertThat(detail.sharedPaid()).isEqualTo(Money.ofYuan("75.01")); // three quarters of 100.01 are 75.0075
        assertThat(detail.sharedFree()).isEqualTo(Money.ofYuan("25.00"));
    }

    @Test
    void theTreasurysMoneyIsEarmarkedByWhatEachProvidersProductsBrought() {
        // transit brought 600 with shares of its providers, weather 300 with two resources of one, echo 100 with none.
        SettlementPeriod year = SettlementPeriod.year(Year.of(2026));
        YearMonth from = YearMonth.of(2026, 1);
        SettlementDetail detail = new SettlementDetail(year.lastDay(), List.of(
                new ProductRevenue("transit", Money.ofYuan("600"), Examples.shares("transit", from, "op", "1", "m1", "2"),
                        Examples.providers("transit", from, "bus", "3", "police", "1"), List.of()),
                new ProductRevenue("weather", Money.ofYuan("300"), null, null,
                        List.of(new ProductRevenue.ProviderResources("meteo", 2))),
                new ProductRevenue("echo", Money.ofYuan("100"), null, null, List.of())),
                new CostKey(CostKey.METERED_UNITS, 0, 0), Money.ZERO, List.of(), List.of());
        SettlementInputs in = new SettlementInputs(year, "AUTHORISED_OPERATION", Money.ofYuan("1000"), Money.ZERO, Money.ZERO,
                List.of(), List.of(), SettlementRates.at(Examples.RATES, year.lastDay()), TreasuryBase.NET_PROFIT, Money.ZERO,
                detail.shares().operator(), detail.shares().merchants(), detail);
        SettlementResult result = Waterfall.settle(in);
        assertThat(result.netProfit()).isEqualTo(Money.ofYuan("750"));
        assertThat(result.treasury()).isEqualTo(Money.ofYuan("225"));
        assertThat(result.earmarks()).containsExactly(
                new Earmark(ProductShares.GENERAL, Money.ofYuan("22.50")), new Earmark("bus", Money.ofYuan("101.25")),
                new Earmark("meteo", Money.ofYuan("67.50")), new Earmark("police", Money.ofYuan("33.75")));
        assertThat(result.merchantShares()).containsExactly(new PartyAmount("m1", Money.ofYuan("210"))); // 2/5 of 525
        assertThat(SettlementJson.readInputs(SettlementJson.write(in))).isEqualTo(in);
        assertThat(SettlementJson.readResult(SettlementJson.write(result))).isEqualTo(result);
        String stolen = SettlementJson.write(result).replace("\"provider\":\"bus\",\"amountFen\":10125", "\"provider\":\"bus\",\"amountFen\":10126");
        assertThatThrownBy(() -> SettlementJson.readResult(stolen)).hasMessageContaining("earmarks");
        assertThatThrownBy(() -> new SettlementInputs(in.period(), in.businessLine(), in.gross(), in.outputVat(), in.inputVat(),
                in.merchantCosts(), in.costs(), in.rates(), in.treasuryBase(), in.lossesCarried(), Portion.WHOLE, List.of(), detail))
                .hasMessageContaining("the products give");
    }

    @Test
    void sharesThatDoNotAddUpToOneAreRefused() {
        SettlementInputs in = Examples.policy(TreasuryBase.NET_PROFIT);
        assertThatThrownBy(() -> Examples.shared(in, Portion.percent(99), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        MerchantShare half = new MerchantShare("m1", Portion.percent(25));
        assertThatThrownBy(() -> Examples.shared(in, Portion.percent(50), List.of(half, half)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aResultThatDoesNotAddUpCannotBeBuilt() {
        SettlementResult good = Waterfall.settle(Examples.policy(TreasuryBase.NET_PROFIT));
        String tampered = SettlementJson.write(good).replace("\"treasuryFen\":43650000", "\"treasuryFen\":43650001");
        assertThatThrownBy(() -> SettlementJson.readResult(tampered))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("distribution");
    }

    @Test
    void aRateIsTheOneInForceOnTheDay() {
        PolicyRates rates = new PolicyRates(List.of(
                new DatedRate(Rule.TREASURY, Portion.percent(30), LocalDate.of(2026, 1, 1), "draft"),
                new DatedRate(Rule.TREASURY, Portion.percent(35), LocalDate.of(2027, 1, 1), "revision")));
        assertThat(rates.rateAt(Rule.TREASURY, LocalDate.of(2026, 12, 31)).rate()).isEqualTo(Portion.percent(30));
        assertThat(rates.rateAt(Rule.TREASURY, LocalDate.of(2027, 1, 1)).citation()).isEqualTo("revision");
        assertThatThrownBy(() -> rates.rateAt(Rule.TREASURY, LocalDate.of(2025, 12, 31)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rates.rateAt(Rule.VAT, LocalDate.of(2026, 12, 31)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPeriodIsAMonthOrACalendarYear() {
        assertThat(SettlementPeriod.year(Year.of(2026)).basis()).isEqualTo(SettlementPeriod.Basis.ANNUAL_BINDING);
        assertThatThrownBy(() -> new SettlementPeriod(YearMonth.of(2026, 1), YearMonth.of(2026, 3)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void inputsAndResultReadBackAsTheyWereWritten() {
        SettlementInputs in = Examples.shared(
                Examples.policy(TreasuryBase.NP_AFTER_LOSS_RESERVE),
                Portion.of(2, 3),
                List.of(new MerchantShare("数商\"一\"\n", Portion.of(1, 3))));
        SettlementResult result = Waterfall.settle(in);
        assertThat(SettlementJson.readInputs(SettlementJson.write(in))).isEqualTo(in);
        assertThat(SettlementJson.readResult(SettlementJson.write(result))).isEqualTo(result);
    }
}
