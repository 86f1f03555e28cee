package cn.jingshu.marketplace.scope;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The impact assessments: filed by the operator, approved by the bureau. */
@Singleton
public final class ImpactAssessments {
    /** Every assessment with its standing: what {@link #read} reads; the gate asks for it, too. */
    public static final String ALL = """
            SELECT id, product_code, purposes, report, conclusion, starts_at, ends_at,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.impact_assessment
            """;
    private static final String ADD = """
            INSERT INTO market.impact_assessment
                   (id, product_code, purposes, report, conclusion, starts_at, ends_at, entered_by, entered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT impact_assessment_pk DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, product_code, purposes, report, conclusion, starts_at, ends_at,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.impact_assessment
             WHERE id = ?
            """;
    private static final String PAGE = """
            SELECT id, product_code, purposes, report, conclusion, starts_at, ends_at,
                   entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.impact_assessment
             WHERE id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final Steps.Statements STEPS = new Steps.Statements("""
            SELECT entered_by, entered_at, approved_by, approved_at, approval_citation, suspended_at, ended_at
              FROM market.impact_assessment
             WHERE id = ?
               FOR UPDATE
            """, """
            UPDATE market.impact_assessment SET approved_by = ?, approved_at = ?, approval_citation = ? WHERE id = ?
            """, """
            UPDATE market.impact_assessment SET suspended_at = ? WHERE id = ?
            """, """
            UPDATE market.impact_assessment SET suspended_at = NULL WHERE id = ?
            """, """
            UPDATE market.impact_assessment SET ended_at = ? WHERE id = ?
            """);

    private final Database database;
    private final Clock clock;
    private final Steps steps;

    public ImpactAssessments(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.steps = new Steps(database, clock, "impact-assessment", STEPS);
    }

    /** Files an assessment under an id its maker chose; it permits nothing before it is approved. */
    public Change file(ImpactAssessment assessment, UUID enteredBy) {
        return database.inTransaction(t -> {
            if (t.change(ADD, assessment.id(), assessment.product(), assessment.purposes(), assessment.report(),
                    assessment.conclusion(), assessment.startsAt(), assessment.endsAt(), enteredBy,
                    clock.instant()) == 0) {
                boolean same = t.find(BY_ID, ImpactAssessments::read, assessment.id())
                        .filter(before -> before.assessment().equals(assessment)).isPresent();
                return same ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
            }
            AuditLog.append(t, clock, enteredBy, "impact-assessment.file", "impact-assessment", assessment.id(),
                    Map.of("product", assessment.product(), "report", assessment.report()));
            return new Change.Done(false);
        });
    }

    public Change approve(UUID id, UUID approvedBy, String citation) {
        return steps.approve(id, approvedBy, citation);
    }

    public Change suspend(UUID id, UUID decidedBy, String reason) {
        return steps.suspend(id, decidedBy, reason);
    }

    public Change resume(UUID id, UUID decidedBy, String reason) {
        return steps.resume(id, decidedBy, reason);
    }

    public Change end(UUID id, UUID decidedBy, String reason) {
        return steps.end(id, decidedBy, reason);
    }

    public Optional<ImpactAssessment.Reviewed> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, ImpactAssessments::read, id));
    }

    /** At most {@code most} assessments behind the id {@code after}, in the order of ids; null: from the first. */
    public List<ImpactAssessment.Reviewed> list(@Nullable UUID after, int most) {
        return database.inTransaction(
                t -> t.list(PAGE, ImpactAssessments::read, after == null ? new UUID(0, 0) : after, most));
    }

    /** Reads a row of {@link #ALL}. */
    public static ImpactAssessment.Reviewed read(Row row) throws SQLException {
        return new ImpactAssessment.Reviewed(
                new ImpactAssessment(row.uuid("id"), row.text("product_code"),
                        row.texts("purposes").stream().map(Purpose::valueOf).collect(Collectors.toSet()),
                        row.text("report"), row.text("conclusion"), row.instant("starts_at"), row.instant("ends_at")),
                Standing.read(row));
    }
}
