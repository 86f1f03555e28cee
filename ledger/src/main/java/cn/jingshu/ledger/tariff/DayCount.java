package cn.jingshu.ledger.tariff;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * How the days of a part of a month are counted against the month (按日折算). Bills go by {@link Stretch}, of which whole calendar days are a case;
 * months of a fixed length are what contracts elsewhere go by, kept to be compared with.
 */
public sealed interface DayCount {

    /** Calendar days over the calendar days of the month: bills, seen by whole days. */
    record Actual() implements DayCount {}

    /** Every month has {@code days} days, whatever the calendar says. */
    record Fixed(int days) implements DayCount {
        public Fixed {
            if (days < 28 || days > 31) {
                throw new IllegalArgumentException("a month of " + days + " days");
            }
        }
    }

    /** Days from {@code from} to {@code to}, the latter not counted. */
    default long between(LocalDate from, LocalDate to) {
        return switch (this) {
            case Actual() -> ChronoUnit.DAYS.between(from, to);
            case Fixed(int days) -> {
                long months = (to.getYear() - from.getYear()) * 12L + to.getMonthValue() - from.getMonthValue();
                yield months * days + Math.min(to.getDayOfMonth(), days) - Math.min(from.getDayOfMonth(), days);
            }
        };
    }

    /**
     * Days from {@code from} to {@code to} as a fraction of one cycle.
     *
     * @param cycleStart first day of the cycle
     * @param cycleEnd first day of the next; after {@code cycleStart}
     */
    default BigFraction share(LocalDate from, LocalDate to, LocalDate cycleStart, LocalDate cycleEnd) {
        if (to.isBefore(from) || !cycleStart.isBefore(cycleEnd)) {
            throw new IllegalArgumentException(
                    "[" + from + ", " + to + ") cannot be counted in cycles from " + cycleStart + " to " + cycleEnd);
        }
        return switch (this) {
            case Actual() -> days(from, to).lengthIn(days(cycleStart, cycleEnd));
            case Fixed(int days) -> new BigFraction(between(from, to)).divide(new BigFraction(days));
        };
    }

    /** All days are as long as each other: where the city is, no clock is put forward or back. */
    private static Stretch days(LocalDate from, LocalDate to) {
        return new Stretch(from.atStartOfDay(ZoneOffset.UTC).toInstant(), to.atStartOfDay(ZoneOffset.UTC).toInstant());
    }
}
