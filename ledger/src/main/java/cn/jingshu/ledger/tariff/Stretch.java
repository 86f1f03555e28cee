package cn.jingshu.ledger.tariff;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * A stretch of time, {@code [from, to)}, and the one rule by which a month is shared between what held in its parts (按时长折算): by the
 * time each held, exactly. Parts that fill a month add up to the whole of it, and parts of whole days to what {@link DayCount.Actual} counts.
 *
 * @param to not before {@code from}
 */
public record Stretch(Instant from, Instant to) {
    public Stretch {
        if (to.isBefore(from)) {
            throw new IllegalArgumentException("a stretch ends " + to + ", begins " + from);
        }
    }

    public Duration length() {
        return Duration.between(from, to);
    }

    /** What lies in both; empty: they have no time in common. */
    public Optional<Stretch> within(Stretch other) {
        Instant begin = from.isAfter(other.from) ? from : other.from;
        Instant end = to.isBefore(other.to) ? to : other.to;
        return begin.isBefore(end) ? Optional.of(new Stretch(begin, end)) : Optional.empty();
    }

    /**
     * The part of {@code whole} that lies in this stretch, from 0 to 1, to the microsecond: what moments are kept to.
     *
     * @throws IllegalArgumentException if {@code whole} is no time at all
     */
    public BigFraction shareOf(Stretch whole) {
        return within(whole).orElseGet(() -> new Stretch(from, from)).lengthIn(whole);
    }

    /** How often {@code whole} lasts as long as this, wherever the two lie. */
    BigFraction lengthIn(Stretch whole) {
        if (whole.length().isZero()) {
            throw new IllegalArgumentException("a share of no time, at " + whole.from);
        }
        return new BigFraction(micros()).divide(new BigFraction(whole.micros()));
    }

    private long micros() {
        return length().dividedBy(ChronoUnit.MICROS.getDuration());
    }
}
