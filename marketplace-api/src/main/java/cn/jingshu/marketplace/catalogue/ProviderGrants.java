package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What providers let products use, resource by resource. */
@Singleton
public final class ProviderGrants {
    private static final String ADD = """
            INSERT INTO market.provider_grant
                   (id, resource_id, product_code, starts_at, ends_at, granted_by, granted_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String MAY_GRANT = """
            SELECT 1 AS yes
              FROM market.data_resource r
              JOIN market.data_provider v ON v.code = r.provider_code
              JOIN market.person p ON p.organisation_id = v.organisation_id
             WHERE r.id = ? AND p.id = ? AND 'PROVIDER_OFFICER' = ANY (p.roles)
            """;
    private static final String SUSPEND = """
            UPDATE market.provider_grant SET suspended_at = ? WHERE id = ? AND suspended_at IS NULL
            """;
    private static final String RESTORE = """
            UPDATE market.provider_grant SET suspended_at = NULL WHERE id = ? AND suspended_at IS NOT NULL
            """;
    private static final String OF_PRODUCT = """
            SELECT id, resource_id, product_code, starts_at, ends_at, suspended_at
              FROM market.provider_grant
             WHERE product_code = ?
             ORDER BY resource_id, starts_at
            """;

    private final Database database;
    private final Clock clock;

    public ProviderGrants(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A provider's permission to use one resource in one product; {@code suspendedAt} null: in force. */
    public record ProviderGrant(UUID id, String resource, String product, Instant startsAt, Instant endsAt,
            @Nullable Instant suspendedAt) {}

    /** The answer to a provider that grants. */
    public enum Outcome {
        GRANTED,
        /** The law forbids supplying the resource; nobody can grant it. */
        BLOCKED_BY_LAW,
        /** Only an officer of the resource's own provider grants it. */
        NOT_ITS_PROVIDER
    }

    public Outcome grant(ProviderGrant grant, UUID grantedBy) {
        try {
            return database.inTransaction(t -> {
                if (t.find(MAY_GRANT, row -> row.integer("yes"), grant.resource(), grantedBy).isEmpty()) {
                    return Outcome.NOT_ITS_PROVIDER;
                }
                t.change(ADD, grant.id(), grant.resource(), grant.product(), grant.startsAt(), grant.endsAt(),
                        grantedBy, clock.instant());
                AuditLog.append(t, clock, grantedBy, "resource.grant", "provider_grant", grant.id(),
                        Map.of("resource", grant.resource(), "product", grant.product()));
                return Outcome.GRANTED;
            });
        } catch (DatabaseException e) {
            if (e.violates("provider_grant_not_blocked_by_law")) {
                return Outcome.BLOCKED_BY_LAW;
            }
            throw e;
        }
    }

    /** Stops a grant, and with it every product that needs it, at once; false: it was stopped already. */
    public boolean suspend(UUID grantId, UUID decidedBy, String reason) {
        return database.inTransaction(t -> {
            boolean suspended = t.change(SUSPEND, clock.instant(), grantId) == 1;
            if (suspended) {
                AuditLog.append(t, clock, decidedBy, "resource.suspend", "provider_grant", grantId,
                        Map.of("reason", reason));
            }
            return suspended;
        });
    }

    /** Puts a suspended grant back into force; false: it was not suspended. */
    public boolean restore(UUID grantId, UUID decidedBy, String reason) {
        return database.inTransaction(t -> {
            boolean restored = t.change(RESTORE, grantId) == 1;
            if (restored) {
                AuditLog.append(t, clock, decidedBy, "resource.restore", "provider_grant", grantId,
                        Map.of("reason", reason));
            }
            return restored;
        });
    }

    public List<ProviderGrant> listOf(String product) {
        return database.inTransaction(t -> t.list(OF_PRODUCT,
                row -> new ProviderGrant(row.uuid("id"), row.text("resource_id"), row.text("product_code"),
                        row.instant("starts_at"), row.instant("ends_at"), row.instantOrNull("suspended_at")),
                product));
    }
}
