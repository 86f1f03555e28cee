package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareRecord;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** A year of the second form: no VAT, the operator alone, the stricter base of the treasury's portion. */
    static SettlementInputs ofYear(int year, String revenue, String cost, Losses before) {
        SettlementPeriod period = SettlementPeriod.year(java.time.Year.of(year));
        SettlementDetail detail = new SettlementDetail(period.lastDay(),
                List.of(new ProductRevenue("transit", Money.ofYuan(revenue), null, null, List.of())),
                new CostKey(CostKey.METERED_UNITS, 3, 1), before.forTax(), List.of(), List.of());
        return new SettlementInputs(period, Dimensions.AUTHORISED_OPERATION, Money.ofYuan(revenue), Money.ZERO, Money.ZERO,
                List.of(), List.of(new Cost(CostKind.SHARED, Chart.ADMINISTRATION, Money.ofYuan(cost))),
                SettlementRates.at(RATES, period.lastDay()), TreasuryBase.NP_AFTER_LOSS_RESERVE, before.booked(),
                Portion.WHOLE, List.of(), detail);
    }

    /** Agreed shares of a product; the first party is the operator. */
    static ShareRecord shares(String product, YearMonth from, String... partyAndWeight) {
        return agreed(product, from, partyAndWeight[0], partyAndWeight);
    }

    /** Agreed shares of data providers. */
    static ShareRecord providers(String product, YearMonth from, String... partyAndWeight) {
        return agreed(product, from, null, partyAndWeight);
    }

    private static ShareRecord agreed(String product, YearMonth from, @Nullable String operator, String... partyAndWeight) {
        List<ShareInputs.Weight> weights = new ArrayList<>();
        for (int i = 0; i < partyAndWeight.length; i += 2) {
            weights.add(new ShareInputs.Weight(partyAndWeight[i], new BigDecimal(partyAndWeight[i + 1])));
        }
        return ShareRecord.of(new ShareInputs(product, from, operator, new ShareInputs.Agreed(weights, "test")));
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
