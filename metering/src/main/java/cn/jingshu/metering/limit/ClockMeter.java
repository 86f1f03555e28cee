package cn.jingshu.metering.limit;

import io.github.bucket4j.TimeMeter;
import java.time.Clock;

/**
 * The injected clock as Bucket4j reads it: nanoseconds since 1970, good until the year 2262, in steps of a millisecond: a
 * clock tells those without making an object, and no limit is finer.
 */
record ClockMeter(Clock clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
        return clock.millis() * 1_000_000L;
    }

    @Override
    public boolean isWallClockBased() {
        return true;
    }
}
