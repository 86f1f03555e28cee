package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Loads of data resources and how good they were.
 *
 * @param chosen one load in full with the scores of its table; null: none is chosen
 * @param form how long its table stays fresh, as it was entered
 */
public record LoadsView(Reading<List<Load>> loads, @Nullable Reading<Detail> chosen, Form form) {

    /**
     * A load in the list.
     *
     * @param percent how much of its source is read; null: not known
     * @param score 0 to 100, for reading; empty: not measured
     */
    public record Load(UUID id, String table, Bilingual resource, Bilingual state, String css, Instant startedAt, long rowsIn, long accepted,
            long rejected, @Nullable Integer percent, String score) {}

    /**
     * One load in full.
     *
     * @param sentence why it was refused or failed; null: it was not
     * @param drift how its columns differ from the table's; null: not at all
     * @param since how it differs from the load before it; null: there was none to compare it with
     * @param readings of an interface whose rows are not kept, how its readings went; null: it is no such load
     * @param degraded below its table's threshold, so that products say so and nothing is billed
     * @param freshness how fresh its table is now; null: no row of it is kept
     * @param dimensions all six of them, those too of which nothing was measured; empty: nothing was measured at all
     */
    public record Detail(Load load, String source, String digest, Bilingual mode, @Nullable Bilingual sentence, @Nullable Bilingual drift,
            @Nullable Bilingual since, @Nullable Readings readings, String threshold, boolean degraded, @Nullable Freshness freshness,
            List<Reject> rejects, List<Dimensioned> dimensions, List<Rule> rules, List<Score> history) {
        public Detail {
            rejects = List.copyOf(rejects);
            dimensions = List.copyOf(dimensions);
            rules = List.copyOf(rules);
            history = List.copyOf(history);
        }
    }

    /**
     * How the readings of an interface went.
     *
     * @param headerAt what it said last of its own time; null: nothing
     */
    public record Readings(long asked, long changed, long failed, @Nullable Instant headerAt) {}

    /**
     * How fresh a table is now.
     *
     * @param loadedAt null: nothing was loaded yet
     * @param confirmedAt when its source was last found unchanged, or gave the rows; null: nothing was loaded yet
     * @param staleFrom null: it does not grow stale
     * @param freshFor how long it stays fresh and what says so; null: nothing does
     * @param maySet who looks may set it
     */
    public record Freshness(@Nullable Instant loadedAt, @Nullable Instant confirmedAt, @Nullable Instant staleFrom, boolean stale,
            @Nullable Bilingual freshFor, boolean maySet) {}

    /**
     * How good a load is in one dimension.
     *
     * @param score 0 to 100, for reading; empty: none of its rules could be measured
     */
    public record Dimensioned(Bilingual dimension, String score) {}

    /**
     * Records rejected for one reason.
     *
     * @param column empty: the record as a whole
     */
    public record Reject(String column, Bilingual reason, long records, String lines) {}

    /**
     * What a rule found.
     *
     * @param score empty: it could not be measured
     */
    public record Rule(String rule, Bilingual dimension, long checked, long failed, String score, boolean conforms) {}

    /** The score of one load of the table, oldest first. */
    public record Score(Instant at, String score) {}
}
