package cn.jingshu.metering.event;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;

/** A billing period (计费周期): one calendar month in Asia/Shanghai, half-open, {@code [start, end)}. */
public record BillingPeriod(YearMonth month) {
    /** Where days and months begin for every bill and every quota. */
    public static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /** The period {@code moment} falls into. */
    public static BillingPeriod of(Instant moment) {
        return new BillingPeriod(YearMonth.from(moment.atZone(ZONE)));
    }

    public Instant start() {
        return month.atDay(1).atStartOfDay(ZONE).toInstant();
    }

    /** The first moment of the next period. */
    public Instant end() {
        return month.plusMonths(1).atDay(1).atStartOfDay(ZONE).toInstant();
    }

    public boolean contains(Instant moment) {
        return !moment.isBefore(start()) && moment.isBefore(end());
    }
}
