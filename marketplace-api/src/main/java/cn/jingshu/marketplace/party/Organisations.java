package cn.jingshu.marketplace.party;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.identifier.Uscc;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
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
    private static final String LOCK = """
            SELECT id, uscc, name_zh, name_en, kinds, status, verified_by, synthetic, joined_at
              FROM market.organisation
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String CORRECT = """
            UPDATE market.organisation SET uscc = ?, name_zh = ?, name_en = ?, kinds = ?, verified_by = ? WHERE id = ?
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

    /**
     * Enters an organisation under the caller's id.
     *
     * @return done; already: it is there with just these facts, whatever became of its status. {@code ID_TAKEN}: it is there with others, which
     *     {@link #correct} changes. {@code CODE_TAKEN}: another has its credit code
     */
    public Change enter(Organisation organisation, UUID decidedBy) {
        return unlessTaken(() -> database.inTransaction(t -> {
            Optional<Organisation> known = findIn(t, organisation.id());
            if (known.isPresent()) {
                return known.get().hasFactsOf(organisation) ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
            }
            add(t, organisation);
            AuditLog.append(t, clock, decidedBy, "organisation.add", "organisation", organisation.id(), facts(organisation));
            return new Change.Done(false);
        }));
    }

    /**
     * Corrects credit code, names, kinds and verification of an organisation; its status stays. A part it plays is not taken from it: what it has
     * done in it is on record.
     *
     * @return as {@link #enter}; {@code OVER}: it has left, {@code KIND_STAYS}: a kind it has is missing
     */
    public Change correct(Organisation to, UUID decidedBy, String reason) {
        return unlessTaken(() -> database.inTransaction(t -> {
            Optional<Organisation> known = t.find(LOCK, Organisations::read, to.id());
            if (known.isEmpty()) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            Organisation before = known.get();
            if (before.status() == Organisation.Status.ENDED) {
                return new Change.Refused(Change.Fault.OVER);
            }
            if (before.hasFactsOf(to)) {
                return new Change.Done(true);
            }
            if (!to.kinds().containsAll(before.kinds())) {
                return new Change.Refused(Change.Fault.KIND_STAYS);
            }
            t.change(CORRECT, to.uscc().code(), to.nameZh(), to.nameEn(), to.kinds(), to.verifiedBy(), to.id());
            Map<String, String> said = new HashMap<>(facts(to));
            facts(before).forEach((name, was) -> said.put(name + "Before", was));
            said.put("reason", reason);
            AuditLog.append(t, clock, decidedBy, "organisation.correct", "organisation", to.id(), said);
            return new Change.Done(false);
        }));
    }

    private static Map<String, String> facts(Organisation o) {
        return Map.of("uscc", o.uscc().code(), "nameZh", o.nameZh(), "nameEn", o.nameEn(),
                "kinds", o.kinds().stream().map(Enum::name).sorted().toList().toString(),
                "verifiedBy", o.verifiedBy() == null ? "none" : o.verifiedBy().name());
    }

    private static Change unlessTaken(Supplier<Change> change) {
        try {
            return change.get();
        } catch (DatabaseException e) {
            if (e.violates("organisation_uscc_unique")) {
                return new Change.Refused(Change.Fault.CODE_TAKEN);
            }
            throw e;
        }
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
