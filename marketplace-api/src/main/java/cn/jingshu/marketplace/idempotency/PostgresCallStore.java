package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import com.google.protobuf.ByteString;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Calls with their answers in PostgreSQL. */
record PostgresCallStore(Database database) implements CallStore {
    private static final String BEGIN_LIFE = """
            INSERT INTO market.node_life (node_id, life_id, began_at)
            VALUES (?, ?, ?)
            ON CONFLICT ON CONSTRAINT node_life_pk DO UPDATE
               SET life_id = EXCLUDED.life_id, began_at = EXCLUDED.began_at
            """;
    private static final String CLAIM = """
            INSERT INTO market.idempotent_call AS c
                   (subscription_id, key_hash, request_hash, event_id, occurred_at, claimed_at, running_life, expires_at, stream)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT idempotent_call_pk DO UPDATE
               SET request_hash = EXCLUDED.request_hash, event_id = EXCLUDED.event_id,
                   occurred_at = EXCLUDED.occurred_at, claimed_at = EXCLUDED.claimed_at,
                   running_life = EXCLUDED.running_life,
                   answered_at = NULL, answer = NULL, expires_at = EXCLUDED.expires_at, stream = EXCLUDED.stream
             WHERE c.expires_at <= EXCLUDED.claimed_at
            """;
    private static final String LOCK = """
            SELECT c.request_hash, c.event_id, c.occurred_at, c.claimed_at, c.answer, c.stream,
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
    /**
     * A node that speaks in its present life tells of everything it recorded until a moment ago, of earlier lives too: it is shipped, or in its sums. One that
     * is silent may hold whatever it recorded last; whoever ships its journal, or writes it off, takes its row away. One that began since and has not
     * spoken yet may hold what its life before recorded, unless that is known to be shipped.
     */
    private static final String RECORDING = """
            SELECT EXISTS (SELECT 1 FROM metering.usage_event e WHERE e.event_id = ? AND e.occurred_at = ?) AS stored,
                   EXISTS (
                   SELECT 1
                     FROM market.node_life l
                     LEFT JOIN metering.usage_live_node n ON n.node_id = l.node_id
                     LEFT JOIN metering.journal_position p ON p.node_id = l.node_id
                    WHERE CASE
                          WHEN n.node_id IS NULL
                          THEN l.began_at > CAST(? AS timestamptz)
                               AND NOT EXISTS (SELECT 1
                                                 FROM metering.quota_settlement s
                                                WHERE s.node_id = l.node_id AND s.settled_at > l.began_at)
                          ELSE n.recorded_until > CAST(? AS timestamptz) - INTERVAL '1 minute'
                               AND (n.heard_at < clock_timestamp() - INTERVAL '5 seconds'
                                    OR n.recorded_until < l.began_at
                                    OR (n.next_sequence > COALESCE(p.next_sequence, 1)
                                        AND (n.from_sequence <> COALESCE(p.next_sequence, 1)
                                             OR EXISTS (SELECT 1
                                                          FROM metering.usage_unshipped u
                                                         WHERE u.node_id = n.node_id AND u.part = metering.usage_part(?)
                                                           AND u.subscription_id = ?
                                                           AND u.hour = date_trunc('hour', CAST(? AS timestamptz), 'UTC')))))
                          END) AS may_come
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
    private static final String MOVE = """
            UPDATE market.idempotent_call
               SET occurred_at = ?, expires_at = ?
             WHERE subscription_id = ? AND key_hash = ? AND event_id = ? AND claimed_at = ? AND running_life = ?
               AND answered_at IS NULL
            """;
    private static final String FORGET_CLAIM = """
            DELETE FROM market.idempotent_call
             WHERE subscription_id = ? AND key_hash = ? AND event_id = ? AND answered_at IS NULL
            """;
    private static final String FORGET_TAKE_OVER = """
            UPDATE market.idempotent_call
               SET running_life = NULL
             WHERE subscription_id = ? AND key_hash = ? AND event_id <> ? AND claimed_at = ? AND running_life = ?
               AND answered_at IS NULL
            """;
    private static final String END = """
            UPDATE market.idempotent_call
               SET running_life = NULL
             WHERE subscription_id = ? AND key_hash = ? AND event_id = ? AND claimed_at = ? AND running_life = ?
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

    @Override
    public <T> T inTransaction(Work<T> work) {
        return database.inTransaction(t -> work.on(new InTransaction(t)));
    }

    private record InTransaction(Transaction t) implements Rows {
        @Override
        public void beginLife(NodeLife life, Instant beganAt) throws SQLException {
            t.change(BEGIN_LIFE, life.nodeId(), life.lifeId(), beganAt);
        }

        @Override
        public boolean claim(Name name, ByteString requestHash, UUID eventId, Instant claimedAt, UUID lifeId,
                Instant expiresAt, boolean stream) throws SQLException {
            return t.change(CLAIM, name.subscriptionId(), name.keyHash().toByteArray(), requestHash.toByteArray(), eventId,
                    claimedAt, claimedAt, lifeId, expiresAt, stream) == 1;
        }

        @Override
        public Optional<Kept> find(Name name) throws SQLException {
            return t.find(LOCK, InTransaction::read, name.subscriptionId(), name.keyHash().toByteArray());
        }

        private static Kept read(Row row) throws SQLException {
            byte[] answer = row.bytesOrNull("answer");
            return new Kept(ByteString.copyFrom(row.bytes("request_hash")), row.uuid("event_id"),
                    row.instant("occurred_at"), row.instant("claimed_at"),
                    answer == null ? null : ByteString.copyFrom(answer), row.flag("in_this_life"), row.flag("stream"));
        }

        @Override
        public void takeOver(Name name, Instant claimedAt, UUID lifeId) throws SQLException {
            t.change(TAKE_OVER, claimedAt, lifeId, name.subscriptionId(), name.keyHash().toByteArray());
        }

        @Override
        public Recording recording(UUID subscriptionId, UUID eventId, Instant occurredAt) throws SQLException {
            return t.find(RECORDING, InTransaction::recording, eventId, occurredAt, occurredAt, occurredAt,
                            subscriptionId, subscriptionId, occurredAt)
                    .orElseThrow();
        }

        private static Recording recording(Row row) throws SQLException {
            return row.flag("stored") ? Recording.STORED : row.flag("may_come") ? Recording.MAY_COME : Recording.NOWHERE;
        }

        @Override
        public void answer(Name name, UUID eventId, byte[] answer, Instant answeredAt) throws SQLException {
            t.change(ANSWER, answer, answeredAt, name.subscriptionId(), name.keyHash().toByteArray(), eventId);
        }

        @Override
        public void giveUp(Name name, UUID eventId, Instant claimedAt, UUID lifeId) throws SQLException {
            t.change(GIVE_UP, name.subscriptionId(), name.keyHash().toByteArray(), eventId, claimedAt, lifeId);
        }

        @Override
        public void letGo(Name name, UUID eventId, Instant claimedAt, UUID lifeId) throws SQLException {
            t.change(LET_GO, name.subscriptionId(), name.keyHash().toByteArray(), eventId, claimedAt, lifeId);
        }

        @Override
        public void move(Name name, UUID eventId, Instant claimedAt, UUID lifeId, Instant occurredAt, Instant expiresAt)
                throws SQLException {
            t.change(MOVE, occurredAt, expiresAt, name.subscriptionId(), name.keyHash().toByteArray(), eventId, claimedAt, lifeId);
        }

        @Override
        public void forgetClaim(Name name, UUID eventId, Instant claimedAt, UUID lifeId) throws SQLException {
            t.change(FORGET_CLAIM, name.subscriptionId(), name.keyHash().toByteArray(), eventId);
            t.change(FORGET_TAKE_OVER, name.subscriptionId(), name.keyHash().toByteArray(), eventId, claimedAt, lifeId);
        }

        @Override
        public void end(Name name, UUID eventId, Instant claimedAt, UUID lifeId) throws SQLException {
            t.change(END, name.subscriptionId(), name.keyHash().toByteArray(), eventId, claimedAt, lifeId);
        }

        @Override
        public int forget(Instant expired, int most) throws SQLException {
            return t.change(FORGET, expired, most);
        }
    }
}
