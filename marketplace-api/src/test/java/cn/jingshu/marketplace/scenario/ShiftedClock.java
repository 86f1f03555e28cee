package cn.jingshu.marketplace.scenario;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that goes on as the machine's does, from wherever it was set to; it is only ever set forward. */
final class ShiftedClock extends Clock {
    private volatile Duration ahead;

    ShiftedClock(Instant start) {
        this.ahead = Duration.between(Instant.now(), start);
    }

    void moveTo(Instant moment) {
        Duration further = Duration.between(Instant.now(), moment);
        if (further.compareTo(ahead) < 0) {
            throw new IllegalArgumentException(moment + " has passed");
        }
        ahead = further;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
