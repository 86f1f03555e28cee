package cn.jingshu.products.domain.load;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The lineage of one load of one table. While it runs, its figures grow.
 *
 * @param run the loads of several tables that stand or fall together have the same
 * @param source what it was loaded from; without secrets
 * @param digest hexadecimal SHA-256 of the source; null: not known before it is read
 * @param touchedAt when its figures were written last
 * @param endedAt null: it has not ended
 * @param bytesTotal -1: not known
 * @param sentenceZh why it was refused or failed; null: it was not
 * @param score 0 to 100; null: not measured
 * @param since how it differs from the load before it; null: there was none, or the source is not the whole of the table
 * @param readings of an interface whose rows are not kept: how the readings of the time went; null: it is no such load
 * @param rejects how many records were rejected, column by column and reason by reason
 */
public record LoadRecord(UUID id, UUID run, String table, String resource, LoadRequest.Mode mode, String source, @Nullable String digest,
        State state, Instant startedAt, Instant touchedAt, @Nullable Instant endedAt, long rowsIn, long accepted, long rejected,
        long bytesRead, long bytesTotal, SchemaDrift drift, @Nullable String sentenceZh, @Nullable String sentenceEn,
        @Nullable Double score, @Nullable String by, @Nullable SinceBefore since, @Nullable Readings readings, List<Rejects> rejects) {
    public LoadRecord {
        rejects = List.copyOf(rejects);
    }

    /** Where a load stands. */
    public enum State {
        RUNNING,
        /** Its rows are the table's. */
        LOADED,
        /** The source has not changed since the newest load, so nothing was done. */
        UNCHANGED,
        /** A rule stopped it; what was there before stands. */
        REFUSED,
        /** It broke off; what was there before stands, and loading the same again goes on where it was left. */
        FAILED
    }

    /**
     * Records rejected for one reason.
     *
     * @param column null: the record as a whole
     * @param lines the first of them, at most {@value LoadHistory#MOST_LINES}
     */
    public record Rejects(@Nullable String column, RejectReason reason, long records, List<Long> lines) {
        public Rejects {
            lines = List.copyOf(lines);
        }
    }

    /**
     * How the readings of an interface went.
     *
     * @param asked how often it was asked
     * @param changed how often it answered something new
     * @param failed how often it did not answer
     * @param headerAt what it said last of its own time; null: nothing
     */
    public record Readings(long asked, long changed, long failed, @Nullable Instant headerAt) {}

    /** How much of the source is read, 0 to 100; null: its size is not known. */
    public @Nullable Integer percent() {
        return bytesTotal <= 0 ? null : (int) Math.min(100, 100 * bytesRead / bytesTotal);
    }
}
