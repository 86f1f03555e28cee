package cn.jingshu.metering.event;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;

/** A billing period (计费周期): one calendar month in Asia/Shanghai, half-open, {@code [start, end)}. */
public record BillingPeriod(YearMonth month) {
    /** Where days and months begin for every bill and every quota. */
    public static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /** The period asked for last with its ends, since nearly every call of a month asks for the same. */
    private record Known(BillingPeriod period, Instant start, Instant end) {
        static Known of(BillingPeriod period) {
            return new Known(period, startOf(period.month()), startOf(period.month().plusMonths(1)));
        }

        boolean contains(Instant moment) {
            return !moment.isBefore(start) && moment.isBefore(end);
        }
    }

    private static volatile Known latest = Known.of(new BillingPeriod(YearMonth.of(2026, 1)));

    /** The period {@code moment} falls into. */
    public static BillingPeriod of(Instant moment) {
        Known known = latest;
        if (!known.contains(moment)) {
            known = Known.of(new BillingPeriod(YearMonth.from(moment.atZone(ZONE))));
            latest = known;
        }
        return known.period();
    }

    private static Instant startOf(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZONE).toInstant();
    }

    public Instant start() {
        Known known = latest;
        return known.period().equals(this) ? known.start() : startOf(month);
    }

    /** The first moment of the next period. */
    public Instant end() {
        Known known = latest;
        return known.period().equals(this) ? known.end() : startOf(month.plusMonths(1));
    }

    public boolean contains(Instant moment) {
        return !moment.isBefore(start()) && moment.isBefore(end());
    }
}
