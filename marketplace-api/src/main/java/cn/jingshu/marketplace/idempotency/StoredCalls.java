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
 * over by the next retry, once that node has started again or after {@code abandonedAfter}, under the same event id, so
 * that however the first run ended the call is counted once. Every method waits for the database and must not be called
 * on an event loop.
 */
public final class StoredCalls {
    private static final int MOST_FORGOTTEN_AT_ONCE = 5_000;

    private static final String BEGIN_LIFE = """
            INSERT INTO market.node_life (node_id, life_id, began_at)
            VALUES (?, ?, ?)
            ON CONFLICT ON CONSTRAINT node_life_pk DO UPDATE
               SET life_id = EXCLUDED.life_id, began_at = EXCLUDED.began_at
            """;
    private static final String CLAIM = """
            INSERT INTO market.idempotent_call AS c
                   (subscription_id, key_hash, request_hash, event_id, occurred_at, claimed_at, running_life, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT idempotent_call_pk DO UPDATE
               SET request_hash = EXCLUDED.request_hash, event_id = EXCLUDED.event_id,
                   occurred_at = EXCLUDED.occurred_at, claimed_at = EXCLUDED.claimed_at,
                   running_life = EXCLUDED.running_life,
                   answered_at = NULL, answer = NULL, expires_at = EXCLUDED.expires_at
             WHERE c.expires_at <= EXCLUDED.claimed_at
            """;
    private static final String LOCK = """
            SELECT c.request_hash, c.event_id, c.occurred_at, c.claimed_at, c.answer,
                   EXISTS (SELECT 1 FROM market.node_life n WHERE n.life_id = c.running_life) AS in_this_life
              FROM market.idempotent_call c
             WHERE c.subscription_id = ? AND c.key_hash = ?
               FOR UPDATE OF c
            """;
    private static final String TAKE_OVER = """
            UPDATE market.idempotent_call
               SET claimed_at = ?, running_life = ?
             WHERE subscription_id = ? AND key_hash = ?
            """;
    private static final String ANSWER = """
            UPDATE market.idempotent_call
               SET answer = ?, answered_at = ?
             WHERE subscription_id = ? AND key_hash = ? AND event_id = ? AND answered_at IS NULL
            """;
    private static final String GIVE_UP = """
            DELETE FROM market.idempotent_call
             WHERE subscription_id = ? AND key_hash = ? AND event_id = ? AND claimed_at = ? AND running_life = ?
               AND answered_at IS NULL
            """;
    private static final String LET_GO = """
            UPDATE market.idempotent_call
               SET running_life = NULL
             WHERE subscription_id = ? AND key_hash = ? AND event_id = ? AND claimed_at = ? AND running_life = ?
               AND answered_at IS NULL
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
    private final NodeLife node;
    private final Clock clock;
    private final Duration life;
    private final Duration abandonedAfter;

    /**
     * @param node whose runs are claimed here; {@link #beginLife} makes it known before the first
     * @param life how long a retry still finds its answer
     * @param abandonedAfter how long a run may take before its node counts as dead; longer than any answer may take
     */
    StoredCalls(
            Database database, AnswerSeal seal, NodeLife node, Clock clock, Duration life, Duration abandonedAfter) {
        this.database = database;
        this.seal = seal;
        this.node = node;
        this.clock = clock;
        this.life = life;
        this.abandonedAfter = abandonedAfter;
    }

    /** How long a retry still finds its answer. */
    public Duration life() {
        return life;
    }

    /**
     * Makes this life of the node known: what its earlier lives left running has ended.
     *
     * @throws DatabaseException when the database is away
     */
    public void beginLife() {
        int _ = database.inTransaction(t -> t.change(BEGIN_LIFE, node.nodeId(), node.lifeId(), clock.instant()));
    }

    /** @param inThisLife the run that claimed it last has not let go of it, and its node was not started again since */
    private record Found(ByteString requestHash, UUID eventId, Instant occurredAt, Instant claimedAt,
            @Nullable ByteString answer, boolean inThisLife) {
        static Found read(Row row) throws SQLException {
            byte[] answer = row.bytesOrNull("answer");
            return new Found(ByteString.copyFrom(row.bytes("request_hash")), row.uuid("event_id"),
                    row.instant("occurred_at"), row.instant("claimed_at"),
                    answer == null ? null : ByteString.copyFrom(answer), row.flag("in_this_life"));
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
            int claimed = t.change(CLAIM, caller.subscriptionId(), hash, requestHash.toByteArray(), eventId, now, now,
                    node.lifeId(), now.plus(life));
            if (claimed == 1) {
                return new Claim.Ours(eventId, now, now, false);
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
        if (found.inThisLife() && found.claimedAt().plus(abandonedAfter).isAfter(now)) {
            return new Claim.Running(Duration.ofSeconds(1));
        }
        t.change(TAKE_OVER, now, node.lifeId(), caller.subscriptionId(), hash);
        return new Claim.Ours(found.eventId(), found.occurredAt(), now, true);
    }

    /** Keeps the answer of a call that was ours. */
    public void answered(Caller caller, IdempotencyKey key, Claim.Ours ours, ByteString answer) {
        byte[] hash = seal.lookUpHash(caller, key);
        byte[] sealed = seal.seal(caller, key, answer.toByteArray());
        // Whichever run of it answers first: every run is recorded under the same event.
        int _ = database.inTransaction(
                t -> t.change(ANSWER, sealed, clock.instant(), caller.subscriptionId(), hash, ours.eventId()));
    }

    /**
     * The call was not answered after all: a retry runs at once. It begins anew, unless this run had taken the call over:
     * the run before it may have recorded its event, so the call keeps it. A run that was taken over gives nothing up.
     */
    public void giveUp(Caller caller, IdempotencyKey key, Claim.Ours ours) {
        end(ours.takenOver() ? LET_GO : GIVE_UP, caller, key, ours);
    }

    /** As {@link #giveUp}, where this run may itself have recorded its event: a retry runs at once, under that event. */
    public void letGo(Caller caller, IdempotencyKey key, Claim.Ours ours) {
        end(LET_GO, caller, key, ours);
    }

    private void end(String statement, Caller caller, IdempotencyKey key, Claim.Ours ours) {
        byte[] hash = seal.lookUpHash(caller, key);
        int _ = database.inTransaction(t -> t.change(
                statement, caller.subscriptionId(), hash, ours.eventId(), ours.claimedAt(), node.lifeId()));
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
