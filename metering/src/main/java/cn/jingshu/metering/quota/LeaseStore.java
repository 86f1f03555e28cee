package cn.jingshu.metering.quota;

import java.sql.SQLException;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who hands out leases to one run of one node: the boundary at which a simulation's database dies, hangs or loses its
 * answer. The product has one, {@link LeaseBook}. A failure may mean that what was asked is done and unanswered.
 */
interface LeaseStore {
    /** Most wishes or returns in one question. */
    int MOST_AT_ONCE = 1_000;

    /** Whose quota in which month. */
    record Key(UUID subscriptionId, YearMonth period) {
        // Written out: what a record has by itself is not compiled into the way of a call, and this is asked with each.
        @Override
        public int hashCode() {
            return 31 * subscriptionId.hashCode() + period.hashCode();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && subscriptionId.equals(key.subscriptionId) && period.equals(key.period);
        }
    }

    /**
     * A wish for a lease.
     *
     * @param limit units the quota allows in the month
     * @param need the fewest units that are of use; zero: none are wished for, only what all nodes have leased is asked
     * @param block the most units wished for, unless more are needed; far below 2^62
     * @param shrink no more than the fraction 1/shrink of what is left of the limit is granted, unless more is needed
     */
    record Wish(Key key, long limit, long need, long block, int shrink) {}

    /**
     * The answer to a wish for a lease.
     *
     * @param leasedByAll units leased by all nodes now
     * @param granted units of the new lease; zero: refused, the need does not fit under the limit
     */
    record Grant(long leasedByAll, long granted) {}

    /**
     * Answers wishes, all or none: each is granted what it needs at least, or nothing if that does not fit under its limit.
     *
     * @param wishes 1 to {@value #MOST_AT_ONCE}, at most one for a key
     * @return the answers in the order of the wishes
     */
    List<Grant> lease(List<Wish> wishes) throws SQLException;

    /** Units leased by all nodes, for each of {@code keys} on which any was ever leased; one question for all. */
    Map<Key, Long> leased(List<Key> keys) throws SQLException;

    /**
     * Gives unused units of this run back, all or none.
     *
     * @param units for 1 to {@value #MOST_AT_ONCE} quotas, each above zero
     * @return units still leased by all nodes, for each of them
     */
    Map<Key, Long> giveBack(Map<Key, Long> units) throws SQLException;

    /**
     * Settles the leases of this node's earlier runs down to what their events used; the rest is free again.
     *
     * @param firstSequence the journal's next sequence when this run began: all before it are events of earlier runs
     * @return units freed; empty: the journal is not shipped that far, so the use of earlier runs is not yet known
     */
    Optional<Long> settleEarlierRuns(long firstSequence) throws SQLException;
}
