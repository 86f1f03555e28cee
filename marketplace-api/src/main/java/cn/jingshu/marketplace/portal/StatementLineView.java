package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;

/**
 * The calls behind one line of a statement.
 *
 * @param next where the following page of calls begins; empty: this is the last
 */
public record StatementLineView(YearMonth month, UUID chargeId, Bilingual product, String operation, long quantity,
        MeterUnit unit, List<Day> days, List<Call> calls, String next) {
    public StatementLineView {
        days = List.copyOf(days);
        calls = List.copyOf(calls);
    }

    /** What the days add up to. */
    public long sum() {
        return days.stream().mapToLong(Day::quantity).sum();
    }

    public record Day(LocalDate day, long events, long quantity) {}

    /** @param quantity below zero: taken back */
    public record Call(UUID eventId, Instant at, long quantity) {}
}
