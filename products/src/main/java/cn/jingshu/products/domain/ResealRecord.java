package cn.jingshu.products.domain;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change of the sealing key, from its beginning to the moment nothing is sealed with another key any more, over all the processes that worked on it.
 *
 * @param keyId the key that seals from then on
 * @param algorithm what it seals with
 * @param by who asked for it
 * @param runs how many times it was begun or gone on with
 * @param sealed values sealed anew
 * @param broken values that do not open with the keys given, and were left as they are
 * @param left values that were still sealed with another key or algorithm at the end; the broken ones among them
 * @param endedAt null: it runs, or its process died and it waits to be gone on with
 */
public record ResealRecord(UUID id, int keyId, String algorithm, State state, String by, int runs, long sealed, long broken, long left,
        Instant startedAt, Instant touchedAt, @Nullable Instant endedAt) {

    /** Where it stands. */
    public enum State {
        RUNNING,
        /** Every sealed value is sealed with this key: the others are needed no more. */
        DONE,
        /** Some are not: the others are still needed. */
        INCOMPLETE
    }

    /** What came of asking for it. */
    public sealed interface Outcome {
        /** It ended; {@code record} says how. */
        record Ended(ResealRecord record) implements Outcome {}

        /** Another process is at it. */
        record Busy() implements Outcome {}
    }

    /**
     * How many values one key has sealed in one place.
     *
     * @param keyId null: what lies there is no sealed value
     * @param algorithm as in {@link SealedValues.Algorithm}; null as {@code keyId}
     * @param current whether it is the key and algorithm in use
     */
    public record Kept(String place, @Nullable Integer keyId, @Nullable String algorithm, boolean current, long values) {}

    /** Whether nothing is sealed with another key or algorithm than those in use. */
    public static boolean isCurrent(List<Kept> kept) {
        return kept.stream().allMatch(Kept::current);
    }
}
