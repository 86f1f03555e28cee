package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import com.google.protobuf.ByteString;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Calls that came with an idempotency key, and their answers, shared by every node through PostgreSQL.
 *
 * <p>A call is claimed before it is answered and its answer kept before it is sent. A claim whose node died is taken
 * over by the next retry after {@code abandonedAfter}, under the same event id, so that however the first run ended the
 * call is counted once. Every method waits for the database and must not be called on an event loop.
 */
public final class StoredCalls {
    private static final int MOST_FORGOTTEN_AT_ONCE = 5_000;

    private static final String CLAIM = """
            INSERT INTO market.idempotent_call AS c
                   (subscription_id, key_hash, request_hash, event_id, occurred_at, claimed_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT idempotent_call_pk DO UPDATE
               SET request_hash = EXCLUDED.request_hash, event_id = EXCLUDED.event_id,
                   occurred_at = EXCLUDED.occurred_at, claimed_at = EXCLUDED.claimed_at,
                   answered_at = NULL, answer = NULL, expires_at = EXCLUDED.expires_at
             WHERE c.expires_at <= EXCLUDED.claimed_at
            """;
    private static final String LOCK = """
            SELECT request_hash, event_id, occurred_at, claimed_at, answer
              FROM market.idempotent_call
             WHERE subscription_id = ? AND key_hash = ?
               FOR UPDATE
            """;
    private static final String TAKE_OVER = """
            UPDATE market.idempotent_call
               SET claimed_at = ?
             WHERE subscription_id = ? AND key_hash = ?
            """;
    private static final String ANSWER = """
            UPDATE market.idempotent_call
               SET answer = ?, answered_at = ?
             WHERE subscription_id = ? AND key_hash = ? AND event_id = ? AND answered_at IS NULL
            """;
    private static final String GIVE_UP = """
            DELETE FROM market.idempotent_call
             WHERE subscription_id = ? AND key_hash = ? AND event_id = ? AND claimed_at = ? AND answered_at IS NULL
            """;
    private static final String FORGET = """
            DELETE FROM market.idempotent_call
             WHERE (subscription_id, key_hash) IN (
                   SELECT subscription_id, key_hash
                     FROM market.idempotent_call
                    WHERE expires_at <= ?
                    LIMIT ?
                      FOR UPDATE SKIP LOCKED)
            """;

    private final Database database;
    private final AnswerSeal seal;
    private final Clock clock;
    private final Duration life;
    private final Duration abandonedAfter;

    /**
     * @param life how long a retry still finds its answer
     * @param abandonedAfter how long a run may take before its node counts as dead; longer than any answer may take
     */
    StoredCalls(Database database, AnswerSeal seal, Clock clock, Duration life, Duration abandonedAfter) {
        this.database = database;
        this.seal = seal;
        this.clock = clock;
        this.life = life;
        this.abandonedAfter = abandonedAfter;
    }

    /** How long a retry still finds its answer. */
    public Duration life() {
        return life;
    }

    private record Found(
            ByteString requestHash, UUID eventId, Instant occurredAt, Instant claimedAt, @Nullable ByteString answer) {
        static Found read(Row row) throws SQLException {
            byte[] answer = row.bytesOrNull("answer");
            return new Found(ByteString.copyFrom(row.bytes("request_hash")), row.uuid("event_id"),
                    row.instant("occurred_at"), row.instant("claimed_at"),
                    answer == null ? null : ByteString.copyFrom(answer));
        }
    }

    /**
     * Claims a call, or says what became of it.
     *
     * @param requestHash SHA-256 of the operation and the request
     * @param eventId under which it will be recorded when it is new
     * @throws DatabaseException when the database is away: nothing is claimed, and nothing may be answered
     */
    public Claim claim(Caller caller, IdempotencyKey key, ByteString requestHash, UUID eventId) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        byte[] hash = seal.lookUpHash(caller, key);
        return database.inTransaction(t -> {
            int claimed = t.change(
                    CLAIM, caller.subscriptionId(), hash, requestHash.toByteArray(), eventId, now, now, now.plus(life));
            if (claimed == 1) {
                return new Claim.Ours(eventId, now, now);
            }
            Optional<Found> found = t.find(LOCK, Found::read, caller.subscriptionId(), hash);
            if (found.isEmpty()) {
                // It was given up between the two statements; the caller's next try finds the way free.
                return new Claim.Running(Duration.ofSeconds(1));
            }
            return known(t, caller, key, hash, requestHash, found.get(), now);
        });
    }

    private Claim known(Transaction t, Caller caller, IdempotencyKey key, byte[] hash, ByteString requestHash,
            Found found, Instant now) throws SQLException {
        if (!found.requestHash().equals(requestHash)) {
            return new Claim.OtherRequest();
        }
        ByteString answer = found.answer();
        if (answer != null) {
            return new Claim.Answered(
                    found.eventId(), ByteString.copyFrom(seal.open(caller, key, answer.toByteArray())));
        }
        if (found.claimedAt().plus(abandonedAfter).isAfter(now)) {
            return new Claim.Running(Duration.ofSeconds(1));
        }
        t.change(TAKE_OVER, now, caller.subscriptionId(), hash);
        return new Claim.Ours(found.eventId(), found.occurredAt(), now);
    }

    /** Keeps the answer of a call that was ours. */
    public void answered(Caller caller, IdempotencyKey key, Claim.Ours ours, ByteString answer) {
        byte[] hash = seal.lookUpHash(caller, key);
        byte[] sealed = seal.seal(caller, key, answer.toByteArray());
        // Whichever run of it answers first: every run is recorded under the same event.
        int _ = database.inTransaction(
                t -> t.change(ANSWER, sealed, clock.instant(), caller.subscriptionId(), hash, ours.eventId()));
    }

    /** The call was not answered after all: a retry begins anew. A run that was taken over gives nothing up. */
    public void giveUp(Caller caller, IdempotencyKey key, Claim.Ours ours) {
        byte[] hash = seal.lookUpHash(caller, key);
        int _ = database.inTransaction(
                t -> t.change(GIVE_UP, caller.subscriptionId(), hash, ours.eventId(), ours.claimedAt()));
    }

    /** Deletes what has outlived its time; says how many. */
    int forgetExpired() {
        int all = 0;
        int some;
        do {
            some = database.inTransaction(t -> t.change(FORGET, clock.instant(), MOST_FORGOTTEN_AT_ONCE));
            all += some;
        } while (some == MOST_FORGOTTEN_AT_ONCE);
        return all;
    }
}
