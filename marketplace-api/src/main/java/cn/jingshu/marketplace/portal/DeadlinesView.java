package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done within a term, and what the reader's organisation was told. Fields of an extension: {@code workingDays},
 * {@code reason}; of a decision: {@code decision}; of a change: which resource, {@code happenedOn}, {@code ground}.
 *
 * @param resources whose changes the reader may note; none: they note none
 */
public record DeadlinesView(Reading<List<Row>> open, List<TermRow> terms, List<Told> told, List<ResourcesView.Choice> resources, Form form) {
    public DeadlinesView {
        terms = List.copyOf(terms);
        told = List.copyOf(told);
        resources = List.copyOf(resources);
    }

    /**
     * Something open.
     *
     * @param whose who has to do it
     * @param left the working days left or since, and whether the day can still change
     * @param href where it is done; empty: nowhere for the reader
     * @param most the most it may be extended by; null: the reader cannot ask for more time
     * @param asked what was asked for and waits for the reader's decision; null: nothing
     */
    public record Row(String term, UUID subject, Bilingual name, String reference, Bilingual what, Bilingual whose, LocalDate begins, LocalDate due,
            Bilingual left, boolean overdue, Bilingual extension, String href, @Nullable Integer most, @Nullable Asked asked) {}

    /** More time that is asked for. */
    public record Asked(int workingDays, String reason) {}

    /** How long a term is, and where it is written; {@code extension} 0: it is never extended. */
    public record TermRow(Bilingual name, int workingDays, int extension, String citation) {}

    /** What the organisation was told. */
    public record Told(ToldKind kind, String about, Instant at) {}
}
