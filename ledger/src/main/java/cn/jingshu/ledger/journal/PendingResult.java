package cn.jingshu.ledger.journal;

import java.time.Instant;

/** What became of a wish to reserve or to void; a retry and a refusal are ordinary answers. Booking what is reserved answers a {@link PostResult}. */
public sealed interface PendingResult {

    /** Reserved now, or before with the same content; it ends at {@code expiresAt} unless it is booked or voided earlier. */
    record Reserved(Instant reservedAt, Instant expiresAt, boolean already) implements PendingResult {}

    /** Voided now or before: it will never be booked. */
    record Voided(Instant voidedAt, boolean already) implements PendingResult {}

    /**
     * Nothing was changed.
     *
     * @param detail the values at fault, for people
     */
    record Rejected(Rejection code, String detail) implements PendingResult {}
}
