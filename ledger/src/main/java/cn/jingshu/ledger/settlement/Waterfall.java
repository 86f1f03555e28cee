package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Allotment;
import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * From a period's revenue to what treasury, operator and merchants get: a pure function of {@link SettlementInputs}.
 *
 * <p>Taxes are each rounded half up to the fen, because they are declared in fen. Net profit is then split in one
 * rounding: treasury, operator and merchants get exact fractions of it, cut by largest remainder; equal remainders go
 * to the treasury, then the operator, then merchants by id. In a loss nobody but the operator carries anything.
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
        Money incomeTax = in.rates().incomeTax().rate().of(profitBeforeTax.orZeroIfNegative());
        Money netProfit = profitBeforeTax.minus(incomeTax);

        Money treasuryBase = treasuryBase(in, netProfit);
        List<Money> parts = distribute(in, netProfit, treasuryBase);
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
                merchantShares);
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

    /** Urban maintenance, education, local education, each on VAT payable; none if input VAT exceeds output VAT. */
    private static List<Money> surcharges(SettlementInputs in) {
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
    private static List<Money> distribute(SettlementInputs in, Money netProfit, Money treasuryBase) {
        if (!netProfit.isPositive()) {
            List<Money> parts = new ArrayList<>();
            parts.add(Money.ZERO);
            parts.add(netProfit);
            in.merchantShares().forEach(share -> parts.add(Money.ZERO));
            return parts;
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
        return Allotment.split(netProfit, portions);
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
