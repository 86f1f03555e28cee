package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The seal of one line of a statement. */
public record LogLineView(UUID chargeId, YearMonth month, Reading<Seal> seal) {
    /** How far a line is sealed. */
    public enum SealState implements Labelled.Explained {
        NOT_SEALED("note"),
        NOTHING_OWED("note"),
        SEALED("warning"),
        PROVED("done");

        private final String css;

        SealState(String css) {
            this.css = css;
        }

        public String css() {
            return css;
        }
    }

    /**
     * The seal as it is now.
     *
     * @param leaf the text that was hashed; null: there is no leaf yet
     * @param checkpoint number of the checkpoint it is proved under; null (and the two that follow): none covers it yet
     * @param provedSince time of the first one that covers it
     * @param batches of its usage, where there is no entry; empty: it has one, or no usage
     * @param more whether there are other batches
     */
    public record Seal(SealState state, long amountFen, @Nullable String leaf, @Nullable Long index, @Nullable Instant sealedAt,
            @Nullable Long checkpoint, @Nullable Instant provedSince, List<UsedBatch> batches, boolean more) {
        public Seal {
            batches = List.copyOf(batches);
        }
    }

    /**
     * A batch of usage that calls of the line were shipped in.
     *
     * @param quantity units of the line in it; below zero: taken back
     * @param index of its leaf; null: it is not sealed yet
     * @param checkpoint number of the checkpoint it is proved under; null: none covers it yet
     */
    public record UsedBatch(String nodeId, long number, long calls, long quantity, @Nullable Long index, @Nullable Long checkpoint) {}
}
