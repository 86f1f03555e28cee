package cn.jingshu.marketplace.source;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * When a source is loaded, from a moment on until a later schedule's.
 *
 * @param number in the order they were set
 */
public record Schedule(long number, String source, Instant effectiveFrom, Timing timing, String reason, Instant setAt) {
    static final ZoneId CITY = ZoneId.of("Asia/Shanghai");

    /** Moments that repeat. */
    public sealed interface Timing {
        /** Shortest interval. */
        Duration SHORTEST = Duration.ofMinutes(1);

        /** Longest interval. */
        Duration LONGEST = Duration.ofDays(366);

        /** Counted from the schedule's beginning; from one minute to 366 days. */
        record Every(Duration interval) implements Timing {
            public Every {
                if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0 || !interval.truncatedTo(ChronoUnit.SECONDS).equals(interval)) {
                    throw new IllegalArgumentException("an interval is from one minute to 366 days, in whole seconds");
                }
            }
        }

        /** Once a day at that minute in Asia/Shanghai. */
        record DailyAt(LocalTime time) implements Timing {
            public DailyAt {
                if (!time.equals(time.truncatedTo(ChronoUnit.MINUTES))) {
                    throw new IllegalArgumentException("a time of day is given to the minute");
                }
            }
        }

        /** Never: it rests. */
        record Resting() implements Timing {}
    }

    /** The first moment it asks for a run; empty: none. */
    public Optional<Instant> first() {
        return switch (timing) {
            case Timing.Every _ -> Optional.of(effectiveFrom);
            case Timing.DailyAt _ -> after(effectiveFrom.minusNanos(1));
            case Timing.Resting() -> Optional.empty();
        };
    }

    /** The first such moment behind {@code moment}; what was missed meanwhile is made up for by one run. Empty: none. */
    public Optional<Instant> after(Instant moment) {
        return switch (timing) {
            case Timing.Every(var interval) -> {
                if (moment.isBefore(effectiveFrom)) {
                    yield Optional.of(effectiveFrom);
                }
                long passed = Duration.between(effectiveFrom, moment).toSeconds() / interval.toSeconds();
                yield Optional.of(effectiveFrom.plusSeconds((passed + 1) * interval.toSeconds()));
            }
            case Timing.DailyAt(var time) -> {
                Instant from = moment.isBefore(effectiveFrom) ? effectiveFrom.minusNanos(1) : moment;
                ZonedDateTime day = from.atZone(CITY);
                ZonedDateTime at = day.with(time);
                yield Optional.of((at.toInstant().isAfter(from) ? at : day.toLocalDate().plusDays(1).atTime(time).atZone(CITY)).toInstant());
            }
            case Timing.Resting() -> Optional.empty();
        };
    }

    /** The time between two runs; empty: there are none. */
    public Optional<Duration> spacing() {
        return switch (timing) {
            case Timing.Every(var interval) -> Optional.of(interval);
            case Timing.DailyAt _ -> Optional.of(Duration.ofDays(1));
            case Timing.Resting() -> Optional.empty();
        };
    }
}
