package cn.jingshu.marketplace.party;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.identifier.Uscc;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The organisations of the market. */
@Singleton
public final class Organisations {
    private static final String ADD = """
            INSERT INTO market.organisation
                   (id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String BY_ID = """
            SELECT id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at
              FROM market.organisation
             WHERE id = ?
            """;
    private static final String BY_USCC = """
            SELECT id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at
              FROM market.organisation
             WHERE uscc = ?
            """;
    private static final String ALL = """
            SELECT id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at
              FROM market.organisation
             ORDER BY joined_at, uscc
            """;
    private static final String PAGE = """
            SELECT id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at
              FROM market.organisation
             WHERE id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final String SET_STATUS = """
            UPDATE market.organisation SET status = ? WHERE id = ? AND status <> ? AND status <> 'ENDED'
            """;

    private final Database database;
    private final Clock clock;

    public Organisations(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Adds an organisation as it is; {@code decidedBy} null: by the installation or by its own sign-up. */
    public void add(Organisation organisation, @Nullable UUID decidedBy) {
        database.inTransaction(t -> {
            add(t, organisation);
            AuditLog.append(t, clock, decidedBy, "organisation.add", "organisation", organisation.id(),
                    Map.of("kinds", organisation.kinds().toString()));
            return organisation;
        });
    }

    static void add(Transaction t, Organisation o) throws SQLException {
        t.change(ADD, o.id(), o.uscc().code(), o.nameZh(), o.nameEn(), o.kinds(), o.status(), o.verifiedBy(),
                o.synthetic(), o.joinedAt());
    }

    public Optional<Organisation> find(UUID id) {
        return database.inTransaction(t -> findIn(t, id));
    }

    /** The organisation with this id, inside a running transaction. */
    public static Optional<Organisation> findIn(Transaction t, UUID id) throws SQLException {
        return t.find(BY_ID, Organisations::read, id);
    }

    public Optional<Organisation> findByUscc(Uscc uscc) {
        return database.inTransaction(t -> t.find(BY_USCC, Organisations::read, uscc.code()));
    }

    public List<Organisation> listAll() {
        return database.inTransaction(t -> t.list(ALL, Organisations::read));
    }

    /** At most {@code most} organisations behind the id {@code after}, in the order of ids; null: from the first. */
    public List<Organisation> list(@Nullable UUID after, int most) {
        return database.inTransaction(
                t -> t.list(PAGE, Organisations::read, after == null ? new UUID(0, 0) : after, most));
    }

    /** Stops every call and decision of an organisation; false: it was stopped already, has left or does not exist. */
    public boolean suspend(UUID organisationId, UUID decidedBy, String reason) {
        return changeStatus(organisationId, Organisation.Status.SUSPENDED, decidedBy, "organisation.suspend", reason);
    }

    /** Lets a suspended organisation act again; false: it was not suspended, or has left for good. */
    public boolean restore(UUID organisationId, UUID decidedBy, String reason) {
        return changeStatus(organisationId, Organisation.Status.ACTIVE, decidedBy, "organisation.restore", reason);
    }

    /** Lets an organisation leave for good (退出), with what it used still to be paid; false: it had left already. */
    public boolean end(UUID organisationId, UUID decidedBy, String reason) {
        return changeStatus(organisationId, Organisation.Status.ENDED, decidedBy, "organisation.end", reason);
    }

    private boolean changeStatus(
            UUID organisationId, Organisation.Status status, UUID decidedBy, String action, String reason) {
        return database.inTransaction(t -> {
            boolean changed = t.change(SET_STATUS, status, organisationId, status) == 1;
            if (changed) {
                AuditLog.append(t, clock, decidedBy, action, "organisation", organisationId, Map.of("reason", reason));
            }
            return changed;
        });
    }

    static Organisation read(Row row) throws SQLException {
        Set<OrganisationKind> kinds = EnumSet.noneOf(OrganisationKind.class);
        for (String kind : row.texts("kinds")) {
            kinds.add(OrganisationKind.valueOf(kind));
        }
        String verifiedBy = row.textOrNull("verified_by");
        return new Organisation(row.uuid("id"), new Uscc(row.text("uscc")), row.text("name_zh"), row.text("name_en"),
                kinds, row.constant("status", Organisation.Status.class),
                verifiedBy == null ? null : Organisation.Verification.valueOf(verifiedBy), row.flag("synthetic"),
                row.instant("joined_at"));
    }
}
