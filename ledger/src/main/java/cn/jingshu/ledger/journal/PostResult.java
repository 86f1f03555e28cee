package cn.jingshu.ledger.journal;

import java.time.Instant;
import java.time.YearMonth;

/** What became of an entry handed to {@link Journal}; a retry and a refusal are ordinary answers. */
public sealed interface PostResult {

    /** Booked now, under this number of its period. */
    record Posted(YearMonth period, long number, Instant bookedAt) implements PostResult {}

    /** Booked before with the same content, under this number; nothing was changed. */
    record AlreadyPosted(YearMonth period, long number, Instant bookedAt) implements PostResult {}

    /**
     * Not booked.
     *
     * @param detail the values at fault, for people
     */
    record Rejected(Rejection code, String detail) implements PostResult {}
}
