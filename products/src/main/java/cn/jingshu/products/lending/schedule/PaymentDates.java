package cn.jingshu.products.lending.schedule;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.stream.IntStream;

/**
 * The days on which a loan is paid.
 *
 * @param first the first of them
 * @param day the payment day of the month, 1 to 31; a shorter month is paid on its last day
 * @param everyMonths months from one to the next, at least 1
 */
public record PaymentDates(LocalDate first, int day, int everyMonths, MonthEnd monthEnd) {
    /** @throws IllegalArgumentException if {@code first} is not the day these rules give its month */
    public PaymentDates {
        if (day < 1 || day > 31 || everyMonths < 1) {
            throw new IllegalArgumentException("payment day " + day + " every " + everyMonths + " months");
        }
        if (first.getDayOfMonth() != Math.min(day, first.lengthOfMonth())) {
            throw new IllegalArgumentException("first payment " + first + " is not on payment day " + day);
        }
    }

    /** Dates that keep the day of the month of the first. */
    public static PaymentDates monthlyFrom(LocalDate first) {
        return new PaymentDates(first, first.getDayOfMonth(), 1, MonthEnd.SAME_DAY);
    }

    /** The date of payment {@code number}, from 1. Each is counted from the first, so a short month leaves no mark on later ones. */
    public LocalDate date(int number) {
        YearMonth month = YearMonth.from(first).plusMonths((long) (number - 1) * everyMonths);
        boolean last = monthEnd == MonthEnd.LAST_DAY && first.getDayOfMonth() == first.lengthOfMonth();
        return last ? month.atEndOfMonth() : month.atDay(Math.min(day, month.lengthOfMonth()));
    }

    /** How many of {@code payments} are due on or before {@code day}. */
    public int dueBy(LocalDate moment, int payments) {
        return (int) IntStream.rangeClosed(1, payments).takeWhile(number -> !date(number).isAfter(moment)).count();
    }
}
