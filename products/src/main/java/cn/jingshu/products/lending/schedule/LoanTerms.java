package cn.jingshu.products.lending.schedule;

import cn.jingshu.products.lending.rate.RatePath;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;

/**
 * A loan and how it is to be repaid.
 *
 * @param principalFen above zero
 * @param payments how many payments, at least one
 * @param drawnOn the day the money is paid out; interest runs from it
 * @param dates when it is paid; the first after {@code drawnOn}
 * @param prepayments in the order of their days, all after {@code drawnOn}
 */
public record LoanTerms(
        long principalFen,
        RepaymentMethod method,
        int payments,
        LocalDate drawnOn,
        PaymentDates dates,
        RatePath rate,
        InterestBasis basis,
        DayCount dayCount,
        Rounding rounding,
        Grace grace,
        List<Prepayment> prepayments) {
    public LoanTerms {
        prepayments = prepayments.stream().sorted(Comparator.comparing(Prepayment::paidOn)).toList();
        if (principalFen <= 0 || payments < 1) {
            throw new IllegalArgumentException("a loan of " + principalFen + " fen in " + payments + " payments");
        }
        if (!dates.first().isAfter(drawnOn)) {
            throw new IllegalArgumentException("the first payment, " + dates.first() + ", is not after the loan was drawn, " + drawnOn);
        }
        if (grace.longest() >= payments) {
            throw new IllegalArgumentException("grace of " + grace.longest() + " payments leaves none of " + payments);
        }
        for (Prepayment prepayment : prepayments) {
            if (!prepayment.paidOn().isAfter(drawnOn)) {
                throw new IllegalArgumentException("a prepayment on " + prepayment.paidOn() + " is not after the loan was drawn");
            }
        }
    }

    /** A loan paid each month from a month after it is drawn, at a fixed rate, with the usual rules. */
    public static LoanTerms monthly(long principalFen, RepaymentMethod method, int months, BigDecimal annualRate, LocalDate drawnOn) {
        LocalDate first = drawnOn.plusMonths(1);
        return new LoanTerms(principalFen, method, months, drawnOn,
                new PaymentDates(first, drawnOn.getDayOfMonth(), 1, MonthEnd.SAME_DAY), RatePath.fixed(annualRate),
                InterestBasis.MONTHLY, DayCount.ACTUAL_360, Rounding.EXACT, Grace.NONE, List.of());
    }

    public LoanTerms with(Rounding other) {
        return new LoanTerms(principalFen, method, payments, drawnOn, dates, rate, basis, dayCount, other, grace, prepayments);
    }

    public LoanTerms with(Grace other) {
        return new LoanTerms(principalFen, method, payments, drawnOn, dates, rate, basis, dayCount, rounding, other, prepayments);
    }

    public LoanTerms with(InterestBasis otherBasis, DayCount otherCount) {
        return new LoanTerms(
                principalFen, method, payments, drawnOn, dates, rate, otherBasis, otherCount, rounding, grace, prepayments);
    }

    public LoanTerms with(RatePath other) {
        return new LoanTerms(principalFen, method, payments, drawnOn, dates, other, basis, dayCount, rounding, grace, prepayments);
    }

    public LoanTerms with(List<Prepayment> others) {
        return new LoanTerms(principalFen, method, payments, drawnOn, dates, rate, basis, dayCount, rounding, grace, others);
    }
}
