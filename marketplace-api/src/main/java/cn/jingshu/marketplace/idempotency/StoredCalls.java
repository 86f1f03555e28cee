package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.idempotency.CallStore.Kept;
import cn.jingshu.marketplace.idempotency.CallStore.Name;
import cn.jingshu.marketplace.idempotency.CallStore.Recording;
import cn.jingshu.marketplace.idempotency.CallStore.Rows;
import cn.jingshu.marketplace.store.DatabaseException;
import com.google.protobuf.ByteString;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

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

    private final CallStore store;
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
            CallStore store, AnswerSeal seal, NodeLife node, Clock clock, Duration life, Duration abandonedAfter) {
        this.store = store;
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
        change(rows -> rows.beginLife(node, clock.instant()));
    }

    /**
     * Claims a call, or says what became of it.
     *
     * @param requestHash SHA-256 of the operation and the request
     * @param eventId under which it will be recorded when it is new
     * @throws DatabaseException when the database is away: nothing is claimed, and nothing may be answered
     */
    public Claim claim(Caller caller, IdempotencyKey key, ByteString requestHash, UUID eventId) {
        return claim(caller, key, requestHash, eventId, now(), false);
    }

    /**
     * As {@link #claim}, of a stream. It runs until {@link #ended}, or until its node begins another life, however long that takes; what
     * is kept for it as its answer, once its first minute is recorded, is told after that.
     *
     * @param now of {@link #now}; together with {@code eventId} it tells this claim from all others, should its answer be lost
     */
    public Claim claimStream(Caller caller, IdempotencyKey key, ByteString requestHash, UUID eventId, Instant now) {
        return claim(caller, key, requestHash, eventId, now, true);
    }

    /** The moment of a claim, as it is kept. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private Claim claim(Caller caller, IdempotencyKey key, ByteString requestHash, UUID eventId, Instant now, boolean stream) {
        Name name = name(caller, key);
        return store.inTransaction(rows -> {
            if (rows.claim(name, requestHash, eventId, now, node.lifeId(), now.plus(life), stream)) {
                return new Claim.Ours(eventId, now, now, false, false);
            }
            Optional<Kept> kept = rows.find(name);
            if (kept.isEmpty()) {
                // It was given up between the two statements; the caller's next try finds the way free.
                return new Claim.Running(Duration.ofSeconds(1));
            }
            return known(rows, caller, key, name, requestHash, kept.get(), now);
        });
    }

    private Claim known(Rows rows, Caller caller, IdempotencyKey key, Name name, ByteString requestHash, Kept kept,
            Instant now) throws SQLException {
        if (!kept.requestHash().equals(requestHash)) {
            return new Claim.OtherRequest();
        }
        if (kept.stream() && kept.inThisLife()) {
            return new Claim.Running(Duration.ofSeconds(1));
        }
        ByteString answer = kept.answer();
        if (answer != null) {
            return new Claim.Answered(
                    kept.eventId(), ByteString.copyFrom(seal.open(caller, key, answer.toByteArray())));
        }
        if (kept.inThisLife() && kept.claimedAt().plus(abandonedAfter).isAfter(now)) {
            return new Claim.Running(Duration.ofSeconds(1));
        }
        rows.takeOver(name, now, node.lifeId());
        boolean recorded = rows.recording(caller.subscriptionId(), kept.eventId(), kept.occurredAt()) == Recording.STORED;
        return new Claim.Ours(kept.eventId(), kept.occurredAt(), now, true, recorded);
    }

    private Name name(Caller caller, IdempotencyKey key) {
        return new Name(caller.subscriptionId(), ByteString.copyFrom(seal.lookUpHash(caller, key)));
    }

    /** Keeps the answer of a call that was ours. */
    public void answered(Caller caller, IdempotencyKey key, Claim.Ours ours, ByteString answer) {
        Name name = name(caller, key);
        byte[] sealed = seal.seal(caller, key, answer.toByteArray());
        // Whichever run of it answers first: every run is recorded under the same event.
        change(rows -> rows.answer(name, ours.eventId(), sealed, clock.instant()));
    }

    /**
     * The call was not answered after all: a retry runs at once. It begins anew, unless this run had taken the call over:
     * the run before it may have recorded its event, so the call keeps it. A run that was taken over gives nothing up.
     */
    public void giveUp(Caller caller, IdempotencyKey key, Claim.Ours ours) {
        if (ours.takenOver()) {
            letGo(caller, key, ours);
        } else {
            Name name = name(caller, key);
            change(rows -> rows.giveUp(name, ours.eventId(), ours.claimedAt(), node.lifeId()));
        }
    }

    /**
     * Whether an earlier run of the call has recorded its event, or may have: nobody may be told that it is refused, since it may be on the bill.
     * A journal that nobody knows of any more (its node was written off, or PostgreSQL has crashed since that node died) is not waited for.
     */
    public boolean mayBeRecorded(Caller caller, Claim.Ours ours) {
        return ours.takenOver() && store.inTransaction(
                rows -> rows.recording(caller.subscriptionId(), ours.eventId(), ours.occurredAt()) != Recording.NOWHERE);
    }

    /** As {@link #giveUp}, where this run may itself have recorded its event: a retry runs at once, under that event. */
    public void letGo(Caller caller, IdempotencyKey key, Claim.Ours ours) {
        Name name = name(caller, key);
        change(rows -> rows.letGo(name, ours.eventId(), ours.claimedAt(), node.lifeId()));
    }

    /**
     * A stream of which nothing was recorded yet begins a later minute: from now on its event is of this moment, and so are its price, quota and
     * month. One that was taken over keeps the moment it had, since its event may be recorded with that.
     *
     * @return as the claim stands now
     */
    public Claim.Ours move(Caller caller, IdempotencyKey key, Claim.Ours ours) {
        if (ours.takenOver()) {
            return ours;
        }
        Name name = name(caller, key);
        Instant now = now();
        change(rows -> rows.move(name, ours.eventId(), ours.claimedAt(), node.lifeId(), now, now.plus(life)));
        return new Claim.Ours(ours.eventId(), now, ours.claimedAt(), false, false);
    }

    /**
     * Undoes the claim of a stream of which nobody knows whether it stands: the answer to it was lost. Nothing was begun under {@code eventId}, so a
     * new key is free again; one that was taken over keeps the event of the run before, and nobody runs it.
     *
     * @param claimedAt the moment it was claimed with
     */
    public void forgetClaim(Caller caller, IdempotencyKey key, UUID eventId, Instant claimedAt) {
        Name name = name(caller, key);
        change(rows -> rows.forgetClaim(name, eventId, claimedAt, node.lifeId()));
    }

    /** The stream has ended, whatever of it was recorded: its key tells what is kept, or runs it again under the same event. */
    public void ended(Caller caller, IdempotencyKey key, Claim.Ours ours) {
        Name name = name(caller, key);
        change(rows -> rows.end(name, ours.eventId(), ours.claimedAt(), node.lifeId()));
    }

    private void change(Change change) {
        var _ = store.inTransaction(rows -> {
            change.on(rows);
            return true;
        });
    }

    private interface Change {
        void on(Rows rows) throws SQLException;
    }

    /** Deletes what has outlived its time; says how many. */
    int forgetExpired() {
        int all = 0;
        int some;
        do {
            some = store.inTransaction(rows -> rows.forget(clock.instant(), MOST_FORGOTTEN_AT_ONCE));
            all += some;
        } while (some == MOST_FORGOTTEN_AT_ONCE);
        return all;
    }
}
