package cn.jingshu.products.domain;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * That rows of one table went, in one batch; nothing of what stood in them.
 *
 * @param sandbox they were of the sandbox's state
 * @param rule the period as the rule said it; with {@link Cause#ERASURE} too, where it was not what they went by
 * @param ruleFrom since when the rule said so
 * @param request the request they went by; null: their time was over
 * @param removedBy the node
 */
public record RemovalRecord(long number, String product, boolean sandbox, String kind, String table, long rows, Cause cause, String rule,
        Instant ruleFrom, @Nullable UUID request, Instant removedAt, String removedBy) {
    /** Why rows went. */
    public enum Cause {
        /** Their time was over. */
        TERM,
        /** The person they were about asked for it. */
        ERASURE
    }
}
