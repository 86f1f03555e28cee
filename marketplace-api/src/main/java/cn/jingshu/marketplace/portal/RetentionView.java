package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What products keep and for how long. Fields of a hold: {@code what}, {@code person}, {@code key}, {@code document}; of a
 * release: {@code ground}.
 *
 * @param mayHold the reader is of the bureau
 * @param choices what can be held: {@code product} or {@code product/kind}
 */
public record RetentionView(Reading<List<Kind>> kinds, List<Removal> removals, List<Hold> holds, boolean mayHold, List<ResourcesView.Choice> choices,
        Form form) {
    public RetentionView {
        removals = List.copyOf(removals);
        holds = List.copyOf(holds);
        choices = List.copyOf(choices);
    }

    /**
     * Rows of one kind.
     *
     * @param tables separated by commas
     * @param term in words; null: there is no rule, and nothing goes
     * @param citation null with it
     * @param rows what was there when it was counted; null: nothing was counted yet
     */
    public record Kind(Bilingual product, Bilingual what, Bilingual why, Bilingual since, String tables, @Nullable Bilingual term,
            @Nullable String citation, @Nullable Counted rows) {}

    /** What was there. */
    public record Counted(long rows, long open, long due, long held, Instant at) {}

    /** What went, in one batch. */
    public record Removal(Bilingual product, Bilingual what, String table, long rows, boolean sandbox, Bilingual cause, Instant at) {}

    /** @param maySay the reader may release it */
    public record Hold(UUID id, Bilingual what, Bilingual whose, String document, Instant placedAt, @Nullable Instant releasedAt, boolean maySay) {}
}
