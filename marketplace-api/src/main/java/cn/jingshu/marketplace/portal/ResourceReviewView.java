package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/** Batches of the resource catalogue: those that wait for review with a form, the others as they stand. Fields: {@code decision}, {@code ground}, {@code seen}. */
public record ResourceReviewView(Reading<List<Batch>> batches, Form form) {

    /**
     * A batch.
     *
     * @param css of the state's badge
     * @param ground the document it was published by, or why it was returned; empty: not decided
     * @param revision what of it is shown
     * @param waiting it waits for review
     * @param mayDecide the reader is of the bureau and wrote no part of it
     * @param draft where it is edited; empty: it is under review or published
     */
    public record Batch(UUID id, Bilingual title, LocalDate from, Bilingual state, String css, String ground, int revision, boolean waiting,
            boolean mayDecide, List<ResourceChangesView.Difference> entries, String draft) {
        public Batch {
            entries = List.copyOf(entries);
        }
    }
}
