package cn.jingshu.marketplace.source;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One run of a source.
 *
 * @param dueAt the moment it was due
 * @param attempt from 1; more than one after failures
 * @param node who ran it
 * @param endedAt null: it runs, or its node died
 * @param records read from the source; null: none was
 * @param sentenceZh why it failed; null: it did not
 * @param loadId the load in the data domain's history; null: none was begun
 * @param whole it was ordered to read the whole of a source that is otherwise read on
 */
public record SourceRun(UUID id, String source, Instant dueAt, int attempt, String node, Instant startedAt, @Nullable Instant endedAt,
        @Nullable Outcome outcome, @Nullable Long records, @Nullable String sentenceZh, @Nullable String sentenceEn, @Nullable UUID loadId,
        boolean whole) {

    /** What came of it. */
    public enum Outcome {
        LOADED,
        /** The source is what it was. */
        UNCHANGED,
        /** A rule stopped the load. */
        REFUSED,
        /** The source or the database broke off; the next run goes on where this one was left. */
        BROKEN,
        /** Another load of the table was running. */
        BUSY,
        /** It cannot be run as it is set: its host is not allowed here, its secret or table is missing. */
        UNREADY,
        /** Its node died; the next run goes on where this one was left. */
        DIED;

        /** Whether the table holds what the source says. */
        public boolean isSuccess() {
            return this == LOADED || this == UNCHANGED;
        }
    }
}
