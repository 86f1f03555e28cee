package cn.jingshu.marketplace.scope;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The scenarios: entered by whoever needs one, passed by the bureau with the minutes of the joint review. */
@Singleton
public final class Scenarios {
    /** Every scenario with its standing: what {@link #read} reads; the gate asks for it, too. */
    public static final String ALL = """
            SELECT id, code, name_zh, name_en, description, source, stage, products, purposes, starts_at, ends_at,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.scenario
             ORDER BY code
            """;
    private static final String ADD = """
            INSERT INTO market.scenario
                   (id, code, name_zh, name_en, description, source, stage, products, purposes, starts_at, ends_at,
                    entered_by, entered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT scenario_pk DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, code, name_zh, name_en, description, source, stage, products, purposes, starts_at, ends_at,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.scenario
             WHERE id = ?
            """;
    private static final String PAGE = """
            SELECT id, code, name_zh, name_en, description, source, stage, products, purposes, starts_at, ends_at,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.scenario
             WHERE id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final Steps.Statements STEPS = new Steps.Statements("""
            SELECT entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.scenario
             WHERE id = ?
               FOR UPDATE
            """, """
            UPDATE market.scenario SET approved_by = ?, approved_at = ?, approval_citation = ? WHERE id = ?
            """, """
            UPDATE market.scenario SET suspended_at = ? WHERE id = ?
            """, """
            UPDATE market.scenario SET suspended_at = NULL WHERE id = ?
            """, """
            UPDATE market.scenario SET ended_at = ? WHERE id = ?
            """);

    private final Database database;
    private final Clock clock;
    private final Steps steps;

    public Scenarios(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.steps = new Steps(database, clock, "scenario", STEPS);
    }

    /** Enters a scenario under an id its maker chose; it opens nothing before it is approved. */
    public Change register(Scenario scenario, UUID enteredBy) {
        try {
            return database.inTransaction(t -> {
                if (t.change(ADD, scenario.id(), scenario.code(), scenario.nameZh(), scenario.nameEn(),
                        scenario.description(), scenario.source(), scenario.stage(), scenario.products(),
                        scenario.purposes(), scenario.startsAt(), scenario.endsAt(), enteredBy, clock.instant()) == 0) {
                    boolean same = t.find(BY_ID, Scenarios::read, scenario.id())
                            .filter(before -> before.scenario().equals(scenario)).isPresent();
                    return same ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
                }
                AuditLog.append(t, clock, enteredBy, "scenario.register", "scenario", scenario.id(),
                        Map.of("code", scenario.code()));
                return new Change.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("scenario_code_unique")) {
                return new Change.Refused(Change.Fault.CODE_TAKEN);
            }
            throw e;
        }
    }

    /** @param reviewCitation the minutes of the joint review (联合论证) that passed it */
    public Change approve(UUID id, UUID approvedBy, String reviewCitation) {
        return steps.approve(id, approvedBy, reviewCitation);
    }

    /** Stops every call bound to it, until it is resumed. */
    public Change suspend(UUID id, UUID decidedBy, String reason) {
        return steps.suspend(id, decidedBy, reason);
    }

    public Change resume(UUID id, UUID decidedBy, String reason) {
        return steps.resume(id, decidedBy, reason);
    }

    public Change end(UUID id, UUID decidedBy, String reason) {
        return steps.end(id, decidedBy, reason);
    }

    public Optional<Scenario.Reviewed> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, Scenarios::read, id));
    }

    /** At most {@code most} scenarios behind the id {@code after}, in the order of ids; null: from the first. */
    public List<Scenario.Reviewed> list(@Nullable UUID after, int most) {
        return database.inTransaction(t -> t.list(PAGE, Scenarios::read, after == null ? new UUID(0, 0) : after, most));
    }

    /** The scenario a use of this product and purpose is bound to when none is named: by code the first that allows it. */
    public static Optional<UUID> findFor(Transaction t, String product, Purpose purpose, Instant moment)
            throws SQLException {
        return t.list(ALL, Scenarios::read).stream()
                .filter(each -> each.allows(product, purpose, moment))
                .map(each -> each.scenario().id())
                .findFirst();
    }

    /** Reads a row of {@link #ALL}. */
    public static Scenario.Reviewed read(Row row) throws SQLException {
        Set<Purpose> purposes = row.texts("purposes").stream().map(Purpose::valueOf).collect(Collectors.toSet());
        return new Scenario.Reviewed(
                new Scenario(row.uuid("id"), row.text("code"), row.text("name_zh"), row.text("name_en"),
                        row.text("description"), row.constant("source", Scenario.Source.class),
                        row.constant("stage", Scenario.Stage.class), Set.copyOf(row.texts("products")), purposes,
                        row.instant("starts_at"), row.instant("ends_at")),
                Standing.read(row));
    }
}
