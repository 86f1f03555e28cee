package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.scope.Standing;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import java.time.Instant;
import java.util.UUID;

/** Who entered a fact, who approved it, and whether it was stopped since. */
@Serdeable
record StandingView(UUID enteredBy, Instant enteredAt, @Nullable UUID approvedBy, @Nullable Instant approvedAt,
        @Nullable String approvalCitation, @Nullable Instant suspendedAt, @Nullable Instant endedAt) {
    static StandingView of(Standing s) {
        return new StandingView(s.enteredBy(), s.enteredAt(), s.approvedBy(), s.approvedAt(), s.approvalCitation(),
                s.suspendedAt(), s.endedAt());
    }
}
