package cn.jingshu.marketplace.party;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Transaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Who is signed in. A session ends by itself, on signing out, and when the person's roles change. */
@Singleton
public final class Sessions {
    private static final String START = """
            INSERT INTO market.session (token_hash, person_id, created_at, expires_at) VALUES (?, ?, ?, ?)
            """;
    private static final String DROP_EXPIRED = """
            DELETE FROM market.session WHERE expires_at <= ?
            """;
    private static final String FIND = """
            SELECT p.id, p.organisation_id, p.sign_in_name, p.display_name, p.roles, s.expires_at
              FROM market.session s
              JOIN market.person p ON p.id = s.person_id
             WHERE s.token_hash = ? AND s.expires_at > ?
            """;
    private static final String END = """
            DELETE FROM market.session WHERE token_hash = ?
            """;
    private static final String END_ALL_OF = """
            DELETE FROM market.session WHERE person_id = ?
            """;

    private final Database database;
    private final Clock clock;

    public Sessions(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    record Started(SessionToken token, Instant expiresAt) {}

    /** A session that holds at the moment of asking. */
    public record Session(SessionToken token, Person person, Instant expiresAt) {}

    Started start(UUID personId, Duration length) {
        SessionToken token = SessionToken.next();
        Instant now = clock.instant();
        Instant expiresAt = now.plus(length);
        database.inTransaction(t -> {
            t.change(DROP_EXPIRED, now);
            return t.change(START, token.hash(), personId, now, expiresAt);
        });
        return new Started(token, expiresAt);
    }

    /** The session behind a cookie; empty when it is unknown or has ended. */
    public Optional<Session> find(SessionToken token) {
        return database.inTransaction(t -> t.find(FIND,
                row -> new Session(token, People.read(row), row.instant("expires_at")), token.hash(), clock.instant()));
    }

    /** Signs out; ending an unknown session is not an error. */
    public void end(SessionToken token) {
        database.inTransaction(t -> t.change(END, token.hash()));
    }

    /** Signs a person out everywhere. */
    public void endAllOf(UUID personId) {
        database.inTransaction(t -> endAllOf(t, personId));
    }

    static int endAllOf(Transaction t, UUID personId) throws SQLException {
        return t.change(END_ALL_OF, personId);
    }
}
