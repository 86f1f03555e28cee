package cn.jingshu.marketplace.portal;

import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an organisation has here: its subscriptions, how much of each is used, what the month costs so far.
 *
 * @param dueFen owed for the period so far, tax included, in fen
 */
public record DashboardView(
        String organisation, YearMonth period, Reading<List<Subscription>> subscriptions, Reading<Long> dueFen) {

    /**
     * One subscription.
     *
     * @param used units used in the period
     * @param quotaUnits units a month; null: no quota
     * @param refusal why the bureau refused; null: it did not
     */
    public record Subscription(
            UUID id,
            String productCode,
            Bilingual product,
            Bilingual plan,
            PurposeClass purpose,
            State state,
            Reading<Used> used,
            @Nullable Long quotaUnits,
            MeterUnit unit,
            int liveKeys,
            @Nullable Bilingual refusal) {}

    /**
     * Units used.
     *
     * @param provisional of them, those of calls that wait in a node's journal and are on no bill before they are stored
     */
    public record Used(long units, long provisional) {}

    /** How far a subscription is. */
    public enum State implements Labelled {
        AWAITING_APPROVAL,
        ACTIVE,
        REFUSED,
        SUSPENDED,
        ENDED;

        @Override
        public String textKey() {
            return "enum.SubscriptionState." + name();
        }

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case AWAITING_APPROVAL -> "note";
                case ACTIVE -> "done";
                case REFUSED, SUSPENDED -> "failed";
                case ENDED -> "warning";
            };
        }
    }
}
