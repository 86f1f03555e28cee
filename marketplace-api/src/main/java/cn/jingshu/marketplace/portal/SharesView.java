package cn.jingshu.marketplace.portal;

import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How shares came about, and what a merchant has of each settlement.
 *
 * @param earnings null: the reader's organisation is no merchant
 */
public record SharesView(Reading<List<Share>> shares, @Nullable Reading<List<Earning>> earnings) {

    /** Whose shares they are. */
    public enum SharedBy implements Labelled {
        PARTIES,
        PROVIDERS
    }

    /** Where a proposal of shares stands. */
    public enum ShareState implements Labelled {
        OPEN,
        APPROVED,
        REFUSED,
        WITHDRAWN;

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case OPEN -> "warning";
                case APPROVED -> "done";
                case REFUSED, WITHDRAWN -> "failed";
            };
        }
    }

    /**
     * Shares of one product.
     *
     * @param score null: the shares were agreed on
     * @param ground the document the decision rests on; empty: it is open
     * @param confirmed computed again just now with the same result
     */
    public record Share(UUID id, Bilingual product, YearMonth from, SharedBy by, ShareState state, String source, String ground,
            @Nullable Score score, List<Part> parts, String sha256, boolean confirmed) {
        public Share {
            parts = List.copyOf(parts);
        }
    }

    /** The weights of a score, and how far the comparisons contradict each other. */
    public record Score(String cost, String demand, String contribution, String consistencyRatio) {}

    /**
     * One party's share.
     *
     * @param contribution its Shapley value, exactly or with its error; empty: it was not measured
     */
    public record Part(Bilingual party, String percent, String fraction, String contribution) {}

    /**
     * What a merchant has of one settlement.
     *
     * @param binding false: an accrual that the year corrects
     */
    public record Earning(String period, boolean binding, long costFen, long shareFen, String sha256, boolean confirmed) {}
}
