package cn.jingshu.products.claims;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.spi.CallerRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The cases in the product's own state. Each belongs to the caller who opened it: to any other it is not there, whether it reads,
 * changes or opens it. Two who change one case at a time cannot both succeed: the version decides.
 */
final class CaseBook {
    private static final String OPEN = """
            INSERT INTO investigation (case_id, caller, claim_digest, subject_digest, state, version, opened_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT investigation_claim_once DO NOTHING
            """;
    private static final String BY_CLAIM = "SELECT case_id FROM investigation WHERE caller = ? AND claim_digest = ?";
    private static final String BY_ID = "SELECT subject_digest FROM investigation WHERE caller = ? AND case_id = ?";
    private static final String MOVE_ON = "UPDATE investigation SET state = ?, version = version + 1 WHERE case_id = ? AND version = ?";
    private static final String ADD = """
            INSERT INTO case_event (case_id, number, occurred_at, kind, body, sha256, sm3) VALUES (?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String EVENTS = """
            SELECT number, occurred_at, kind, body, sha256, sm3 FROM case_event WHERE case_id = ? ORDER BY number
            """;

    private CaseBook() {}

    /**
     * A case with its history.
     *
     * @param caller whose it is
     */
    record Held(UUID caseId, CallerRef caller, String subjectDigest, List<CaseEvent> events, CaseFile file) {
        Held {
            events = List.copyOf(events);
        }
    }

    /** The caller's case of a claim, opened now unless it was before. */
    static Held open(DataSession session, CallerRef caller, String claimDigest, String subjectDigest, CaseEvent opened) {
        UUID id = UUID.randomUUID();
        if (session.change(OPEN, id, caller.text(), claimDigest, subjectDigest, CaseState.OPEN.name(), 1, opened.at()) == 1) {
            add(session, id, opened);
        }
        return session.find(BY_CLAIM, r -> UUID.fromString(r.text("case_id")), caller.text(), claimDigest)
                .flatMap(found -> find(session, caller, found)).orElseThrow();
    }

    /** The caller's case with that id; empty also of another caller's. */
    static Optional<Held> find(DataSession session, CallerRef caller, UUID id) {
        return session.find(BY_ID, r -> r.text("subject_digest"), caller.text(), id).map(subject -> {
            List<CaseEvent> events = session.select(EVENTS, r -> new CaseEvent((int) r.integer("number"), r.instant("occurred_at"),
                    CaseEvent.Kind.valueOf(r.text("kind")), r.text("body"), r.text("sha256"), r.text("sm3")), id);
            return new Held(id, caller, subject, events, CaseFile.of(events));
        });
    }

    /** The case with one event more; empty: it was changed meanwhile. */
    static Optional<Held> add(DataSession session, Held held, Instant at, CaseEvent.Kind kind, Map<String, ?> body) {
        CaseEvent event = held.events().getLast().next(at, kind, body);
        if (session.change(MOVE_ON, held.file().state().after(kind).name(), held.caseId(), held.file().version()) == 0) {
            return Optional.empty();
        }
        add(session, held.caseId(), event);
        return find(session, held.caller(), held.caseId());
    }

    private static void add(DataSession session, UUID id, CaseEvent event) {
        session.change(ADD, id, event.number(), event.at(), event.kind().name(), event.body(), event.sha256(), event.sm3());
    }
}
