package cn.jingshu.marketplace.torture;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call as its caller knows it: attempts, each under a request id of its own, and what was heard of them. Used by one
 * thread at a time.
 */
final class Call {
    private final @Nullable String idempotencyKey;
    private final List<String> requestIds = new ArrayList<>(1);
    private final Set<String> eventIds = new LinkedHashSet<>(1);
    private int refusals;
    private boolean refusedAtLast;
    private long notBeforeNanos = System.nanoTime();

    /** @param idempotencyKey null: it is tried once only */
    Call(@Nullable String idempotencyKey) {
        this.idempotencyKey = idempotencyKey;
    }

    @Nullable String idempotencyKey() {
        return idempotencyKey;
    }

    /** An attempt is about to be sent; until something is heard of it nobody knows what became of it. */
    void attempted(String requestId) {
        requestIds.add(requestId);
        refusedAtLast = false;
    }

    /** An attempt was answered, under this event. */
    void answered(String eventId) {
        eventIds.add(eventId);
    }

    /** An attempt was refused by a node. */
    void refused() {
        refusals++;
    }

    /** The last attempt was told that there is nothing left this month to answer the call from. */
    void refusedForTheMonth() {
        refusedAtLast = true;
    }

    boolean isRefusedAtLast() {
        return !isAnswered() && refusedAtLast;
    }

    boolean isAnswered() {
        return !eventIds.isEmpty();
    }

    /** Every attempt was refused, so nothing may be billed. */
    boolean isRefused() {
        return !isAnswered() && refusals == requestIds.size();
    }

    List<String> requestIds() {
        return requestIds;
    }

    /** The events that its answers named. */
    Set<String> eventIds() {
        return eventIds;
    }

    /** When the next attempt may be made, as {@link System#nanoTime} counts. */
    void restUntil(long nanos) {
        notBeforeNanos = nanos;
    }

    boolean isDue(long nanos) {
        return nanos - notBeforeNanos >= 0;
    }
}
