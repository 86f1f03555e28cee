package cn.jingshu.marketplace.source;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A source, when it is loaded, and where it stands.
 *
 * @param version of what it is
 * @param schedule the one in force; null: none yet
 * @param dueAt the moment that waits for a run; null: none does
 * @param notBefore left alone until then after failures; null: it may run
 * @param failures in a row
 * @param succeededAt end of the newest run after which the table held what the source says; null: never
 * @param wholeAsked the next run reads the whole of a source that is otherwise read on
 * @param asOf when this was so, by the clock that plans runs
 * @param last the newest run; null: it never ran
 */
public record SourceStanding(LoadSource source, int version, @Nullable Schedule schedule, @Nullable Instant dueAt, @Nullable Instant notBefore,
        int failures, @Nullable Instant succeededAt, boolean wholeAsked, Instant asOf, @Nullable SourceRun last) {
    /** A run takes its time; it is late when this has passed since it was due. */
    static final Duration GRACE = Duration.ofMinutes(10);

    /** Whether a run that was due has not succeeded in time. */
    public boolean isLate() {
        return isLate(asOf);
    }

    /** Whether a run that was due had not succeeded in time at a moment. */
    boolean isLate(Instant now) {
        Instant due = dueAt;
        return due != null && now.isAfter(due.plus(GRACE));
    }

    /**
     * Whether the newest success lies further back than the resource's update cycle allows.
     *
     * @param cycle null: not known
     */
    public boolean isBehindCycle(@Nullable Duration cycle) {
        Instant since = succeededAt;
        return cycle != null && (since == null || asOf.isAfter(since.plus(cycle).plus(GRACE)));
    }

    /** When it will be run next; null: not planned. */
    public @Nullable Instant nextAt() {
        Instant due = dueAt;
        Instant waits = notBefore;
        return due == null ? null : waits != null && waits.isAfter(due) ? waits : due;
    }
}
