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
 * answer. The product has one, {@link LeaseBook}. A failure may mean that what was asked is done and unanswered, or will
 * yet be done; so every question about a quota bears a number, and once a later one was heard an earlier one is never done
 * any more. What is held is told with every answer, so that whoever missed one learns of it from the next.
 */
interface LeaseStore {
    /** Most wishes or returns in one question. */
    int MOST_AT_ONCE = 1_000;

    /**
     * Whose quota or budget in which month.
     *
     * @param subscriptionId of a budget the account it is for
     */
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
     * @param question above all numbers this run has given to questions about the quota before; from 1
     * @param limit units the quota allows in the month
     * @param need the fewest units that are of use; zero: none are wished for, only what is leased is asked
     * @param block the most units wished for, unless more are needed; far below 2^62
     * @param shrink no more than the fraction 1/shrink of what is left of the limit is granted, unless more is needed
     * @param owed units used that were not taken before: they are leased whatever the limit; zero or more
     */
    record Wish(Key key, long question, long limit, long need, long block, int shrink, long owed) {}

    /**
     * The answer to a wish for a lease.
     *
     * @param held what is leased now
     * @param granted units of the new lease, besides those owed; zero: refused, the need does not fit under the limit
     * @param reckoned false: a budget of which nothing can be leased yet, since nobody has reckoned what is spent of it
     */
    record Grant(Held held, long granted, boolean reckoned) {
        Grant(Held held, long granted) {
            this(held, granted, true);
        }
    }

    /**
     * What the book says of one quota.
     *
     * @param byAll units leased by all nodes, of a budget less those freed
     * @param byThisRun units of them leased by the run that asked, used or not
     */
    record Held(long byAll, long byThisRun) {}

    /**
     * Units that go back.
     *
     * @param question as in {@link Wish}
     * @param units above zero
     */
    record Return(long question, long units) {}

    /**
     * Answers wishes, all or none: each is granted what it needs at least, or nothing if that does not fit under its limit.
     *
     * @param wishes 1 to {@value #MOST_AT_ONCE}, at most one for a key
     * @return the answers in the order of the wishes; null: nothing was done, a later question was heard before
     */
    List<@Nullable Grant> lease(List<Wish> wishes) throws SQLException;

    /** Units leased by all nodes, as in {@link Held}, for each of {@code keys} on which any was ever leased; one question for all. */
    Map<Key, Long> leased(List<Key> keys) throws SQLException;

    /**
     * Gives unused units of this run back, all or none.
     *
     * @param returns for 1 to {@value #MOST_AT_ONCE} quotas
     * @return what is leased still, for each of them
     */
    Map<Key, Held> giveBack(Map<Key, Return> returns) throws SQLException;

    /**
     * Squares the leases of this node's earlier runs with what their events used: what they leased and did not use is free
     * again, and what they used without a lease, because it could not be asked for, is booked.
     *
     * @param firstSequence the journal's next sequence when this run began: all before it are events of earlier runs
     * @return units freed, less those booked; empty: the journal is not shipped that far, so the use of earlier runs is not yet known
     */
    Optional<Long> settleEarlierRuns(long firstSequence) throws SQLException;

    /**
     * Notes how many units of its leases of budgets this run's recorded events used. They count as stored once the node's
     * journal is stored as far as it was then; until that is so, what is noted later is passed over.
     *
     * @param recorded for 1 to {@value #MOST_AT_ONCE} budgets the units used by all recorded events of this run
     * @param before the journal's next sequence after those events
     * @param last true: nothing is noted after it, so it is not passed over
     * @return units that count as stored, for each of them
     */
    Map<Key, Long> noteRecorded(Map<Key, Long> recorded, long before, boolean last) throws SQLException;
}
