package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Allotment;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * From a period's revenue to what treasury, operator and merchants get: a pure function of {@link SettlementInputs}.
 *
 * <p>Taxes are each rounded half up to the fen, because they are declared in fen. Net profit is then split in one
 * rounding: treasury, operator and merchants get exact fractions of it, cut by largest remainder; of equal remainders
 * the first is the treasury's, then the operator's, then merchants' by id; since the second form of inputs, what rounding
 * gave a party too little before counts with its remainder. In a loss nobody but the operator carries anything.
 *
 * @see "荆门市公共数据资源授权运营实施方案(试行)(征求意见稿): 30 % of 公共数据授权运营净利润 to the treasury"
 */
public final class Waterfall {

    private Waterfall() {}

    public static SettlementResult settle(SettlementInputs in) {
        Money merchantCosts = SettlementResult.total(in.merchantCosts());
        Money directPaid = costs(in, CostKind.DIRECT_PAID);
        Money directFree = costs(in, CostKind.DIRECT_FREE);
        Money shared = costs(in, CostKind.SHARED);

        List<Money> surcharges = surcharges(in);
        Money surchargeTotal = Money.sum(surcharges);
        Money profitBeforeTax = in.revenue()
                .minus(merchantCosts)
                .minus(directPaid)
                .minus(directFree)
                .minus(shared)
                .minus(surchargeTotal);
        // 企业所得税法 Art. 18: losses of earlier years are made up from the profit before it is taxed.
        Money taxable = profitBeforeTax.orZeroIfNegative();
        Money taxLossesUsed = in.detail() == null ? Money.ZERO : smaller(taxable, in.detail().taxLosses());
        Money incomeTax = in.rates().incomeTax().rate().of(taxable.minus(taxLossesUsed));
        Money netProfit = profitBeforeTax.minus(incomeTax);

        Money treasuryBase = treasuryBase(in, netProfit);
        Allotment.Carrying distribution = distribute(in, netProfit, treasuryBase);
        List<Money> parts = distribution.parts();
        List<PartyAmount> merchantShares = new ArrayList<>();
        for (int i = 0; i < in.merchantShares().size(); i++) {
            merchantShares.add(new PartyAmount(in.merchantShares().get(i).merchant(), parts.get(i + 2)));
        }
        return new SettlementResult(
                in.period(),
                in.gross(),
                in.outputVat(),
                in.revenue(),
                in.merchantCosts(),
                directPaid,
                directFree,
                shared,
                surchargeTotal,
                surcharges.get(0),
                surcharges.get(1),
                surcharges.get(2),
                profitBeforeTax,
                incomeTax,
                netProfit,
                treasuryBase,
                parts.get(0),
                parts.get(1),
                merchantShares,
                in.detail() == null ? null : detail(in, in.detail(), shared, taxLossesUsed, parts.get(0), distribution));
    }

    private static DistributionDetail detail(SettlementInputs in, SettlementDetail given, Money shared, Money taxLossesUsed,
            Money treasury, Allotment.Carrying distribution) {
        CostKey key = given.costKey();
        // Of shared costs that no use can be blamed for, none may ever reach a price ceiling: free use bears them.
        List<Portion> uses = key.paid() == 0
                ? List.of(Portion.NONE, Portion.WHOLE)
                : Portion.ofWeights(List.of(BigDecimal.valueOf(key.paid()), BigDecimal.valueOf(key.free())));
        List<Money> sharedByUse = Allotment.split(shared, uses);

        List<ProductShares.ProviderShare> providers = given.shares().providers();
        List<String> ids = providers.stream().map(ProductShares.ProviderShare::provider).toList();
        Allotment.Carrying byProvider = Allotment.splitCarrying(treasury,
                providers.stream().map(ProductShares.ProviderShare::portion).toList(),
                carried(ids, given.carriedByProvider()));
        List<Earmark> earmarks = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            earmarks.add(new Earmark(ids.get(i), byProvider.parts().get(i)));
        }
        return new DistributionDetail(sharedByUse.get(0), sharedByUse.get(1), taxLossesUsed, earmarks,
                carriedOn(parties(in), distribution.carried(), given.carried()),
                carriedOn(ids, byProvider.carried(), given.carriedByProvider()));
    }

    /** Treasury, operator, merchants by id. */
    private static List<String> parties(SettlementInputs in) {
        List<String> parties = new ArrayList<>(List.of(Carried.TREASURY, Carried.OPERATOR));
        in.merchantShares().forEach(share -> parties.add(share.merchant()));
        return parties;
    }

    private static List<BigDecimal> carried(List<String> parties, List<Carried> before) {
        Map<String, BigDecimal> known = new HashMap<>();
        before.forEach(each -> known.put(each.party(), each.fen()));
        return parties.stream().map(party -> known.getOrDefault(party, BigDecimal.ZERO)).toList();
    }

    /** What is carried after a split; a party that had no part in it keeps what it had. */
    private static List<Carried> carriedOn(List<String> parties, List<BigDecimal> after, List<Carried> before) {
        Map<String, BigDecimal> carried = new TreeMap<>();
        before.forEach(each -> carried.put(each.party(), each.fen()));
        for (int i = 0; i < parties.size(); i++) {
            carried.put(parties.get(i), after.get(i));
        }
        return carried.entrySet().stream().map(each -> new Carried(each.getKey(), each.getValue())).toList();
    }

    private static Money smaller(Money one, Money other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    static void requireSharesAddUpToOne(Portion operatorShare, List<MerchantShare> merchantShares) {
        BigFraction total = fraction(operatorShare);
        for (MerchantShare share : merchantShares) {
            total = total.add(fraction(share.portion()));
        }
        if (!total.equals(BigFraction.ONE)) {
            throw new IllegalArgumentException("shares of operator and merchants add up to " + total + ", not to one");
        }
    }

    /**
     * Urban maintenance, education, local education, each on VAT payable; none if input VAT exceeds output VAT. In the third form month by month, as they are
     * declared, each month at its own rates and in whole fen.
     */
    private static List<Money> surcharges(SettlementInputs in) {
        if (in.detail() != null && !in.detail().vatByMonth().isEmpty()) {
            Money urbanMaintenance = Money.ZERO;
            Money education = Money.ZERO;
            Money localEducation = Money.ZERO;
            Money unused = Money.ZERO; // input VAT of months before
            for (MonthVat month : in.detail().vatByMonth()) {
                Money left = month.outputVat().minus(month.inputVat()).minus(unused);
                Money payable = left.orZeroIfNegative();
                unused = payable.minus(left);
                urbanMaintenance = urbanMaintenance.plus(month.urbanMaintenance().rate().of(payable));
                education = education.plus(month.education().rate().of(payable));
                localEducation = localEducation.plus(month.localEducation().rate().of(payable));
            }
            return List.of(urbanMaintenance, education, localEducation);
        }
        Money vatPayable = in.outputVat().minus(in.inputVat()).orZeroIfNegative();
        return List.of(
                in.rates().urbanMaintenance().rate().of(vatPayable),
                in.rates().education().rate().of(vatPayable),
                in.rates().localEducation().rate().of(vatPayable));
    }

    private static Money treasuryBase(SettlementInputs in, Money netProfit) {
        return switch (in.treasuryBase()) {
            case NET_PROFIT -> netProfit.orZeroIfNegative();
            case NP_AFTER_LOSS_RESERVE -> {
                // 公司法 Art. 210: earlier losses are made up first, the reserve is taken of what is left.
                Money afterLosses = netProfit.minus(in.lossesCarried()).orZeroIfNegative();
                yield afterLosses.minus(in.rates().statutoryReserve().rate().of(afterLosses));
            }
        };
    }

    /** Treasury, operator, merchants in their order. */
    private static Allotment.Carrying distribute(SettlementInputs in, Money netProfit, Money treasuryBase) {
        List<BigDecimal> carriedBefore =
                carried(parties(in), in.detail() == null ? List.of() : in.detail().carried());
        if (!netProfit.isPositive()) {
            List<Money> parts = new ArrayList<>();
            parts.add(Money.ZERO);
            parts.add(netProfit);
            in.merchantShares().forEach(share -> parts.add(Money.ZERO));
            return new Allotment.Carrying(parts, carriedBefore);
        }
        BigFraction treasury = fraction(in.rates().treasury().rate())
                .multiply(BigInteger.valueOf(treasuryBase.fen()))
                .divide(BigInteger.valueOf(netProfit.fen()));
        BigFraction rest = BigFraction.ONE.subtract(treasury);
        List<Portion> portions = new ArrayList<>();
        portions.add(portion(treasury));
        portions.add(portion(rest.multiply(fraction(in.operatorShare()))));
        for (MerchantShare share : in.merchantShares()) {
            portions.add(portion(rest.multiply(fraction(share.portion()))));
        }
        return in.detail() == null
                ? new Allotment.Carrying(Allotment.split(netProfit, portions), carriedBefore)
                : Allotment.splitCarrying(netProfit, portions, carriedBefore);
    }

    private static Money costs(SettlementInputs in, CostKind kind) {
        return Money.sum(in.costs().stream()
                .filter(cost -> cost.kind() == kind)
                .map(Cost::amount)
                .toList());
    }

    private static BigFraction fraction(Portion portion) {
        return new BigFraction(portion.numerator(), portion.denominator());
    }

    private static Portion portion(BigFraction fraction) {
        return new Portion(fraction.getNumerator(), fraction.getDenominator());
    }
}
