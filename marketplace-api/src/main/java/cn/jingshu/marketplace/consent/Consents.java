package cn.jingshu.marketplace.consent;

import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.pricing.Purpose;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The consents people gave, and their withdrawals; a withdrawal holds for every later call and undoes none before it. */
@Singleton
public final class Consents {
    private static final String ADD = """
            INSERT INTO market.consent
                   (id, subject_token, recipient_id, scenario_id, purpose, product_code, operations, notice_version,
                    evidence, starts_at, ends_at, recorded_by, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT consent_pk DO NOTHING
            """;
    private static final String BY_ID = """
            SELECT id, subject_token, recipient_id, scenario_id, purpose, product_code, operations, notice_version,
                   evidence, starts_at, ends_at, recorded_by, recorded_at, withdrawn_at
              FROM market.consent
             WHERE id = ?
            """;
    private static final String PAGE = """
            SELECT id, subject_token, recipient_id, scenario_id, purpose, product_code, operations, notice_version,
                   evidence, starts_at, ends_at, recorded_by, recorded_at, withdrawn_at
              FROM market.consent
             WHERE id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final String PAGE_OF_RECIPIENT = """
            SELECT id, subject_token, recipient_id, scenario_id, purpose, product_code, operations, notice_version,
                   evidence, starts_at, ends_at, recorded_by, recorded_at, withdrawn_at
              FROM market.consent
             WHERE recipient_id = ? AND id > ?
             ORDER BY id
             LIMIT ?
            """;
    private static final String WITHDRAW = """
            UPDATE market.consent SET withdrawn_at = ?, withdrawn_by = ? WHERE id = ? AND withdrawn_at IS NULL
            """;

    private final Database database;
    private final Clock clock;

    public Consents(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A consent as it was recorded; {@code withdrawnAt} null: not withdrawn. */
    public record Recorded(Consent consent, UUID recordedBy, Instant recordedAt, @Nullable Instant withdrawnAt) {}

    /** Records a consent under an id its maker chose; who records it answers for the evidence (PIPL 69). */
    public Change give(Consent given, UUID recordedBy) {
        try {
            return database.inTransaction(t -> {
                if (t.change(ADD, given.id(), given.subject().bytes(), given.recipientId(), given.scenarioId(),
                        given.purpose(), given.product(), given.operations(), given.noticeVersion(), given.evidence(),
                        given.startsAt(), given.endsAt(), recordedBy, clock.instant()) == 0) {
                    boolean same = t.find(BY_ID, Consents::read, given.id())
                            .filter(before -> before.consent().equals(given)).isPresent();
                    return same ? new Change.Done(true) : new Change.Refused(Change.Fault.ID_TAKEN);
                }
                AuditLog.append(t, clock, recordedBy, "consent.record", "consent", given.id(),
                        Map.of("recipient", given.recipientId().toString(), "product", given.product()));
                return new Change.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("consent_recipient_fk") || e.violates("consent_scenario_fk")) {
                return new Change.Refused(Change.Fault.NAMES_UNKNOWN);
            }
            throw e;
        }
    }

    /** Withdraws a consent for good, at any minute and without a reason. */
    public Change withdraw(UUID id, UUID enteredBy) {
        return database.inTransaction(t -> {
            if (t.change(WITHDRAW, clock.instant(), enteredBy, id) == 0) {
                return t.find(BY_ID, Consents::read, id).isPresent()
                        ? new Change.Done(true)
                        : new Change.Refused(Change.Fault.UNKNOWN);
            }
            AuditLog.append(t, clock, enteredBy, "consent.withdraw", "consent", id, Map.of());
            return new Change.Done(false);
        });
    }

    public Optional<Recorded> find(UUID id) {
        return database.inTransaction(t -> t.find(BY_ID, Consents::read, id));
    }

    /**
     * At most {@code most} consents behind the id {@code after}, in the order of ids.
     *
     * @param recipientId whose they are; null: everybody's
     * @param after null: from the first
     */
    public List<Recorded> list(@Nullable UUID recipientId, @Nullable UUID after, int most) {
        UUID behind = after == null ? new UUID(0, 0) : after;
        return database.inTransaction(t -> recipientId == null
                ? t.list(PAGE, Consents::read, behind, most)
                : t.list(PAGE_OF_RECIPIENT, Consents::read, recipientId, behind, most));
    }

    private static Recorded read(Row row) throws SQLException {
        return new Recorded(
                new Consent(row.uuid("id"), SubjectToken.of(row.bytes("subject_token")), row.uuid("recipient_id"),
                        row.uuid("scenario_id"), row.constant("purpose", Purpose.class), row.text("product_code"),
                        Set.copyOf(row.texts("operations")), row.text("notice_version"), row.text("evidence"),
                        row.instant("starts_at"), row.instant("ends_at")),
                row.uuid("recorded_by"), row.instant("recorded_at"), row.instantOrNull("withdrawn_at"));
    }
}
