package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What providers let products use, resource by resource. */
@Singleton
public final class ProviderGrants {
    /** Stands for every column of a resource. */
    public static final String EVERY_COLUMN = "*";

    private static final String ADD = """
            INSERT INTO market.provider_grant
                   (id, resource_id, product_code, columns, starts_at, ends_at, granted_by, granted_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT provider_grant_pk DO NOTHING
            """;
    private static final String MAY_GRANT = """
            SELECT 1 AS yes
              FROM market.data_resource r
              JOIN market.data_provider v ON v.code = r.provider_code
              JOIN market.person p ON p.organisation_id = v.organisation_id
             WHERE r.id = ? AND p.id = ? AND 'PROVIDER_OFFICER' = ANY (p.roles)
            """;
    private static final String SUSPEND = """
            UPDATE market.provider_grant
               SET suspended_at = ?
             WHERE id = ? AND suspended_at IS NULL AND withdrawn_at IS NULL
            """;
    private static final String RESTORE = """
            UPDATE market.provider_grant
               SET suspended_at = NULL
             WHERE id = ? AND suspended_at IS NOT NULL AND withdrawn_at IS NULL
            """;
    private static final String WITHDRAW = """
            UPDATE market.provider_grant SET withdrawn_at = ? WHERE id = ? AND withdrawn_at IS NULL
            """;
    private static final String PROVIDER = """
            SELECT v.organisation_id
              FROM market.provider_grant g
              JOIN market.data_resource r ON r.id = g.resource_id
              JOIN market.data_provider v ON v.code = r.provider_code
             WHERE g.id = ?
            """;
    private static final String BY_ID = """
            SELECT id, resource_id, product_code, columns, starts_at, ends_at, suspended_at, withdrawn_at
              FROM market.provider_grant
             WHERE id = ?
            """;
    private static final String PAGE = """
            SELECT id, resource_id, product_code, columns, starts_at, ends_at, suspended_at, withdrawn_at
              FROM market.provider_grant
             WHERE id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final String STANDING = """
            SELECT id, resource_id, product_code, columns, starts_at, ends_at, suspended_at, withdrawn_at
              FROM market.provider_grant
             WHERE suspended_at IS NULL AND withdrawn_at IS NULL AND ends_at > ?
            """;
    private static final String OF_PRODUCT = """
            SELECT id, resource_id, product_code, columns, starts_at, ends_at, suspended_at, withdrawn_at
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

    /**
     * A provider's permission to use one resource, column by column, in one product.
     *
     * @param columns what of the resource may be shown, as the contracts name it ({@code Route.short_name}), and read, as the data domain
     *     names it ({@code discharge.admitted_on}, {@code discharge.*}); {@code *} among them: every column; never empty
     * @param suspendedAt null: not suspended
     * @param withdrawnAt null: not withdrawn; what was withdrawn stays so
     */
    public record ProviderGrant(UUID id, String resource, String product, Set<String> columns, Instant startsAt,
            Instant endsAt, @Nullable Instant suspendedAt, @Nullable Instant withdrawnAt) {
        public ProviderGrant {
            columns = Set.copyOf(columns);
            startsAt = startsAt.truncatedTo(ChronoUnit.MICROS); // as PostgreSQL keeps it, so that the same is equal
            endsAt = endsAt.truncatedTo(ChronoUnit.MICROS);
            if (columns.isEmpty() || !endsAt.isAfter(startsAt)) {
                throw new IllegalArgumentException("grant of " + resource + " from " + startsAt + " to " + endsAt
                        + ": columns and window are needed");
            }
        }

        /** A grant as its provider gives it. */
        public static ProviderGrant given(
                UUID id, String resource, String product, Set<String> columns, Instant startsAt, Instant endsAt) {
            return new ProviderGrant(id, resource, product, columns, startsAt, endsAt, null, null);
        }

        /** Whether it holds at {@code moment}. */
        public boolean inForceAt(Instant moment) {
            return suspendedAt == null && withdrawnAt == null && !moment.isBefore(startsAt) && moment.isBefore(endsAt);
        }

        /** Whether it lets this column be shown. */
        public boolean covers(String column) {
            return columns.contains(column) || columns.contains(EVERY_COLUMN);
        }

        private boolean givesTheSameAs(ProviderGrant other) {
            return id.equals(other.id) && resource.equals(other.resource) && product.equals(other.product)
                    && columns.equals(other.columns) && startsAt.equals(other.startsAt) && endsAt.equals(other.endsAt);
        }
    }

    /** The answer to a provider that grants. */
    public enum Outcome {
        GRANTED,
        /** The same grant was given before. */
        ALREADY,
        /** The id is that of another grant. */
        ID_TAKEN,
        /** The law forbids supplying the resource; nobody can grant it. */
        BLOCKED_BY_LAW,
        /** The resource is withdrawn from the catalogue. */
        NOT_LISTED,
        /** Only an officer of the resource's own provider grants it. */
        NOT_ITS_PROVIDER
    }

    public Outcome grant(ProviderGrant grant, UUID grantedBy) {
        try {
            return database.inTransaction(t -> {
                if (t.find(MAY_GRANT, row -> row.integer("yes"), grant.resource(), grantedBy).isEmpty()) {
                    return Outcome.NOT_ITS_PROVIDER;
                }
                if (t.change(ADD, grant.id(), grant.resource(), grant.product(), grant.columns(), grant.startsAt(),
                        grant.endsAt(), grantedBy, clock.instant()) == 0) {
                    return t.find(BY_ID, ProviderGrants::read, grant.id()).filter(grant::givesTheSameAs).isPresent()
                            ? Outcome.ALREADY
                            : Outcome.ID_TAKEN;
                }
                AuditLog.append(t, clock, grantedBy, "resource.grant", "provider_grant", grant.id(),
                        Map.of("resource", grant.resource(), "product", grant.product(), "columns",
                                String.join(",", new TreeSet<>(grant.columns()))));
                return Outcome.GRANTED;
            });
        } catch (DatabaseException e) {
            if (e.violates("provider_grant_not_blocked_by_law")) {
                return Outcome.BLOCKED_BY_LAW;
            }
            if (e.violates("provider_grant_of_listed_resource")) {
                return Outcome.NOT_LISTED;
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

    /** Takes a grant back for good; false: it was withdrawn already or does not exist. */
    public boolean withdraw(UUID grantId, UUID decidedBy, String reason) {
        return database.inTransaction(t -> {
            boolean withdrawn = t.change(WITHDRAW, clock.instant(), grantId) == 1;
            if (withdrawn) {
                AuditLog.append(t, clock, decidedBy, "resource.withdraw", "provider_grant", grantId,
                        Map.of("reason", reason));
            }
            return withdrawn;
        });
    }

    /** The organisation whose resource a grant is about; empty: no such grant, or its provider has not joined. */
    public Optional<UUID> findProvider(UUID grantId) {
        return database.inTransaction(
                t -> t.list(PROVIDER, row -> Optional.ofNullable(row.uuidOrNull("organisation_id")), grantId))
                .stream()
                .flatMap(Optional::stream)
                .findFirst();
    }

    public Optional<ProviderGrant> find(UUID grantId) {
        return database.inTransaction(t -> t.find(BY_ID, ProviderGrants::read, grantId));
    }

    /** At most {@code most} grants behind the id {@code after}, in the order of ids; null: from the first. */
    public List<ProviderGrant> list(@Nullable UUID after, int most) {
        return database.inTransaction(
                t -> t.list(PAGE, ProviderGrants::read, after == null ? new UUID(0, 0) : after, most));
    }

    /** Those that nobody stopped and whose time is not over: in force now, or later. */
    List<ProviderGrant> listStanding() {
        return database.inTransaction(t -> t.list(STANDING, ProviderGrants::read, clock.instant()));
    }

    public List<ProviderGrant> listOf(String product) {
        return database.inTransaction(t -> t.list(OF_PRODUCT, ProviderGrants::read, product));
    }

    /** Reads a row with the columns of a grant. */
    public static ProviderGrant read(Row row) throws SQLException {
        return new ProviderGrant(row.uuid("id"), row.text("resource_id"), row.text("product_code"),
                Set.copyOf(row.texts("columns")), row.instant("starts_at"), row.instant("ends_at"),
                row.instantOrNull("suspended_at"), row.instantOrNull("withdrawn_at"));
    }
}
