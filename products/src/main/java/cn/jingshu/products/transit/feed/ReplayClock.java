package cn.jingshu.products.transit.feed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * The clock of a replay: it shows the trace's own time, which begins when the replay does and runs at its speed. Ages,
 * delays and predictions of a replay are read from it, so an old trace is as live as it was on its day.
 */
public final class ReplayClock extends Clock {
    private final Clock real;
    private final Instant startedAt;
    private final Instant traceStart;
    private final double speed;

    /** @param speed trace seconds for each real second; above zero */
    public ReplayClock(Clock real, Instant traceStart, double speed) {
        if (!(speed > 0) || !Double.isFinite(speed)) {
            throw new FeedException("The replay speed " + speed + " is not above zero.");
        }
        this.real = real;
        this.startedAt = real.instant();
        this.traceStart = traceStart;
        this.speed = speed;
    }

    @Override
    public Instant instant() {
        return traceStart.plusMillis(Math.round(Duration.between(startedAt, real.instant()).toMillis() * speed));
    }

    /** Real milliseconds until this clock shows {@code moment}; zero when it has passed. */
    long millisUntil(Instant moment) {
        return Math.max(0, (long) Math.ceil(Duration.between(instant(), moment).toMillis() / speed));
    }

    @Override
    public ZoneId getZone() {
        return real.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new ZonedReplay(this, zone);
    }

    private static final class ZonedReplay extends Clock {
        private final Clock replay;
        private final ZoneId zone;

        ZonedReplay(Clock replay, ZoneId zone) {
            this.replay = replay;
            this.zone = zone;
        }

        @Override
        public Instant instant() {
            return replay.instant();
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new ZonedReplay(replay, other);
        }
    }
}
