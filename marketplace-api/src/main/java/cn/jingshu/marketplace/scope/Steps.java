package cn.jingshu.marketplace.scope;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The steps after a fact was entered: approval by another person, suspension, resumption, the end; each logged once. */
final class Steps {
    private final Database database;
    private final Clock clock;
    private final String kind;
    private final Statements statements;

    /** @param kind of the fact, as the audit log names it */
    Steps(Database database, Clock clock, String kind, Statements statements) {
        this.database = database;
        this.clock = clock;
        this.kind = kind;
        this.statements = statements;
    }

    /**
     * The table's own statements. {@code standing} locks the row and takes its id; {@code approve} takes person, moment,
     * citation and id; {@code suspend} and {@code end} take the moment and the id; {@code resume} the id.
     */
    record Statements(String standing, String approve, String suspend, String resume, String end) {}

    private interface Step {
        Change on(Transaction t, Standing standing) throws SQLException;
    }

    private Change step(UUID id, Step step) {
        return database.inTransaction(t -> {
            Optional<Standing> standing = t.find(statements.standing(), Standing::read, id);
            return standing.isEmpty() ? new Change.Refused(Change.Fault.UNKNOWN) : step.on(t, standing.get());
        });
    }

    private Change done(Transaction t, UUID id, UUID decidedBy, String action, String ground) throws SQLException {
        AuditLog.append(t, clock, decidedBy, kind + "." + action, kind, id, Map.of("ground", ground));
        return new Change.Done(false);
    }

    /** @param citation the document the approval rests on */
    Change approve(UUID id, UUID approvedBy, String citation) {
        return step(id, (t, standing) -> {
            if (standing.endedAt() != null) {
                return new Change.Refused(Change.Fault.OVER);
            }
            if (standing.approvedAt() != null) {
                return new Change.Done(true);
            }
            if (standing.enteredBy().equals(approvedBy)) {
                return new Change.Refused(Change.Fault.SAME_PERSON);
            }
            t.change(statements.approve(), approvedBy, clock.instant(), citation, id);
            return done(t, id, approvedBy, "approve", citation);
        });
    }

    Change suspend(UUID id, UUID decidedBy, String reason) {
        return step(id, (t, standing) -> {
            if (standing.endedAt() != null) {
                return new Change.Refused(Change.Fault.OVER);
            }
            if (standing.suspendedAt() != null) {
                return new Change.Done(true);
            }
            t.change(statements.suspend(), clock.instant(), id);
            return done(t, id, decidedBy, "suspend", reason);
        });
    }

    Change resume(UUID id, UUID decidedBy, String reason) {
        return step(id, (t, standing) -> {
            if (standing.endedAt() != null) {
                return new Change.Refused(Change.Fault.OVER);
            }
            if (standing.suspendedAt() == null) {
                return new Change.Done(true);
            }
            t.change(statements.resume(), id);
            return done(t, id, decidedBy, "resume", reason);
        });
    }

    Change end(UUID id, UUID decidedBy, String reason) {
        return step(id, (t, standing) -> {
            if (standing.endedAt() != null) {
                return new Change.Done(true);
            }
            t.change(statements.end(), clock.instant(), id);
            return done(t, id, decidedBy, "end", reason);
        });
    }
}
