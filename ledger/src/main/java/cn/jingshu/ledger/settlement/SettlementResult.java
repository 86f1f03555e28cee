package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every step from what consumers owe to what each party gets, in whole fen. It cannot be built unless the steps add
 * up: gross = VAT + costs + surcharges + income tax + treasury + operator + merchants.
 *
 * @param merchantCosts merchants' cost of service
 * @param surcharges on VAT payable; the sum of the three below
 * @param profitBeforeTax 利润总额; below zero in a loss
 * @param netProfit 净利润; below zero in a loss
 * @param treasuryBase the amount the treasury's portion was taken of; at least zero
 * @param treasury 上缴财政; zero in a loss
 * @param operator what the operator keeps; in a loss, the whole loss
 * @param merchantShares merchants' portions of net profit; zero in a loss
 * @param detail null: a settlement of the first form
 */
public record SettlementResult(
        SettlementPeriod period,
        Money gross,
        Money outputVat,
        Money revenue,
        List<PartyAmount> merchantCosts,
        Money directPaidCosts,
        Money directFreeCosts,
        Money sharedCosts,
        Money surcharges,
        Money urbanMaintenance,
        Money education,
        Money localEducation,
        Money profitBeforeTax,
        Money incomeTax,
        Money netProfit,
        Money treasuryBase,
        Money treasury,
        Money operator,
        List<PartyAmount> merchantShares,
        @Nullable DistributionDetail detail) {

    public SettlementResult {
        merchantCosts = List.copyOf(merchantCosts);
        merchantShares = List.copyOf(merchantShares);
        requireEqual("revenue", revenue, gross.minus(outputVat));
        requireEqual("surcharges", surcharges, urbanMaintenance.plus(education).plus(localEducation));
        requireEqual("profit before tax", profitBeforeTax, revenue.minus(total(merchantCosts))
                .minus(directPaidCosts).minus(directFreeCosts).minus(sharedCosts).minus(surcharges));
        requireEqual("net profit", netProfit, profitBeforeTax.minus(incomeTax));
        requireEqual("distribution", netProfit, treasury.plus(operator).plus(total(merchantShares)));
        if (detail != null) {
            requireEqual("shared costs", sharedCosts, detail.sharedPaid().plus(detail.sharedFree()));
            requireEqual("earmarks", treasury, detail.earmarked());
        }
    }

    /** The treasury's money by data provider; of the first form: all of no provider. */
    public List<Earmark> earmarks() {
        return detail == null ? List.of(new Earmark(ProductShares.GENERAL, treasury)) : detail.earmarks();
    }

    /** All that merchants get: cost of service and portions of net profit. */
    public Money merchants() {
        return total(merchantCosts).plus(total(merchantShares));
    }

    /** The steps in their order, as a page shows them. */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line("GROSS", "价税合计", "Owed by consumers, tax included", "", gross));
        lines.add(new Line("OUTPUT_VAT", "销项税额", "Output VAT", "", outputVat));
        lines.add(new Line("REVENUE", "营业收入", "Revenue", "", revenue));
        for (PartyAmount cost : merchantCosts) {
            lines.add(new Line("MERCHANT_COST", "数商成本", "Merchant cost of service", cost.merchant(), cost.amount()));
        }
        lines.add(new Line("DIRECT_PAID", "有偿产品直接成本", "Direct cost of paid use", "", directPaidCosts));
        lines.add(new Line("DIRECT_FREE", "无偿产品直接成本", "Direct cost of free use", "", directFreeCosts));
        if (detail == null) {
            lines.add(new Line("SHARED", "共享成本", "Shared costs", "", sharedCosts));
        } else {
            lines.add(new Line("SHARED_PAID", "有偿产品分摊共享成本", "Shared costs borne by paid use", "", detail.sharedPaid()));
            lines.add(new Line("SHARED_FREE", "无偿产品分摊共享成本", "Shared costs borne by free use", "", detail.sharedFree()));
        }
        lines.add(new Line("SURCHARGES", "税金及附加", "Surcharges on VAT", "", surcharges));
        lines.add(new Line("PROFIT_BEFORE_TAX", "利润总额", "Profit before tax", "", profitBeforeTax));
        lines.add(new Line("INCOME_TAX", "所得税费用", "Income tax", "", incomeTax));
        lines.add(new Line("NET_PROFIT", "净利润", "Net profit", "", netProfit));
        lines.add(new Line("TREASURY", "上缴财政", "To the treasury", "", treasury));
        if (detail != null) {
            for (Earmark earmark : detail.earmarks()) {
                lines.add(new Line("EARMARK", "其中:数据提供单位", "of it for data provider", earmark.provider(), earmark.amount()));
            }
        }
        lines.add(new Line("OPERATOR", "运营机构留存", "Kept by the operator", "", operator));
        for (PartyAmount share : merchantShares) {
            lines.add(new Line("MERCHANT_SHARE", "数商分成", "Merchant's portion", share.merchant(), share.amount()));
        }
        return lines;
    }

    /**
     * One step of the waterfall.
     *
     * @param step stable name
     * @param merchant the merchant or data provider it belongs to; empty if to none
     */
    public record Line(String step, String nameZh, String nameEn, String merchant, Money amount) {}

    static Money total(List<PartyAmount> amounts) {
        return Money.sum(amounts.stream().map(PartyAmount::amount).toList());
    }

    private static void requireEqual(String step, Money stated, Money computed) {
        if (!stated.equals(computed)) {
            throw new IllegalArgumentException(step + ": " + stated + " stated, " + computed + " computed");
        }
    }
}
