package cn.jingshu.marketplace.scope;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.scope.Authorisation.Extent;
import cn.jingshu.marketplace.scope.Authorisation.SeparatePlan;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The authorisations of operators: applied for by the operator, approved by the bureau, which may suspend or end them. */
@Singleton
public final class Authorisations {
    /** Every authorisation with its standing: what {@link #read} reads; the gate asks for it, too. */
    public static final String ALL = """
            SELECT id, operator_id, agreement_id, mode, providers, CAST(scenarios AS text[]) AS scenarios, ground,
                   plan_citation, government_citation, starts_on, ends_on,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.authorisation
            """;
    private static final String ADD = """
            INSERT INTO market.authorisation
                   (id, operator_id, agreement_id, mode, providers, scenarios, ground, plan_citation,
                    government_citation, starts_on, ends_on, entered_by, entered_at)
            VALUES (?, ?, ?, ?, ?, CAST(? AS uuid[]), ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT authorisation_pk DO NOTHING
            """;
    private static final String AGREEMENT = """
            SELECT 1 AS yes
              FROM market.agreement
             WHERE id = ? AND organisation_id = ? AND kind = 'OPERATOR' AND terminated_at IS NULL
               AND starts_on <= ? AND ends_on >= ?
            """;
    private static final String BY_ID = """
            SELECT id, operator_id, agreement_id, mode, providers, CAST(scenarios AS text[]) AS scenarios, ground,
                   plan_citation, government_citation, starts_on, ends_on,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.authorisation
             WHERE id = ?
            """;
    private static final String PAGE = """
            SELECT id, operator_id, agreement_id, mode, providers, CAST(scenarios AS text[]) AS scenarios, ground,
                   plan_citation, government_citation, starts_on, ends_on,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.authorisation
             WHERE id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final Steps.Statements STEPS = new Steps.Statements("""
            SELECT entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.authorisation
             WHERE id = ?
               FOR UPDATE
            """, """
            UPDATE market.authorisation SET approved_by = ?, approved_at = ?, approval_citation = ? WHERE id = ?
            """, """
            UPDATE market.authorisation SET suspended_at = ? WHERE id = ?
            """, """
            UPDATE market.authorisation SET suspended_at = NULL WHERE id = ?
            """, """
            UPDATE market.authorisation SET ended_at = ? WHERE id = ?
            """);

    private final Database database;
    private final Clock clock;
    private final Steps steps;

    public Authorisations(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.steps = new Steps(database, clock, "authorisation", STEPS);
    }

    /** The columns that say how much is covered. */
    private record Extended(String mode, Set<String> providers, Set<UUID> scenarios, @Nullable SeparatePlan plan) {
        static Extended of(Extent extent) {
            return switch (extent) {
                case Extent.Whole() -> new Extended("WHOLE", Set.of(), Set.of(), null);
                case Extent.Domain(var providers, var plan) -> new Extended("DOMAIN", providers, Set.of(), plan);
                case Extent.ByScenario(var scenarios, var plan) -> new Extended("SCENARIO", Set.of(), scenarios, plan);
            };
        }
    }

    /** Applies for an authorisation within the term of the operator's agreement; it permits nothing before approval. */
    public Change apply(Authorisation applied, UUID enteredBy) {
        return database.inTransaction(t -> {
            if (t.find(AGREEMENT, row -> row.integer("yes"), applied.agreementId(), applied.operatorId(),
                    applied.startsOn(), applied.endsOn()).isEmpty()) {
                return new Change.Refused(Change.Fault.BEYOND_AGREEMENT);
            }
            Extended extended = Extended.of(applied.extent());
            SeparatePlan plan = extended.plan();
            if (t.change(ADD, applied.id(), applied.operatorId(), applied.agreementId(), extended.mode(),
                    extended.providers(), extended.scenarios(), plan == null ? null : plan.ground(),
                    plan == null ? null : plan.planCitation(), plan == null ? null : plan.governmentCitation(),
                    applied.startsOn(), applied.endsOn(), enteredBy, clock.instant()) == 0) {
                boolean same = t.find(BY_ID, Authorisations::read, applied.id())
                        .filter(before -> before.authorisation().equals(applied)).isPresent();
                return same ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
            }
            AuditLog.append(t, clock, enteredBy, "authorisation.apply", "authorisation", applied.id(),
                    Map.of("mode", extended.mode(), "until", applied.endsOn().toString()));
            return new Change.Done(false);
        });
    }

    /** @param minutes of the bureau's decision (三重一大) */
    public Change approve(UUID id, UUID approvedBy, String minutes) {
        try {
            return steps.approve(id, approvedBy, minutes);
        } catch (DatabaseException e) {
            if (e.violates("authorisation_one_whole_at_a_time")) {
                return new Change.Refused(Change.Fault.ANOTHER_WHOLE);
            }
            throw e;
        }
    }

    /** Stops everything the operator runs under it, until it is resumed. */
    public Change suspend(UUID id, UUID decidedBy, String reason) {
        return steps.suspend(id, decidedBy, reason);
    }

    public Change resume(UUID id, UUID decidedBy, String reason) {
        return steps.resume(id, decidedBy, reason);
    }

    /** Ends it before its time (提前终止). */
    public Change end(UUID id, UUID decidedBy, String reason) {
        return steps.end(id, decidedBy, reason);
    }

    public Optional<Authorisation.Reviewed> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, Authorisations::read, id));
    }

    /** At most {@code most} authorisations behind the id {@code after}, in the order of ids; null: from the first. */
    public List<Authorisation.Reviewed> list(@Nullable UUID after, int most) {
        return database.inTransaction(
                t -> t.list(PAGE, Authorisations::read, after == null ? new UUID(0, 0) : after, most));
    }

    /** Reads a row of {@link #ALL}. */
    public static Authorisation.Reviewed read(Row row) throws SQLException {
        return new Authorisation.Reviewed(
                new Authorisation(row.uuid("id"), row.uuid("operator_id"), row.uuid("agreement_id"), extent(row),
                        row.day("starts_on"), row.day("ends_on")),
                Standing.read(row));
    }

    private static Extent extent(Row row) throws SQLException {
        return switch (row.text("mode")) {
            case "DOMAIN" -> new Extent.Domain(Set.copyOf(row.texts("providers")), plan(row));
            case "SCENARIO" -> new Extent.ByScenario(
                    row.texts("scenarios").stream().map(UUID::fromString).collect(Collectors.toSet()), plan(row));
            default -> new Extent.Whole();
        };
    }

    private static SeparatePlan plan(Row row) throws SQLException {
        return new SeparatePlan(row.constant("ground", Authorisation.Ground.class), row.text("plan_citation"),
                row.text("government_citation"));
    }
}
