package cn.jingshu.products.lending.estimate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a person. Months count back from the newest month on record of anybody, because records come late.
 *
 * @param monthsContributed of the last 24 months those paid; -1: no record of any
 * @param monthlyBaseFen mean contribution base of the last six paid months; null: no record, or not asked for
 * @param monthsDeposited provident-fund deposits in a row up to now, at most 24; -1: no account
 * @param monthlyDepositFen the last deposit; null: none, or not asked for
 * @param fundBalanceFen null: no account, or not asked for
 * @param units real estate; null: not asked for
 * @param talent recognised now
 * @param adverse proceedings against the person
 */
public record PersonFacts(
        int monthsContributed,
        @Nullable Long monthlyBaseFen,
        int monthsDeposited,
        @Nullable Long monthlyDepositFen,
        @Nullable Long fundBalanceFen,
        @Nullable List<OwnedUnit> units,
        boolean talent,
        Proceedings adverse) {
    public PersonFacts {
        units = units == null ? null : List.copyOf(units);
    }

    /** True: there is no record of the person at all. */
    public boolean unknown() {
        return monthsContributed < 0 && monthsDeposited < 0 && !talent && adverse.none() && (units == null || units.isEmpty());
    }
}
