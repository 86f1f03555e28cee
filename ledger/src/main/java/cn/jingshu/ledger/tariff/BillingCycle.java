package cn.jingshu.ledger.tariff;

import java.time.LocalDate;

/** The rhythm something is billed in. */
public enum BillingCycle {
    MONTHLY,
    THIRTY_DAYS,
    WEEKLY;

    /** The day {@code cycles} cycles after {@code day}; below zero: before it. A month too short for the day ends it earlier. */
    public LocalDate plus(LocalDate day, long cycles) {
        return switch (this) {
            case MONTHLY -> day.plusMonths(cycles);
            case THIRTY_DAYS -> day.plusDays(Math.multiplyExact(30L, cycles));
            case WEEKLY -> day.plusWeeks(cycles);
        };
    }
}
