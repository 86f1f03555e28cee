package cn.jingshu.metering.usage;

import java.util.List;

/** Totals with what is not shipped yet, and how live they are; both of one moment. */
public record LiveAnswer<T>(List<LiveTotal<T>> totals, LiveFreshness freshness) {
    public LiveAnswer {
        totals = List.copyOf(totals);
    }

    /** Calls that wait in a node's journal; zero: everything is shipped. */
    public long provisionalCalls() {
        return totals.stream().mapToLong(LiveTotal::provisionalCalls).sum();
    }
}
