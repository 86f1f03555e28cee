package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;

/** Settlements that several tests look at. */
final class Examples {

    static final SettlementPeriod NOVEMBER = SettlementPeriod.month(YearMonth.of(2026, 11));

    static final PolicyRates RATES = new PolicyRates(List.of(
            rate(Rule.VAT, 6), rate(Rule.URBAN_MAINTENANCE, 7), rate(Rule.EDUCATION, 3),
            rate(Rule.LOCAL_EDUCATION, 2), rate(Rule.INCOME_TAX, 25), rate(Rule.STATUTORY_RESERVE, 10),
            rate(Rule.TREASURY, 30)));

    private Examples() {}

    /**
     * POLICY §10.2, in yuan: gross 10,600,000, VAT 600,000, merchants 2,500,000, costs of paid products 4,800,000, of
     * free products 700,000. Its surcharges of 60,000 are 12 % of VAT payable when 100,000 of input VAT is deducted.
     */
    static SettlementInputs policy(TreasuryBase base) {
        return new SettlementInputs(
                NOVEMBER,
                Dimensions.AUTHORISED_OPERATION,
                Money.ofYuan("10600000"),
                Money.ofYuan("600000"),
                Money.ofYuan("100000"),
                List.of(new PartyAmount("m1", Money.ofYuan("1500000")), new PartyAmount("m2", Money.ofYuan("1000000"))),
                List.of(
                        new Cost(CostKind.DIRECT_PAID, Chart.COST_OF_SERVICE, Money.ofYuan("4800000")),
                        new Cost(CostKind.DIRECT_FREE, Chart.COST_OF_SERVICE, Money.ofYuan("700000"))),
                SettlementRates.at(RATES, NOVEMBER.lastDay()),
                base,
                Money.ZERO,
                Portion.WHOLE,
                List.of());
    }

    static SettlementInputs with(
            SettlementInputs in, Money gross, Money outputVat, List<Cost> costs, List<PartyAmount> merchantCosts) {
        return new SettlementInputs(
                in.period(), in.businessLine(), gross, outputVat, in.inputVat(), merchantCosts, costs, in.rates(),
                in.treasuryBase(), in.lossesCarried(), in.operatorShare(), in.merchantShares());
    }

    static SettlementInputs shared(SettlementInputs in, Portion operator, List<MerchantShare> shares) {
        return new SettlementInputs(
                in.period(), in.businessLine(), in.gross(), in.outputVat(), in.inputVat(), in.merchantCosts(),
                in.costs(), in.rates(), in.treasuryBase(), in.lossesCarried(), operator, shares);
    }

    private static DatedRate rate(Rule rule, long percent) {
        return new DatedRate(rule, Portion.percent(percent), LocalDate.of(2026, 1, 1), "test");
    }
}
