package cn.jingshu.metering.quota;

import java.sql.SQLException;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Who hands out leases to one run of one node: the boundary at which a simulation's database dies, hangs or loses its
 * answer. The product has one, {@link LeaseBook}. A failure may mean that what was asked is done and unanswered.
 */
interface LeaseStore {
    /**
     * The answer to a wish for a lease.
     *
     * @param leasedByAll units leased by all nodes now
     * @param granted units of the new lease; zero: refused, the need does not fit under the limit
     */
    record Grant(long leasedByAll, long granted) {}

    /** Whose quota in which month. */
    record Key(UUID subscriptionId, YearMonth period) {}

    /** Leases at least {@code need} units, or none if they do not fit under {@code limit}. */
    Grant lease(UUID subscriptionId, YearMonth period, long limit, long need, QuotaSettings settings)
            throws SQLException;

    /** Units leased by all nodes. */
    long leased(UUID subscriptionId, YearMonth period) throws SQLException;

    /** Units leased by all nodes, for each of {@code keys} on which any was ever leased; one question for all. */
    Map<Key, Long> leased(List<Key> keys) throws SQLException;

    /** Gives unused units of this run back. @return units still leased by all nodes */
    long giveBack(UUID subscriptionId, YearMonth period, long units) throws SQLException;

    /**
     * Settles the leases of this node's earlier runs down to what their events used; the rest is free again.
     *
     * @param firstSequence the journal's next sequence when this run began: all before it are events of earlier runs
     * @return units freed; empty: the journal is not shipped that far, so the use of earlier runs is not yet known
     */
    Optional<Long> settleEarlierRuns(long firstSequence) throws SQLException;
}
