package cn.jingshu.products.spi;

import com.google.protobuf.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operation answers: something, or a refusal that is the caller's to mend. */
public sealed interface Answer<A extends Message> {

    /**
     * The answer itself.
     *
     * @param message what the contract declares; only declared fields can leave
     * @param rows rows in the answer, for products metered by row; at least zero
     * @param hit false: nothing was found, so a product metered by hit costs nothing
     * @param stale true: the data behind it is older than the contract promises; the operation's contract says whether
     *     that is free
     * @param modifiedAt when the data behind it last changed, for {@code Last-Modified}; null: not known
     */
    record Found<A extends Message>(A message, long rows, boolean hit, boolean stale, @Nullable Instant modifiedAt)
            implements Answer<A> {
        public Found {
            if (rows < 0) {
                throw new IllegalArgumentException("rows " + rows + " below zero");
            }
        }
    }

    /**
     * The caller's request cannot be answered; never billed.
     *
     * @param violations the fields that are wrong, for {@link Fault#INVALID_REQUEST}; empty: no single field is
     * @param retryAfter how long until the same request may be answered, above zero, for {@link Fault#LIMIT_REACHED} alone; null:
     *     not by waiting, or not known
     */
    record Refused<A extends Message>(
            Fault fault, String zh, String en, List<Violation> violations, @Nullable Duration retryAfter)
            implements Answer<A> {
        public Refused {
            violations = List.copyOf(violations);
            if (retryAfter != null && (fault != Fault.LIMIT_REACHED || !retryAfter.isPositive())) {
                throw new IllegalArgumentException(fault + " does not end after " + retryAfter);
            }
        }

        /** A refusal that does not end by waiting, or of which that is not known. */
        public Refused(Fault fault, String zh, String en, List<Violation> violations) {
            this(fault, zh, en, violations, null);
        }
    }

    /** Why an operation refuses; each has one status on each edge. */
    enum Fault {
        /** A field is missing, malformed or out of its range: 400, INVALID_ARGUMENT. */
        INVALID_REQUEST,
        /** What was asked for does not exist: 404, NOT_FOUND. */
        NOT_FOUND,
        /**
         * The product answers one caller, or about one subject, no more than so much, and that is reached: 429,
         * RESOURCE_EXHAUSTED. It is not the rate or the quota of the subscription, which the gate keeps.
         */
        LIMIT_REACHED,
        /** The source behind the product is away or too old to answer from: 503, UNAVAILABLE. */
        SOURCE_UNAVAILABLE
    }

    /**
     * One field that is wrong, and why.
     *
     * @param field its path in JSON names, {@code area.corners[2].latitude}; empty: the request as a whole
     */
    record Violation(String field, String zh, String en) {}

    /** An answer that found {@code rows} rows in fresh data. */
    static <A extends Message> Answer<A> of(A message, long rows) {
        return new Found<>(message, rows, rows > 0, false, null);
    }

    /** An answer of one thing. */
    static <A extends Message> Answer<A> of(A message) {
        return of(message, 1);
    }

    /** A refusal because {@code field} is wrong. */
    static <A extends Message> Answer<A> invalid(String field, String zh, String en) {
        return new Refused<>(Fault.INVALID_REQUEST, zh, en, List.of(new Violation(field, zh, en)));
    }

    /** A refusal because the thing named does not exist. */
    static <A extends Message> Answer<A> notFound(String zh, String en) {
        return new Refused<>(Fault.NOT_FOUND, zh, en, List.of());
    }

    /**
     * A refusal because a limit of the product is reached.
     *
     * @param retryAfter how long until it may be passed, above zero; null: not by waiting
     */
    static <A extends Message> Answer<A> limitReached(String zh, String en, @Nullable Duration retryAfter) {
        return new Refused<>(Fault.LIMIT_REACHED, zh, en, List.of(), retryAfter);
    }
}
