package cn.jingshu.metering.correction;

import java.time.Instant;
import java.util.UUID;

/**
 * The opposite of a usage event (作废): it takes the event's one call, quantity and bytes back out of the event's own
 * hour and month. The event itself stays as it is, and so does the quota it used.
 *
 * @param voidId made by the caller, so that a retry is the same void
 * @param occurredAt of the voided event
 * @param voidedAt when the void was recorded
 * @param approvedBy who answers for it, as the caller's side names people
 */
public record EventVoid(
        UUID voidId, UUID eventId, Instant occurredAt, Instant voidedAt, String reason, String approvedBy) {}
