package cn.jingshu.ledger.journal;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/**
 * The two dates of every question put to the books: what was in effect, and what was known.
 *
 * @param asOf entries with a voucher date up to and including this day count; null: all dates
 * @param asKnownAt entries booked at or before this moment count; null: all that are booked. Ask about moments that
 *     have passed: an entry being booked right now may carry a moment just before it becomes visible.
 */
public record ReadPoint(@Nullable LocalDate asOf, @Nullable Instant asKnownAt) {

    /** Everything that is booked. */
    public static final ReadPoint LATEST = new ReadPoint(null, null);

    public static ReadPoint asOf(LocalDate day) {
        return new ReadPoint(day, null);
    }

    public static ReadPoint endOf(YearMonth period) {
        return asOf(period.atEndOfMonth());
    }

    /** Whether an entry of this voucher date that was booked at this moment counts. */
    boolean includes(LocalDate effectiveOn, Instant bookedAt) {
        return (asOf == null || !effectiveOn.isAfter(asOf)) && (asKnownAt == null || !bookedAt.isAfter(asKnownAt));
    }

    public ReadPoint knownAt(Instant moment) {
        return new ReadPoint(asOf, moment);
    }
}
