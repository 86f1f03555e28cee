package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sources that are loaded by themselves.
 *
 * @param chosen one of them in full; null: none is chosen
 * @param form the schedule as it was entered
 */
public record SourcesView(Reading<List<Source>> sources, @Nullable Detail chosen, Form form) {

    /**
     * A source and where it stands.
     *
     * @param cycle how often the catalogue says that the resource is renewed
     * @param late a run that was due did not succeed in time
     * @param behindCycle the newest success lies further back than the cycle allows
     * @param lastAt when the newest run began; null: it never ran
     * @param nextAt null: not planned
     * @param failure why the newest run failed; null: it did not
     * @param wholeAsked the next run reads the whole of a source that is otherwise read on
     */
    public record Source(String code, Bilingual resource, String table, Bilingual schedule, Bilingual cycle, Bilingual state, String css, boolean late,
            boolean behindCycle, @Nullable Instant lastAt, @Nullable Instant nextAt, @Nullable Bilingual failure,
            boolean wholeAsked) {}

    /**
     * One in full.
     *
     * @param place host, database and table, or the address of the interface
     * @param secret its name; empty: none is needed
     * @param onwards how each run reads on behind the one before; null: each reads the whole
     * @param mayAct the reader may set its schedule and ask for a run
     */
    public record Detail(Source source, String place, String secret, Bilingual mode, @Nullable Bilingual onwards, int failures, boolean mayAct, List<Planned> schedules,
            List<Run> runs, List<File> files) {
        public Detail {
            files = List.copyOf(files);
            schedules = List.copyOf(schedules);
            runs = List.copyOf(runs);
        }
    }

    /**
     * A file of a watched folder.
     *
     * @param load its load; null: none was begun
     */
    public record File(String name, long bytes, Instant seenAt, Bilingual state, String css, @Nullable Bilingual sentence, java.util.@Nullable UUID load) {}

    /** A schedule that was set. */
    public record Planned(Instant from, Bilingual timing, String reason) {}

    /**
     * A run.
     *
     * @param records -1: none was read
     * @param load its load; null: none was begun
     */
    public record Run(Instant startedAt, Instant dueAt, int attempt, Bilingual state, String css, long records, @Nullable Bilingual sentence,
            java.util.@Nullable UUID load) {}
}
