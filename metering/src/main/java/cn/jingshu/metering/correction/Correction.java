package cn.jingshu.metering.correction;

import cn.jingshu.metering.event.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A change of a closed period's usage: a late event (迟到事件) adds, a void takes away. Billing owes it to the next period.
 *
 * @param recordId of the late event, or of the void
 * @param eventId of the event that is added or taken away; equals {@code recordId} for a late event
 * @param recordedAt when it was stored
 * @param occurredAt when the event's call was admitted, within the closed period
 * @param calls 1 for a late event, -1 for a void
 * @param quantity units of {@code unit}, below zero for a void
 * @param answerBytes bytes, below zero for a void
 */
public record Correction(
        UUID recordId,
        UUID eventId,
        Instant recordedAt,
        Instant occurredAt,
        UUID subscriptionId,
        String product,
        String operation,
        String purposeClass,
        String unit,
        Outcome outcome,
        boolean sandbox,
        long calls,
        long quantity,
        long answerBytes) {

    /** Where a page of corrections ended; the next holds what was recorded after it. */
    public record Cursor(Instant recordedAt, UUID recordId) {}

    /**
     * A page of corrections, the oldest first.
     *
     * @param next where the following page begins; empty: this is the last one
     */
    public record Page(List<Correction> corrections, Optional<Cursor> next) {
        public Page {
            corrections = List.copyOf(corrections);
        }
    }
}
