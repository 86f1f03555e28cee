package cn.jingshu.products.lending.schedule;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/** What part of a year lies between two dates; the first day counts, the last does not. */
public enum DayCount {
    /** Days over 360: the daily rate of Chinese banks is the yearly one over 360. */
    ACTUAL_360 {
        @Override
        BigDecimal years(LocalDate from, LocalDate to, MathContext digits) {
            return over(ChronoUnit.DAYS.between(from, to), 360, digits);
        }
    },
    /** Days over 365, in leap years too. */
    ACTUAL_365 {
        @Override
        BigDecimal years(LocalDate from, LocalDate to, MathContext digits) {
            return over(ChronoUnit.DAYS.between(from, to), 365, digits);
        }
    },
    /** Days of leap years over 366, others over 365 (ISDA 2006 definitions, 4.16(b)). */
    ACTUAL_ACTUAL {
        @Override
        BigDecimal years(LocalDate from, LocalDate to, MathContext digits) {
            BigDecimal sum = BigDecimal.ZERO;
            LocalDate start = from;
            while (start.isBefore(to)) {
                LocalDate newYear = LocalDate.of(start.getYear() + 1, 1, 1);
                LocalDate end = newYear.isBefore(to) ? newYear : to;
                sum = sum.add(over(ChronoUnit.DAYS.between(start, end), start.lengthOfYear(), digits), digits);
                start = end;
            }
            return sum;
        }
    },
    /** Every month has 30 days, a 31st counts as a 30th (30E/360; ISDA 2006 definitions, 4.16(g)). */
    THIRTY_360 {
        @Override
        BigDecimal years(LocalDate from, LocalDate to, MathContext digits) {
            long days = 360L * (to.getYear() - from.getYear()) + 30L * (to.getMonthValue() - from.getMonthValue())
                    + Math.min(to.getDayOfMonth(), 30) - Math.min(from.getDayOfMonth(), 30);
            return over(days, 360, digits);
        }
    };

    /** The part of a year, to the digits asked for; at least zero where {@code to} is not before {@code from}. */
    abstract BigDecimal years(LocalDate from, LocalDate to, MathContext digits);

    private static BigDecimal over(long days, long year, MathContext digits) {
        return BigDecimal.valueOf(days).divide(BigDecimal.valueOf(year), digits);
    }
}
