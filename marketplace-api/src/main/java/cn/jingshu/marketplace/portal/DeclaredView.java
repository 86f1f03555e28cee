package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One declared product.
 *
 * @param service name of the gRPC service its contract makes
 * @param grants what its providers have to grant: a resource and the columns of it
 * @param declaration the declaration as it was sent
 * @param file bytes of the model's file; 0: none
 * @param violations what is wrong with it, as far as it can be seen without trying it out
 * @param mayWrite whether its writer looks at a draft of their own
 * @param mayDecide whether who looks may decide about it now
 * @param mayRetire whether who looks may say that it is on its way out, or take it back
 */
public record DeclaredView(UUID id, String code, int version, int revision, DeclaredKind kind, DeclaredState state, String digest, String service,
        List<Grant> grants, String declaration, int file, List<DeclareView.Fault> violations, boolean mayWrite, boolean mayDecide, boolean mayRetire,
        @Nullable Instant deprecatedAt, @Nullable Instant sunsetAt, @Nullable String ground, Form form) {
    public DeclaredView {
        grants = List.copyOf(grants);
        violations = List.copyOf(violations);
    }

    /** @param columns as a grant names them */
    public record Grant(String resource, String columns) {}
}
