package cn.jingshu.marketplace.declared;

import cn.jingshu.products.kind.Kind;
import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A declared product as it is kept.
 *
 * @param version of the contract
 * @param revision of the version, from 1
 * @param definition the declaration, JSON exactly as it was sent
 * @param contract descriptor set of the contract, as it is served: stale answers and failed calls are free
 * @param billedStale whether the contract as it was kept billed stale answers
 * @param billedFailed whether the contract as it was kept billed failed calls
 * @param artefact the file of a model; empty: none
 * @param digest SHA-256 of definition and artefact, hexadecimal
 * @param decidedBy null: not decided yet
 * @param ground what the approval cites, or why it was refused; null: not decided yet
 */
public record DeclaredProduct(UUID id, String code, int version, int revision, Kind kind, UUID merchantId, String definition,
        ByteString contract, boolean billedStale, boolean billedFailed, ByteString artefact, String digest, Status status, UUID enteredBy, Instant enteredAt,
        @Nullable UUID submittedBy, @Nullable Instant submittedAt, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground) {

    /** Where it stands. */
    public enum Status {
        /** Written, and still being written. */
        DRAFT,
        /** Handed in as it stands. */
        SUBMITTED,
        /** Served, unless a later revision is. */
        APPROVED,
        REFUSED,
        /** Was served, and is no more. */
        WITHDRAWN
    }
}
