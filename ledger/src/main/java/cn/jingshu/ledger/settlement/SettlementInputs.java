package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.Portion;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a settlement depends on; the same inputs give the same result to the fen, on any machine.
 *
 * @param businessLine whose profit is split, see {@link cn.jingshu.ledger.journal.Dimensions#AUTHORISED_OPERATION}
 * @param gross what consumers owe for the period, tax included
 * @param outputVat the VAT inside {@code gross}
 * @param inputVat deductible VAT of the period's purchases; surcharges are due on output less input VAT
 * @param merchantCosts what merchants are paid for their service before profit (数商成本); kept by merchant id
 * @param costs costs of the period by account
 * @param lossesCarried losses of earlier years, at least zero; counts for {@link TreasuryBase#NP_AFTER_LOSS_RESERVE}
 * @param operatorShare the operator's portion of net profit after the treasury
 * @param merchantShares the merchants' portions; with {@code operatorShare} they add up to one; kept by merchant id
 * @param detail where the portions come from; null: the first form of settlements, which took them as given
 */
public record SettlementInputs(
        SettlementPeriod period,
        String businessLine,
        Money gross,
        Money outputVat,
        Money inputVat,
        List<PartyAmount> merchantCosts,
        List<Cost> costs,
        SettlementRates rates,
        TreasuryBase treasuryBase,
        Money lossesCarried,
        Portion operatorShare,
        List<MerchantShare> merchantShares,
        @Nullable SettlementDetail detail) {

    public SettlementInputs {
        // Parties and costs have one order, so that neither the odd fen nor the digest depends on the caller's list.
        merchantCosts = merchantCosts.stream().sorted(Comparator.comparing(PartyAmount::merchant)).toList();
        merchantShares = merchantShares.stream().sorted(Comparator.comparing(MerchantShare::merchant)).toList();
        costs = costs.stream().sorted(Comparator.comparing(Cost::kind).thenComparing(Cost::account)).toList();
        if (new HashSet<>(merchantCosts.stream().map(PartyAmount::merchant).toList()).size() != merchantCosts.size()
                || new HashSet<>(merchantShares.stream().map(MerchantShare::merchant).toList()).size()
                        != merchantShares.size()) {
            throw new IllegalArgumentException("a merchant is named twice");
        }
        if (lossesCarried.isNegative()) {
            throw new IllegalArgumentException("losses carried are given as an amount above zero: " + lossesCarried);
        }
        Waterfall.requireSharesAddUpToOne(operatorShare, merchantShares);
        if (detail != null) {
            ProductShares shares = detail.shares();
            if (!shares.operator().equals(operatorShare) || !shares.merchants().equals(merchantShares)) {
                throw new IllegalArgumentException("the products give the operator " + shares.operator() + " and merchants "
                        + shares.merchants() + ", not " + operatorShare + " and " + merchantShares);
            }
            if (detail.bookedOn().isBefore(period.lastDay())) {
                throw new IllegalArgumentException(period + " booked on " + detail.bookedOn() + ", before it ended");
            }
            if (!detail.vatByMonth().isEmpty()) {
                requireMonths(period, outputVat, inputVat, detail.vatByMonth());
            }
        }
    }

    private static void requireMonths(SettlementPeriod period, Money outputVat, Money inputVat, List<MonthVat> months) {
        Money output = Money.ZERO;
        Money input = Money.ZERO;
        for (int i = 0; i < months.size(); i++) {
            MonthVat each = months.get(i);
            if (!each.month().equals(period.first().plusMonths(i))) {
                throw new IllegalArgumentException(period + ": VAT of " + each.month() + " stands where " + period.first().plusMonths(i) + " has to");
            }
            output = output.plus(each.outputVat());
            input = input.plus(each.inputVat());
        }
        if (period.basis() != SettlementPeriod.Basis.ANNUAL_BINDING || months.size() != 12 || !output.equals(outputVat) || !input.equals(inputVat)) {
            throw new IllegalArgumentException(period + ": VAT of " + months.size() + " months, output " + output + " of " + outputVat + ", input " + input + " of "
                    + inputVat);
        }
    }

    /** These inputs in the second form: surcharges of a year at the rates of its last day. */
    public SettlementInputs ofTheSecondForm() {
        return detail == null ? this : new SettlementInputs(period, businessLine, gross, outputVat, inputVat, merchantCosts, costs, rates, treasuryBase, lossesCarried,
                operatorShare, merchantShares, new SettlementDetail(detail.bookedOn(), detail.products(), detail.costKey(), detail.taxLosses(), detail.carried(),
                        detail.carriedByProvider()));
    }

    /** Inputs of the first form. */
    public SettlementInputs(
            SettlementPeriod period,
            String businessLine,
            Money gross,
            Money outputVat,
            Money inputVat,
            List<PartyAmount> merchantCosts,
            List<Cost> costs,
            SettlementRates rates,
            TreasuryBase treasuryBase,
            Money lossesCarried,
            Portion operatorShare,
            List<MerchantShare> merchantShares) {
        this(period, businessLine, gross, outputVat, inputVat, merchantCosts, costs, rates, treasuryBase, lossesCarried,
                operatorShare, merchantShares, null);
    }

    /** The voucher date of the settlement's entries. */
    public LocalDate bookedOn() {
        return detail == null ? period.lastDay() : detail.bookedOn();
    }

    /** Net of VAT: the revenue of the income statement. */
    public Money revenue() {
        return gross.minus(outputVat);
    }
}
