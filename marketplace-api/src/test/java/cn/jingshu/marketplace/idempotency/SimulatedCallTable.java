package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.apikey.Pepper;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.metering.simulation.Fault;
import cn.jingshu.metering.simulation.SimulatedProcess;
import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What {@link PostgresCallStore} keeps, as a model: each transaction is done whole or not at all, one after another, and
 * may lose its answer. {@code SimulatedFactsIT} holds it against the real store.
 */
public final class SimulatedCallTable {
    /** A database that does not keep its word, to show that the simulation notices. */
    public enum Lie {
        NONE,
        /** Now and then lets two runs claim one call. */
        CLAIMS_TWICE,
        /** Removes a call that was only let go, and with it the event under which it may be recorded. */
        FORGETS_WHAT_WAS_LET_GO
    }

    private record Row(ByteString requestHash, UUID eventId, Instant occurredAt, Instant claimedAt, @Nullable UUID lifeId,
            @Nullable ByteString answer, Instant expiresAt, boolean stream) {}

    private final Lie lie;
    private final Predicate<UUID> stored;
    private final Predicate<UUID> inAJournal;
    private Map<CallStore.Name, Row> calls = new HashMap<>();
    private Map<String, UUID> lives = new HashMap<>();
    private int lied;

    /** Beside a meter that records nothing. */
    SimulatedCallTable(Lie lie) {
        this(lie, _ -> false, _ -> false);
    }

    /**
     * @param stored the events that are stored
     * @param inAJournal those that a node's disk holds
     */
    public SimulatedCallTable(Lie lie, Predicate<UUID> stored, Predicate<UUID> inAJournal) {
        this.lie = lie;
        this.stored = stored;
        this.inAJournal = inAJournal;
    }

    CallStore reachedBy(SimulatedProcess process) {
        return new Store(process);
    }

    /** The stored calls of one life of a node, as they are, over this table. */
    public StoredCalls storedCalls(SimulatedProcess process, Pepper pepper, SecureRandom random, String nodeId, UUID lifeId,
            Clock clock, Duration life, Duration abandonedAfter) {
        return new StoredCalls(reachedBy(process), new AnswerSeal(pepper, random), new NodeLife(nodeId, lifeId), clock,
                life, abandonedAfter);
    }

    /** Deletes expired calls as every node does now and then. */
    public static int sweep(StoredCalls calls) {
        return calls.forgetExpired();
    }

    private boolean liesNow(Lie how) {
        return lie == how && ++lied % 3 == 0;
    }

    private final class Store implements CallStore {
        private final SimulatedProcess process;

        private Store(SimulatedProcess process) {
            this.process = process;
        }

        @Override
        public <T> T inTransaction(Work<T> work) {
            try {
                process.cross();
                if (process.meets(Fault.DATABASE_AWAY)) {
                    throw new SQLException("connection refused");
                }
                Transaction transaction = new Transaction();
                T result = work.on(transaction);
                calls = transaction.next;
                lives = transaction.nextLives;
                if (process.meets(Fault.ANSWER_LOST)) {
                    throw new SQLException("the connection was lost before the answer to COMMIT came");
                }
                process.cross();
                return result;
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
        }
    }

    private final class Transaction implements CallStore.Rows {
        private final Map<CallStore.Name, Row> next = new HashMap<>(calls);
        private final Map<String, UUID> nextLives = new HashMap<>(lives);

        @Override
        public void beginLife(NodeLife life, Instant beganAt) {
            nextLives.put(life.nodeId(), life.lifeId());
        }

        @Override
        public boolean claim(CallStore.Name name, ByteString requestHash, UUID eventId, Instant claimedAt, UUID lifeId,
                Instant expiresAt, boolean stream) {
            Row known = next.get(name);
            if (known != null && known.expiresAt().isAfter(claimedAt) && !liesNow(Lie.CLAIMS_TWICE)) {
                return false;
            }
            next.put(name, new Row(requestHash, eventId, claimedAt, claimedAt, lifeId, null, expiresAt, stream));
            return true;
        }

        @Override
        public Optional<CallStore.Kept> find(CallStore.Name name) {
            return Optional.ofNullable(next.get(name)).map(row -> new CallStore.Kept(row.requestHash(), row.eventId(),
                    row.occurredAt(), row.claimedAt(), row.answer(),
                    row.lifeId() != null && nextLives.containsValue(row.lifeId()), row.stream()));
        }

        @Override
        public void takeOver(CallStore.Name name, Instant claimedAt, UUID lifeId) {
            next.computeIfPresent(name, (_, row) -> new Row(row.requestHash(), row.eventId(), row.occurredAt(), claimedAt,
                    lifeId, row.answer(), row.expiresAt(), row.stream()));
        }

        @Override
        public CallStore.Recording recording(UUID subscriptionId, UUID eventId, Instant occurredAt) {
            return stored.test(eventId) ? CallStore.Recording.STORED
                    : inAJournal.test(eventId) ? CallStore.Recording.MAY_COME : CallStore.Recording.NOWHERE;
        }

        @Override
        public void answer(CallStore.Name name, UUID eventId, byte[] answer, Instant answeredAt) {
            Row row = next.get(name);
            if (row != null && row.eventId().equals(eventId) && row.answer() == null) {
                next.put(name, new Row(row.requestHash(), row.eventId(), row.occurredAt(), row.claimedAt(), row.lifeId(),
                        ByteString.copyFrom(answer), row.expiresAt(), row.stream()));
            }
        }

        @Override
        public void giveUp(CallStore.Name name, UUID eventId, Instant claimedAt, UUID lifeId) {
            if (isLastRun(name, eventId, claimedAt, lifeId)) {
                next.remove(name);
            }
        }

        @Override
        public void letGo(CallStore.Name name, UUID eventId, Instant claimedAt, UUID lifeId) {
            Row row = next.get(name);
            if (row != null && isLastRun(name, eventId, claimedAt, lifeId)) {
                if (lie == Lie.FORGETS_WHAT_WAS_LET_GO) {
                    next.remove(name);
                } else {
                    next.put(name, new Row(row.requestHash(), row.eventId(), row.occurredAt(), row.claimedAt(), null,
                            row.answer(), row.expiresAt(), row.stream()));
                }
            }
        }

        @Override
        public void move(CallStore.Name name, UUID eventId, Instant claimedAt, UUID lifeId, Instant occurredAt, Instant expiresAt) {
            if (isLastRun(name, eventId, claimedAt, lifeId)) {
                next.computeIfPresent(name, (_, row) -> new Row(row.requestHash(), row.eventId(), occurredAt, row.claimedAt(),
                        row.lifeId(), row.answer(), expiresAt, row.stream()));
            }
        }

        @Override
        public void forgetClaim(CallStore.Name name, UUID eventId, Instant claimedAt, UUID lifeId) {
            Row row = next.get(name);
            if (row == null || row.answer() != null) {
                return;
            }
            if (row.eventId().equals(eventId)) {
                next.remove(name);
            } else if (row.claimedAt().equals(claimedAt) && lifeId.equals(row.lifeId())) {
                next.put(name, new Row(row.requestHash(), row.eventId(), row.occurredAt(), row.claimedAt(), null,
                        row.answer(), row.expiresAt(), row.stream()));
            }
        }

        @Override
        public void end(CallStore.Name name, UUID eventId, Instant claimedAt, UUID lifeId) {
            Row row = next.get(name);
            if (row != null && row.eventId().equals(eventId) && row.claimedAt().equals(claimedAt) && lifeId.equals(row.lifeId())) {
                next.put(name, new Row(row.requestHash(), row.eventId(), row.occurredAt(), row.claimedAt(), null,
                        row.answer(), row.expiresAt(), row.stream()));
            }
        }

        private boolean isLastRun(CallStore.Name name, UUID eventId, Instant claimedAt, UUID lifeId) {
            Row row = next.get(name);
            return row != null && row.eventId().equals(eventId) && row.claimedAt().equals(claimedAt)
                    && lifeId.equals(row.lifeId()) && row.answer() == null;
        }

        @Override
        public int forget(Instant expired, int most) {
            List<CallStore.Name> old = next.entrySet().stream()
                    .filter(each -> !each.getValue().expiresAt().isAfter(expired))
                    .map(Map.Entry::getKey)
                    .sorted(Comparator.comparing(name -> name.keyHash().toStringUtf8()))
                    .limit(most)
                    .toList();
            old.forEach(next::remove);
            return old.size();
        }
    }
}
