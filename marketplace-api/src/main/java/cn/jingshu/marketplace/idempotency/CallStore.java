package cn.jingshu.marketplace.idempotency;

import cn.jingshu.marketplace.store.DatabaseException;
import com.google.protobuf.ByteString;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where calls that came with an idempotency key are kept, one row for each. */
interface CallStore {
    /**
     * Runs {@code work} in one transaction: it stands when {@code work} returns, and nothing of it when that throws.
     *
     * @throws DatabaseException when the database refuses or is away; whether the work stands is then not known, if its
     *     end was on the way
     */
    <T> T inTransaction(Work<T> work);

    /** What is done in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T on(Rows rows) throws SQLException;
    }

    /** The rows as one transaction sees them. A row it has touched is its own until it ends. */
    interface Rows {
        /** Makes this the life of its node; every earlier one has ended. */
        void beginLife(NodeLife life, Instant beganAt) throws SQLException;

        /**
         * Puts a call there, running in this life, unless there is one of this name that has not expired.
         *
         * @param stream whether it is a stream
         * @return false: there is one
         */
        boolean claim(Name name, ByteString requestHash, UUID eventId, Instant claimedAt, UUID lifeId, Instant expiresAt,
                boolean stream) throws SQLException;

        Optional<Kept> find(Name name) throws SQLException;

        void takeOver(Name name, Instant claimedAt, UUID lifeId) throws SQLException;

        /** What is known of the event of a call whose earlier run did not say how it ended. */
        Recording recording(UUID subscriptionId, UUID eventId, Instant occurredAt) throws SQLException;

        /** Keeps the sealed answer of the call with this event, unless it has one. */
        void answer(Name name, UUID eventId, byte[] answer, Instant answeredAt) throws SQLException;

        /** Removes the call with this event, if this run of it is the last and it was not answered. */
        void giveUp(Name name, UUID eventId, Instant claimedAt, UUID lifeId) throws SQLException;

        /** Says that nobody runs the call with this event, if this run of it is the last and it was not answered. */
        void letGo(Name name, UUID eventId, Instant claimedAt, UUID lifeId) throws SQLException;

        /** Gives the stream with this event another moment, and a life from it on, if this run of it is the last and it was not answered. */
        void move(Name name, UUID eventId, Instant claimedAt, UUID lifeId, Instant occurredAt, Instant expiresAt) throws SQLException;

        /**
         * Removes the call with this event, whichever run claimed it, if it was not answered. Of a call with another event says that nobody runs it,
         * if it was taken over at that moment in that life and was not answered.
         */
        void forgetClaim(Name name, UUID eventId, Instant claimedAt, UUID lifeId) throws SQLException;

        /** Says that the stream with this event runs no more, answered or not, if this run of it is the last. */
        void end(Name name, UUID eventId, Instant claimedAt, UUID lifeId) throws SQLException;

        /** Removes calls that have expired, at most so many; says how many. */
        int forget(Instant expired, int most) throws SQLException;
    }

    /** Whether an event was recorded, as far as the database can tell. */
    enum Recording {
        /** It is stored. */
        STORED,
        /** It is not stored, and a journal that is not shipped yet may hold it. */
        MAY_COME,
        /** It is not stored, and no journal is known that could hold it. */
        NOWHERE
    }

    /** What a call is looked up by: its subscription and the hash of its caller and key. */
    record Name(UUID subscriptionId, ByteString keyHash) {}

    /**
     * A call that is kept.
     *
     * @param claimedAt when its last run began
     * @param answer sealed; null: it has not been answered
     * @param inThisLife the run that claimed it last has not let go of it, and its node was not started again since
     * @param stream whether it is a stream
     */
    record Kept(ByteString requestHash, UUID eventId, Instant occurredAt, Instant claimedAt, @Nullable ByteString answer,
            boolean inThisLife, boolean stream) {}
}
