package cn.jingshu.marketplace.catalogue;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch (批次) of changes to the resource catalogue.
 *
 * @param number its place in the order of publication; null: not published
 * @param appliesFrom the first day, in Asia/Shanghai, its entries hold
 * @param revision counts what was written to the batch or its entries
 * @param draftedBy null: the plan's first batch
 * @param submittedBy who handed it to review last; null: nobody yet
 * @param decidedBy who published or returned it last; null: nobody yet
 * @param ground the document a publication rests on, or why it was returned; null: not decided
 * @param appliedAt when its entries became what the gate reads; null: not yet
 */
public record CatalogueBatch(UUID id, @Nullable Integer number, String titleZh, String titleEn, LocalDate appliesFrom, Status status, int revision,
        @Nullable UUID draftedBy, Instant draftedAt, @Nullable UUID submittedBy, @Nullable Instant submittedAt,
        @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground, @Nullable Instant appliedAt) {

    /** Where a batch stands. */
    public enum Status {
        DRAFT,
        /** Waits for another person of the bureau. */
        SUBMITTED,
        /** Given back with a reason; can be changed and submitted again. */
        RETURNED,
        PUBLISHED
    }

    /** Whether its entries can be changed. */
    public boolean isOpen() {
        return status == Status.DRAFT || status == Status.RETURNED;
    }
}
