package cn.jingshu.marketplace.twin;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The wish to draw a masked sample of live rows into a product's sandbox twin.
 *
 * @param rows about so many of the largest table about persons
 * @param k fewest subjects that share what others may know of them; rows of smaller classes are left out
 * @param personal whether live rows about real people would be drawn, so that a second person decides
 * @param decidedBy null: it is open, or nobody had to decide
 * @param ground the assessment it rests on, or why it was refused or withdrawn
 * @param drawnBy who drew it; null: it was not drawn
 * @param reportDigest of the report on record; null: none was measured
 */
public record TwinSample(UUID id, String product, int version, long rows, int k, boolean personal, String reason, UUID proposedBy,
        Instant proposedAt, Status status, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground, @Nullable String drawnBy,
        @Nullable Instant drawnAt, @Nullable String reportDigest) {

    /** Where it stands. */
    public enum Status {
        OPEN,
        APPROVED,
        REFUSED,
        WITHDRAWN,
        DRAWN,
        /** It was measured and did not keep to its terms: the twin stayed what it was. */
        WITHHELD
    }
}
