package cn.jingshu.metering.journal;

import cn.jingshu.metering.journal.FrameBatch.Position;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Where a shipper stores what it read: the boundary at which a simulation's database dies, hangs or loses its answer.
 * The product has one, {@link PostgresShippingStore}.
 */
interface ShippingStore {
    /** Begins a transaction that holds the node's position until it ends; whoever else wants it waits here. */
    Shipment begin(String nodeId) throws SQLException;

    /** Says what a node recorded and has not shipped, in place of what it said before. */
    void publish(Unshipped unshipped) throws SQLException;

    /** Says that nothing was recorded that is not shipped and nothing will be: the node is gone in good order. */
    void leave(String nodeId) throws SQLException;

    /** Takes back what an earlier run said of places from {@code nextSequence} on, which the journal has no more. */
    void takeBack(String nodeId, long nextSequence) throws SQLException;

    /** One transaction of one node's journal. Closed before it was committed, it leaves nothing behind. */
    interface Shipment extends AutoCloseable {
        /** How far the node's journal is stored. */
        Position position();

        /**
         * Stores events, the first of which has the sequence of the position.
         *
         * @return empty: all are new; else the sequences that were new, because some events were stored before
         */
        Optional<Set<Long>> store(EventBatch events) throws SQLException, IOException;

        void add(HourTotals totals) throws SQLException;

        /**
         * Moves the position and records what was stored as the node's next batch.
         *
         * @param repeated frames of this transaction whose event was stored before
         * @param contentSha256 over the events that were stored ({@link EventBatch#sha256})
         * @param sums what they add up to ({@link HourTotals#monthSums})
         */
        void move(Position next, int repeated, Instant lastOccurredAt, Instant shippedAt, String contentSha256, String sums) throws SQLException;

        /** As {@link ShippingStore#publish}, together with everything else. */
        void publish(Unshipped unshipped) throws SQLException;

        /** A failure may mean that all is stored and only the answer was lost: the next {@code begin} tells. */
        void commit() throws SQLException;

        @Override
        void close() throws SQLException;
    }
}
