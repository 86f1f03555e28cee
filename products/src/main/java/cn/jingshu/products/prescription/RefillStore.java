package cn.jingshu.products.prescription;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.Row;
import cn.jingshu.products.prescription.v1.Status;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Renewals and their steps. Every change names the states it may start from, so two calls at once cannot both make it.
 */
final class RefillStore {
    private static final String ADD = """
            INSERT INTO refill (refill_id, person, drug_token, days, status, rules_version, requested_at)
            VALUES (?, ?, ?, ?, 'REQUESTED', ?, ?)
            """;
    private static final String FIND = """
            SELECT CAST(refill_id AS text) AS refill_id, drug_token, days, status, rules_version, signature_reference, decided_at, institution,
                   settlement_reference
              FROM refill WHERE refill_id = ? AND person = ?
            """;
    private static final String DECIDE = """
            UPDATE refill SET status = ?, days = ?, practitioner = ?, hospital = ?, signature_reference = ?, decided_at = ?, rules_version = ?
             WHERE refill_id = ? AND person = ? AND status = 'REQUESTED'
            """;
    private static final String ROUTE = """
            UPDATE refill SET status = 'ROUTED', institution = ?
             WHERE refill_id = ? AND person = ? AND status IN ('APPROVED', 'ROUTED') AND decided_at > ?
            """;
    private static final String DISPENSE = """
            UPDATE refill SET status = 'DISPENSED', settlement_reference = ?
             WHERE refill_id = ? AND person = ? AND status = 'ROUTED' AND institution = ? AND decided_at > ?
            """;
    private static final String STEP = """
            INSERT INTO refill_step (refill_id, step, status, institution, at)
            SELECT ?, coalesce(max(step), 0) + 1, ?, ?, ? FROM refill_step WHERE refill_id = ?
            """;
    private static final String STEPS = "SELECT status, at FROM refill_step WHERE refill_id = ? ORDER BY step";

    /** A renewal as it stands. */
    record Refill(String refillId, String drugToken, int days, Status status, String rulesVersion, Optional<String> signatureReference,
            Optional<Instant> decidedAt, Optional<String> institution, Optional<String> settlementReference) {}

    record Step(Status status, Instant at) {}

    /** The decision of a doctor. */
    record DoctorsWord(boolean approve, int days, String practitioner, String hospital, String signatureReference) {}

    private final DataSession session;
    private final String person;

    /** @param person token of the patient: of other people's renewals nothing is found */
    RefillStore(DataSession session, String person) {
        this.session = session;
        this.person = person;
    }

    UUID add(String drugToken, int days, String rulesVersion, Instant at) {
        UUID id = UUID.randomUUID();
        session.change(ADD, id, person, drugToken, days, rulesVersion, at);
        step(id, Status.REQUESTED, null, at);
        return id;
    }

    /** @param id what a caller sent; anything that is no id finds nothing */
    Optional<Refill> find(String id) {
        return uuid(id).flatMap(uuid -> session.find(FIND, RefillStore::refill, uuid, person));
    }

    /** False: it is decided already. */
    boolean decide(UUID id, DoctorsWord word, String rulesVersion, Instant at) {
        Status status = word.approve() ? Status.APPROVED : Status.DECLINED;
        return stepped(session.change(DECIDE, status.name(), word.days(), word.practitioner(), word.hospital(), word.signatureReference(), at,
                rulesVersion, id, person), id, status, null, at);
    }

    /** False: it is not approved, was decided before {@code decidedAfter} and so is expired, or is handed out. */
    boolean route(UUID id, String institution, Instant decidedAfter, Instant at) {
        return stepped(session.change(ROUTE, institution, id, person, decidedAfter), id, Status.ROUTED, institution, at);
    }

    /** False: the patient did not choose this place, or it is expired or handed out. */
    boolean dispense(UUID id, String institution, String settlementReference, Instant decidedAfter, Instant at) {
        return stepped(session.change(DISPENSE, settlementReference, id, person, institution, decidedAfter), id, Status.DISPENSED, institution, at);
    }

    List<Step> steps(UUID id) {
        return session.select(STEPS, row -> new Step(Status.valueOf(row.text("status")), row.instant("at")), id);
    }

    private boolean stepped(int changed, UUID id, Status status, @Nullable String institution, Instant at) {
        if (changed == 1) {
            step(id, status, institution, at);
        }
        return changed == 1;
    }

    private void step(UUID id, Status status, @Nullable String institution, Instant at) {
        session.change(STEP, id, status.name(), institution, at, id);
    }

    private static Refill refill(Row row) {
        return new Refill(row.text("refill_id"), row.text("drug_token"), (int) row.integer("days"), Status.valueOf(row.text("status")),
                row.text("rules_version"), row.findText("signature_reference"), row.findInstant("decided_at"), row.findText("institution"),
                row.findText("settlement_reference"));
    }

    static Optional<UUID> uuid(String text) {
        try {
            return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
        } catch (IllegalArgumentException wrong) {
            return Optional.empty(); // no id of ours
        }
    }
}
