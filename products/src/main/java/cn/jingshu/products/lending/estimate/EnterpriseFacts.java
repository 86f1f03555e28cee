package cn.jingshu.products.lending.estimate;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an enterprise. Months and years count back from the newest on record of anybody.
 *
 * @param active registered and in existence
 * @param listedDishonest now; an entry that was removed does not count
 * @param listedAbnormal now; likewise
 * @param reportedLatestYear it reported for the latest year
 * @param revenueFen of the newest report that publishes one; null: none does
 * @param profitFen of the same report; null: not published
 * @param monthsWithContributions of the last 12 months those with a record
 * @param monthsInArrears of these those in which less was paid than due
 * @param insuredNow mean of the last three months; 0: none
 * @param insuredYearAgo mean of the first three of the twelve; 0: none
 * @param yearlyPayrollFen contribution bases of the twelve months
 * @param monthsDeposited of the last 12 months those with provident-fund deposits
 * @param patents and the like in force
 * @param qualifications in force
 */
public record EnterpriseFacts(
        LocalDate establishedOn,
        boolean active,
        boolean listedDishonest,
        boolean listedAbnormal,
        boolean reportedLatestYear,
        @Nullable Long revenueFen,
        @Nullable Long profitFen,
        int monthsWithContributions,
        int monthsInArrears,
        double insuredNow,
        double insuredYearAgo,
        long yearlyPayrollFen,
        int monthsDeposited,
        int patents,
        int qualifications,
        Proceedings adverse,
        List<OwnedUnit> units) {
    public EnterpriseFacts {
        units = List.copyOf(units);
    }
}
