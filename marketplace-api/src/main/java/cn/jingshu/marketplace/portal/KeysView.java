package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one subscription, and its plan. Fields of the rotation form: {@code overlapHours}; of the issuing form: {@code kind}; of a change of
 * plan: {@code plan}, {@code planStatement}.
 *
 * @param issued the key just made, shown this once; null: none was
 * @param mayIssue false: two keys live already, or the subscription is not in force
 * @param nextKeyId the id the next key gets: a form sent twice makes one key
 * @param maxOverlapDays the longest time two keys may live side by side
 * @param planPart what became of its plan and what it can be changed to
 */
public record KeysView(
        UUID subscriptionId,
        Bilingual product,
        Bilingual plan,
        DashboardView.State state,
        @Nullable String issued,
        boolean mayIssue,
        UUID nextKeyId,
        List<Key> keys,
        int maxOverlapDays,
        PlanPart planPart,
        Form form,
        FirstCall firstCall) {

    public KeysView {
        keys = List.copyOf(keys);
    }

    /**
     * One key; the secret itself is not known any more.
     *
     * @param shown its beginning and end, {@code js_live_3fK…x9Qa}
     * @param endsAt when it stops or stopped working; null: no end is set
     */
    public record Key(
            UUID keyId,
            String shown,
            boolean sandbox,
            State state,
            Instant createdAt,
            @Nullable Instant endsAt) {}

    /** Whether a key works. */
    public enum State implements Labelled {
        LIVE,
        ENDING,
        REVOKED,
        EXPIRED;

        public boolean works() {
            return this == LIVE || this == ENDING;
        }

        @Override
        public String textKey() {
            return "enum.KeyState." + name();
        }

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case LIVE -> "done";
                case ENDING -> "warning";
                case REVOKED, EXPIRED -> "failed";
            };
        }
    }

    /**
     * Changes of plan.
     *
     * @param others plans it can be changed to; empty: none now
     * @param changes asked for so far, the youngest first
     * @param nextChangeId the id the next change gets: a form sent twice makes one change
     * @param judged true: a person decides, and reads why it is asked for
     */
    public record PlanPart(List<ProductView.Price> others, List<Change> changes, UUID nextChangeId, boolean judged) {
        public PlanPart {
            others = List.copyOf(others);
            changes = List.copyOf(changes);
        }
    }

    /**
     * One change of plan.
     *
     * @param at the instant it holds from; of one that was not made, when it was asked for
     * @param reason of the decision; empty: none
     */
    public record Change(Bilingual from, Bilingual to, ChangeState state, Instant at, String reason) {}

    /** Where a change of plan stands. */
    public enum ChangeState implements Labelled {
        PENDING,
        MADE,
        REFUSED,
        WITHDRAWN;

        @Override
        public String textKey() {
            return "enum.PlanChangeState." + name();
        }

        /** Part of the class name in the style sheet. */
        public String css() {
            return switch (this) {
                case PENDING -> "warning";
                case MADE -> "done";
                case REFUSED, WITHDRAWN -> "failed";
            };
        }
    }
}
