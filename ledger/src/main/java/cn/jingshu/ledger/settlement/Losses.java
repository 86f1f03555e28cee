package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;
import java.time.Year;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;

/**
 * Losses that earlier years left (以前年度亏损), from the annual settlements that count.
 *
 * @param booked what profits have not made up yet; it lowers the base of reserve and treasury, without a term
 * @param forTax what income tax may still be reduced by
 * @see "公司法 Art. 210: earlier losses are made up before the reserve is taken · 企业所得税法 Art. 18: 准予向以后年度结转,最长不得超过五年"
 */
public record Losses(Money booked, Money forTax) {

    private record Loss(Year year, Money left) {}

    /**
     * @param settled annual results of any years; those of {@code year} and later do not count
     * @param taxYears for how many years after it a loss lowers the taxed profit
     */
    public static Losses before(Year year, Collection<SettlementResult> settled, int taxYears) {
        Money booked = Money.ZERO;
        Deque<Loss> losses = new ArrayDeque<>();
        for (SettlementResult result : settled.stream()
                .filter(each -> each.period().basis() == SettlementPeriod.Basis.ANNUAL_BINDING
                        && yearOf(each).isBefore(year))
                .sorted(Comparator.comparing(Losses::yearOf))
                .toList()) {
            booked = booked.minus(result.netProfit()).orZeroIfNegative();
            if (result.profitBeforeTax().isNegative()) {
                losses.addLast(new Loss(yearOf(result), result.profitBeforeTax().negated()));
            } else if (result.detail() != null) {
                useOldest(losses, result.detail().taxLossesUsed(), yearOf(result), taxYears);
            }
        }
        Money forTax = Money.sum(losses.stream()
                .filter(loss -> !expired(loss, year, taxYears))
                .map(Loss::left)
                .toList());
        return new Losses(booked, forTax);
    }

    private static void useOldest(Deque<Loss> losses, Money used, Year year, int taxYears) {
        losses.removeIf(loss -> expired(loss, year, taxYears));
        Money left = used;
        while (left.isPositive() && !losses.isEmpty()) {
            Loss oldest = losses.removeFirst();
            if (oldest.left().compareTo(left) > 0) {
                losses.addFirst(new Loss(oldest.year(), oldest.left().minus(left)));
                return;
            }
            left = left.minus(oldest.left());
        }
    }

    private static boolean expired(Loss loss, Year year, int taxYears) {
        return year.getValue() - loss.year().getValue() > taxYears;
    }

    private static Year yearOf(SettlementResult result) {
        return Year.of(result.period().first().getYear());
    }
}
