package cn.jingshu.ledger.settlement;

import cn.jingshu.ledger.money.Money;
import java.util.List;

/**
 * What a settlement of the second form says besides.
 *
 * @param sharedPaid the part of shared costs that paid use bears
 * @param sharedFree the part that free use bears
 * @param taxLossesUsed earlier losses that were taken off the profit income tax is due on
 * @param earmarks the treasury's money by data provider, adding up to it
 * @param carried see {@link Carried}, after this settlement
 * @param carriedByProvider see {@link Carried}, after this settlement
 */
public record DistributionDetail(Money sharedPaid, Money sharedFree, Money taxLossesUsed, List<Earmark> earmarks,
        List<Carried> carried, List<Carried> carriedByProvider) {

    public DistributionDetail {
        earmarks = List.copyOf(earmarks);
        carried = List.copyOf(carried);
        carriedByProvider = List.copyOf(carriedByProvider);
    }

    /** What was earmarked. */
    Money earmarked() {
        return Money.sum(earmarks.stream().map(Earmark::amount).toList());
    }
}
