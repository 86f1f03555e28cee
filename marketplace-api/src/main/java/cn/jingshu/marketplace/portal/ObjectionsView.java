package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Objections the reader may see, those that wait first. */
public record ObjectionsView(Reading<List<Row>> objections) {
    /**
     * An objection.
     *
     * @param own it is the reader's organisation's
     * @param due the last day of the term that runs, or of the answer's; null: no term runs
     * @param left the working days left; null: no term runs
     */
    public record Row(UUID id, String reference, String about, Bilingual name, Bilingual fault, Bilingual state, String css, boolean own, Instant raisedAt,
            @Nullable LocalDate due, @Nullable Bilingual left) {}
}
