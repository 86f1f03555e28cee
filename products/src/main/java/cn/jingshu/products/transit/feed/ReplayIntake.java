package cn.jingshu.products.transit.feed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Plays a trace: hands on each point when the replay's clock reaches it. After the last one its vehicles grow stale. */
public final class ReplayIntake implements Intake {
    private final AvlTrace trace;
    private final ReplayClock clock;
    private final FeedReadings readings;
    private final Consumer<FeedContent> sink;
    private int next;

    public ReplayIntake(AvlTrace trace, ReplayClock clock, FeedCounts counts, Consumer<FeedContent> sink) {
        this.trace = trace;
        this.clock = clock;
        this.readings = counts.feed();
        this.sink = sink;
        counts.add(FeedCounts.Count.ABSURD, trace.absurd());
    }

    @Override
    public long step() {
        Instant now = clock.instant();
        List<Observation> due = new ArrayList<>();
        while (next < trace.observations().size()
                && !trace.observations().get(next).observedAt().isAfter(now)) {
            due.add(trace.observations().get(next++));
        }
        if (!due.isEmpty()) {
            Instant newest = due.getLast().observedAt();
            sink.accept(FeedContent.of(newest, false, due));
            readings.succeeded(newest);
        }
        return next == trace.observations().size()
                ? -1
                : Math.max(1, clock.millisUntil(trace.observations().get(next).observedAt()));
    }
}
