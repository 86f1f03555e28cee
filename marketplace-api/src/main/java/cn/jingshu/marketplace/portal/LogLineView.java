package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.time.YearMonth;
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
     */
    public record Seal(SealState state, long amountFen, @Nullable String leaf, @Nullable Long index, @Nullable Instant sealedAt,
            @Nullable Long checkpoint, @Nullable Instant provedSince) {}
}
