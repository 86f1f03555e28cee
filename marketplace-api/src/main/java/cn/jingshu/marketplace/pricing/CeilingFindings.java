package cn.jingshu.marketplace.pricing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.ledger.money.UnitPrice;
import cn.jingshu.ledger.tariff.Ceiling;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.CeilingFinding.Kept;
import cn.jingshu.marketplace.pricing.CeilingFinding.Status;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Findings that prices were above what was allowed: one person of an authority writes one, another signs it. */
@Singleton
public final class CeilingFindings {
    private static final String PRODUCT = """
            SELECT 1 AS yes FROM market.registration WHERE product_code = ? LIMIT 1
            """;
    private static final String ADD = """
            INSERT INTO market.ceiling_finding
                   (id, product_code, operation, first_month, last_month, fen_per_unit, fen_per_month, citation, proposed_by,
                    proposed_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN')
            ON CONFLICT ON CONSTRAINT ceiling_finding_pk DO NOTHING
            """;
    private static final String DECIDE = """
            UPDATE market.ceiling_finding SET status = ?, decided_by = ?, decided_at = ?, ground = ? WHERE id = ?
            """;
    private static final String ALL = """
            SELECT id, product_code, operation, first_month, last_month, fen_per_unit, fen_per_month, citation, proposed_by,
                   proposed_at, status, decided_by, decided_at, ground
              FROM market.ceiling_finding
             ORDER BY proposed_at, id
            """;
    private static final String LOCK = """
            SELECT id, product_code, operation, first_month, last_month, fen_per_unit, fen_per_month, citation, proposed_by,
                   proposed_at, status, decided_by, decided_at, ground
              FROM market.ceiling_finding
             WHERE id = ?
               FOR UPDATE
            """;

    private static final String HOLD_RATINGS = "LOCK TABLE market.billing_period IN SHARE MODE";

    private final Database database;
    private final Clock clock;

    CeilingFindings(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Writes a finding under an id of the caller's own, for another person to sign. */
    public Change propose(CeilingFinding finding, UUID proposedBy) {
        return database.inTransaction(t -> {
            if (t.find(PRODUCT, row -> row.integer("yes"), finding.product()).isEmpty()) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            int added = t.change(ADD, finding.id(), finding.product(), finding.operation(), finding.first().atDay(1),
                    finding.last().atDay(1), finding.allowed().perUnit().fenPerUnit(), finding.allowed().perMonth().fen(),
                    finding.citation(), proposedBy, clock.instant());
            if (added == 0) {
                boolean same = t.find(LOCK, CeilingFindings::read, finding.id())
                        .filter(before -> before.finding().equals(finding)).isPresent();
                return same ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
            }
            AuditLog.append(t, clock, proposedBy, "price.finding", "ceiling_finding", finding.id(),
                    Map.of("product", finding.product(), "operation", finding.operation(), "first",
                            finding.first().toString(), "last", finding.last().toString(), "citation", finding.citation()));
            return new Change.Done(false);
        });
    }

    /** Signs one: the next close pays back. */
    public Change sign(UUID id, UUID signedBy, String citation) {
        return decide(id, signedBy, Status.SIGNED, citation);
    }

    public Change refuse(UUID id, UUID decidedBy, String reason) {
        return decide(id, decidedBy, Status.REFUSED, reason);
    }

    private Change decide(UUID id, UUID decidedBy, Status status, String ground) {
        return database.inTransaction(t -> {
            t.change(HOLD_RATINGS); // a rating runs wholly before or wholly after the finding
            Optional<Kept> found = t.find(LOCK, CeilingFindings::read, id);
            if (found.isEmpty()) {
                return new Change.Refused(Change.Fault.UNKNOWN);
            }
            if (found.get().status() != Status.OPEN) {
                return new Change.Refused(Change.Fault.OVER);
            }
            if (found.get().proposedBy().equals(decidedBy)) {
                return new Change.Refused(Change.Fault.SAME_PERSON);
            }
            t.change(DECIDE, status, decidedBy, clock.instant(), ground, id);
            AuditLog.append(t, clock, decidedBy, status == Status.SIGNED ? "price.finding.sign" : "price.finding.refuse",
                    "ceiling_finding", id, Map.of("ground", ground));
            return new Change.Done(false);
        });
    }

    public List<Kept> list() {
        return database.inTransaction(t -> t.list(ALL, CeilingFindings::read));
    }

    public Optional<Kept> find(UUID id) {
        return list().stream().filter(kept -> kept.finding().id().equals(id)).findFirst();
    }

    /** The findings signed before {@code moment}. */
    public List<CeilingFinding> listSigned(Instant moment) {
        return list().stream()
                .filter(kept -> kept.status() == Status.SIGNED && kept.decidedAt() != null && kept.decidedAt().isBefore(moment))
                .map(Kept::finding)
                .toList();
    }

    private static Kept read(Row row) throws SQLException {
        return new Kept(new CeilingFinding(row.uuid("id"), row.text("product_code"), row.text("operation"),
                        YearMonth.from(row.day("first_month")), YearMonth.from(row.day("last_month")),
                        new Ceiling(new UnitPrice(row.decimal("fen_per_unit")), Money.ofFen(row.number("fen_per_month"))),
                        row.text("citation")),
                row.uuid("proposed_by"), row.instant("proposed_at"), row.constant("status", Status.class),
                row.uuidOrNull("decided_by"), row.instantOrNull("decided_at"), row.textOrNull("ground"));
    }
}
