package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.share.ShareInputs;
import cn.jingshu.ledger.share.ShareRecord;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Shares of one product on their way into force, or there.
 *
 * @param inputs all that they rest on
 * @param record the same as it is kept, with what came out
 * @param proposedBy null: entered before shares were proposed
 * @param decidedBy null: open
 * @param ground the document the approval rests on, or why there is none; null: open
 */
public record ShareProposal(UUID id, Subject subject, ShareInputs inputs, ShareRecord record, @Nullable UUID proposedBy,
        Instant proposedAt, Status status, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String ground) {

    /** Whose shares they are. */
    public enum Subject {
        /** Operator and merchants, of the net profit the treasury leaves. */
        PARTIES,
        /** Data providers, of what the treasury gets. */
        PROVIDERS;

        static Subject of(ShareInputs inputs) {
            return inputs.operator() == null ? PROVIDERS : PARTIES;
        }
    }

    /** How far a proposal has come. */
    public enum Status {
        OPEN,
        APPROVED,
        REFUSED,
        WITHDRAWN
    }
}
