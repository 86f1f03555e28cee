package cn.jingshu.products.health.session;

import cn.jingshu.products.domain.DataSession;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** The sessions of people who have proved who they are, in the product's own state. */
public final class Sessions {
    private static final int ID_BYTES = 32;

    private static final String FORGET_SESSIONS = "DELETE FROM health_session WHERE expires_at <= ?";
    private static final String FORGET_PROOFS = "DELETE FROM used_proof WHERE expires_at <= ?";
    private static final String USE_PROOF = """
            INSERT INTO used_proof (proof_digest, expires_at) VALUES (?, ?) ON CONFLICT ON CONSTRAINT used_proof_pk DO NOTHING
            """;
    private static final String OPEN = """
            INSERT INTO health_session (session_digest, person, opened_at, expires_at) VALUES (?, ?, ?, ?)
            """;
    private static final String OPENED = """
            SELECT expires_at FROM health_session WHERE session_digest = ? AND person = ? AND expires_at > ?
            """;
    private static final String CLOSE = "DELETE FROM health_session WHERE session_digest = ? AND person = ?";

    private final SecureRandom random = new SecureRandom();
    private final Duration lasts;

    /** @param lasts how long a session is good */
    public Sessions(Duration lasts) {
        this.lasts = lasts;
    }

    /** A session's id, told once, and its end. */
    public record Opened(String sessionId, Instant expiresAt) {}

    /** Opens a session for a person by a proof; empty: the proof was used before. */
    public Optional<Opened> open(DataSession session, String person, IdentityProofs.Verdict.Proved proof, Instant now) {
        session.change(FORGET_SESSIONS, now);
        session.change(FORGET_PROOFS, now);
        if (session.change(USE_PROOF, Digests.of(proof.proofId()), proof.expiresAt()) == 0) {
            return Optional.empty();
        }
        return Optional.of(open(session, person, now));
    }

    /** Opens a session for a person who needs no proof: a made-up one of the sandbox. */
    public Opened open(DataSession session, String person, Instant now) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Instant expiresAt = now.plus(lasts);
        session.change(OPEN, Digests.of(id), person, now, expiresAt);
        return new Opened(id, expiresAt);
    }

    /** Whether this is a session of this person that has not ended. */
    public boolean isOpen(DataSession session, String sessionId, String person, Instant now) {
        return session.find(OPENED, row -> row.instant("expires_at"), Digests.of(sessionId), person, now).isPresent();
    }

    /** Ends a session; false: there was none of this person. */
    public boolean close(DataSession session, String sessionId, String person) {
        return session.change(CLOSE, Digests.of(sessionId), person) > 0;
    }
}
