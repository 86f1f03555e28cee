package cn.jingshu.marketplace.gate;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's paid calls are refused.
 *
 * @param until first moment they no longer are; null: until it is lifted
 */
record PaymentStop(Reason reason, @Nullable Instant until) {
    /** Why, the gravest first; stable text in {@code market.payment_stop}. */
    enum Reason {
        OVERDUE(Refusal.PAYMENT_OVERDUE),
        PREPAID_USED_UP(Refusal.PREPAID_USED_UP),
        CREDIT_USED_UP(Refusal.CREDIT_USED_UP),
        BUDGET_USED_UP(Refusal.BUDGET_USED_UP);

        private final Refusal refusal;

        Reason(Refusal refusal) {
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }

    boolean holds(Instant moment) {
        return until == null || moment.isBefore(until);
    }
}
