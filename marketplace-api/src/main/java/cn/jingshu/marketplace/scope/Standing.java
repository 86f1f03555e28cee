package cn.jingshu.marketplace.scope;

import cn.jingshu.marketplace.store.Row;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a fact has come: entered by one person, approved by another, and perhaps stopped since.
 *
 * @param approvedAt null, with {@code approvedBy} and {@code approvalCitation}: not approved yet, and so not in force
 * @param suspendedAt null: not suspended
 * @param endedAt null: not ended before its time; what has ended stays ended
 */
public record Standing(UUID enteredBy, Instant enteredAt, @Nullable UUID approvedBy, @Nullable Instant approvedAt,
        @Nullable String approvalCitation, @Nullable Instant suspendedAt, @Nullable Instant endedAt) {

    /** Whether people's decisions let it hold at {@code moment}; its own dates are looked at beside this. */
    public boolean inForceAt(Instant moment) {
        return approvedAt != null && !moment.isBefore(approvedAt) && suspendedAt == null && endedAt == null;
    }

    static Standing read(Row row) throws SQLException {
        return new Standing(row.uuid("entered_by"), row.instant("entered_at"), row.uuidOrNull("approved_by"),
                row.instantOrNull("approved_at"), row.textOrNull("approval_citation"),
                row.instantOrNull("suspended_at"), row.instantOrNull("ended_at"));
    }
}
