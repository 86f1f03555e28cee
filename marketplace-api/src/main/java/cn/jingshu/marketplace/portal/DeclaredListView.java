package cn.jingshu.marketplace.portal;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The declared products a person may see.
 *
 * @param mayDeclare whether there is a way to a new one
 */
public record DeclaredListView(List<Item> items, boolean mayDeclare) {
    public DeclaredListView {
        items = List.copyOf(items);
    }

    /** @param deprecatedAt null: it is not on its way out */
    public record Item(UUID id, String code, int version, int revision, DeclaredKind kind, DeclaredState state, Instant enteredAt,
            @Nullable Instant deprecatedAt) {}
}
