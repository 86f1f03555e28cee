package cn.jingshu.marketplace.gate;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One limit as a caller is told of it.
 *
 * @param quota units allowed in each window, or at one time where there is no window
 * @param windowSeconds length of the window; zero: none, what is open at one time is counted
 * @param remaining units left, as far as this node knows; null: not known now, which is never told as zero
 * @param resetSeconds until all are left again; of a limit that refuses: until it lets the next one through; zero: not known
 */
public record LimitFact(Kind kind, long quota, long windowSeconds, @Nullable Long remaining, long resetSeconds) {

    /** Which limit it is, and the refusal of a call that goes beyond it. */
    public enum Kind {
        /** Calls in a short time (限流). */
        RATE("rate", Refusal.RATE_LIMITED),
        /** Units in a calendar month (配额). */
        MONTH("month", Refusal.QUOTA_EXHAUSTED),
        /** Streams open at one time on one node. */
        STREAMS("streams", Refusal.TOO_MANY_STREAMS);

        private final String policy;
        private final Refusal refusal;

        Kind(String policy, Refusal refusal) {
            this.policy = policy;
            this.refusal = refusal;
        }

        /** The name of the limit in {@code RateLimit-Policy}; stable, since callers look for it. */
        public String policy() {
            return policy;
        }

        /** The limit that a refusal says was reached; empty: it is not about a limit. */
        public static Optional<Kind> violatedIn(Refusal refusal) {
            for (Kind kind : values()) {
                if (kind.refusal == refusal) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }
}
