package cn.jingshu.marketplace.party;

import cn.jingshu.marketplace.store.Database;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signing in by name and password. An unknown name, a wrong password and a locked name look the same for names that
 * exist and for names that do not: same work, same answer, same lock.
 */
@Singleton
public final class SignIn {
    private static final String PASSWORD_OF = """
            SELECT id, organisation_id, sign_in_name, display_name, roles, password_hash
              FROM market.person
             WHERE sign_in_name = ?
            """;
    private static final String ATTEMPT = """
            SELECT failures, locked_until FROM market.sign_in_attempt WHERE name_hash = ? FOR UPDATE
            """;
    private static final String FIRST_ATTEMPT = """
            INSERT INTO market.sign_in_attempt (name_hash, failures, last_at) VALUES (?, 0, ?)
            ON CONFLICT ON CONSTRAINT sign_in_attempt_pk DO NOTHING
            """;
    private static final String COUNT_FAILURE = """
            UPDATE market.sign_in_attempt SET failures = ?, last_at = ?, locked_until = ? WHERE name_hash = ?
            """;
    private static final String FORGET = """
            DELETE FROM market.sign_in_attempt WHERE name_hash = ? OR last_at < ?
            """;
    private static final Duration MEMORY = Duration.ofDays(1);

    private final Database database;
    private final Passwords passwords;
    private final Sessions sessions;
    private final SignInSettings settings;
    private final Clock clock;

    public SignIn(Database database, Passwords passwords, Sessions sessions, SignInSettings settings, Clock clock) {
        this.database = database;
        this.passwords = passwords;
        this.sessions = sessions;
        this.settings = settings;
        this.clock = clock;
    }

    /** The answer to an attempt to sign in. */
    public sealed interface Outcome {
        /** @param token for the cookie; it is shown this once */
        record SignedIn(SessionToken token, Instant expiresAt, Person person) implements Outcome {}

        /** The name or the password is wrong; which of the two stays unsaid. */
        record Refused() implements Outcome {}

        /** Too many failures on this name; nothing was checked. */
        record Locked(Duration retryAfter) implements Outcome {}
    }

    private record Account(Person person, String passwordHash) {}

    private record Attempt(int failures, @Nullable Instant lockedUntil) {}

    public Outcome signIn(String typedName, char[] password) {
        String name = Person.normalise(typedName);
        byte[] nameHash = sha256(name);
        // Counted before the password is looked at: attempts made at once each use up one of the few allowed.
        Optional<Duration> locked = countAttempt(nameHash);
        if (locked.isPresent()) {
            return new Outcome.Locked(locked.get());
        }
        Optional<Account> account = database.inTransaction(t -> t.find(PASSWORD_OF,
                row -> new Account(People.read(row), row.text("password_hash")), name));
        if (account.isEmpty()) {
            passwords.matchNobody(password);
            return new Outcome.Refused();
        }
        if (!passwords.matches(password, account.get().passwordHash())) {
            return new Outcome.Refused();
        }
        database.inTransaction(t -> t.change(FORGET, nameHash, clock.instant().minus(MEMORY)));
        Person person = account.get().person();
        Sessions.Started started = sessions.start(person.id(), settings.sessionLength());
        return new Outcome.SignedIn(started.token(), started.expiresAt(), person);
    }

    /** Counts one failure, to be forgotten on success; a locked name answers how long it stays so. */
    private Optional<Duration> countAttempt(byte[] nameHash) {
        return database.inTransaction(t -> {
            Instant now = clock.instant();
            t.change(FIRST_ATTEMPT, nameHash, now);
            Attempt before = t.find(ATTEMPT,
                            row -> new Attempt(row.integer("failures"), row.instantOrNull("locked_until")), nameHash)
                    .orElseThrow();
            Instant lockedUntil = before.lockedUntil();
            if (lockedUntil != null && now.isBefore(lockedUntil)) {
                return Optional.of(Duration.between(now, lockedUntil));
            }
            int failures = before.failures() + 1;
            Duration lock = settings.lockAfter(failures);
            t.change(COUNT_FAILURE, failures, now, lock.isZero() ? null : now.plus(lock), nameHash);
            return Optional.empty();
        });
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
