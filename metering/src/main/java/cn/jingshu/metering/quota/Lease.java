package cn.jingshu.metering.quota;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.quota.QuotaDecision.Exhausted;
import cn.jingshu.metering.quota.QuotaDecision.Taken;
import cn.jingshu.metering.quota.QuotaDecision.Unavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node holds of one subscription's quota in one period. Taking from it is one compare-and-set; only when it
 * runs dry does one task ask PostgreSQL for more, and whoever comes meanwhile waits for that task without a thread.
 *
 * <p>One question is under way at a time. Each answer tells what PostgreSQL has this run down for, and what is here is
 * squared with it: units of an answer that was lost turn up with the next one.
 */
final class Lease implements MonthlyQuota {
    private static final Logger log = LoggerFactory.getLogger(Lease.class);
    private static final Unavailable UNAVAILABLE = new Unavailable();
    /** Below this a lease is near the limit, where holding units ahead of need would keep them from other nodes. */
    private static final long SMALLEST_BLOCK_FETCHED_AHEAD = 16;
    /** A lease used up in less time than this was too small. */
    private static final long HOT_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** After so long without a use its month is over, with every retry that may still belong to it. */
    private static final Duration OUTLIVED = Duration.ofDays(40);
    /** A lease is at most so many of the blocks set. */
    private static final long MOST_BLOCKS = 16;

    /** What all nodes have leased of a budget nobody has reckoned: more than any limit leaves. */
    private static final long UNKNOWN = Long.MAX_VALUE / 4;

    private static final AtomicLongFieldUpdater<Lease> AVAILABLE = AtomicLongFieldUpdater.newUpdater(Lease.class, "available");
    private static final AtomicLongFieldUpdater<Lease> RECORDED = AtomicLongFieldUpdater.newUpdater(Lease.class, "recorded");

    private record Waiter(long units, long limit, CompletableFuture<QuotaDecision> answer) {}

    private final LeaseStore.Key key;
    private final LeaseDesk desk;
    private final QuotaSettings settings;
    private final LeaseTime time;
    private final Instant resetsAt;

    /** Changed through {@link #AVAILABLE}: an object of its own would be one more to wait for in memory, with every call. */
    private volatile long available;
    /** Units leased by all nodes as last heard; at least what all nodes but this have used by then. */
    private volatile long leasedByAll;
    /** Falling to this many units asks for the next block ahead of need; below zero: never. */
    private volatile long fetchAheadAt = -1;
    private volatile long usedAtNanos;
    /** The limit of the last call, which the reserve is reckoned with. */
    private volatile long limitHeard;

    /** Units used that no lease held, still to be booked; written under the lock. */
    private volatile long owed;
    /** Of a budget: units used by events that are recorded; changed through {@link #RECORDED}. */
    private volatile long recorded;
    /** Of a budget: units of them that PostgreSQL has down as stored; written by the one who notes them. */
    private volatile long stored;

    // Guarded by this.
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    /** A wish is under way or waits for its turn. */
    private boolean fetching;
    /** Units are on their way back. */
    private boolean returning;
    /** The last question has no answer yet or never had one: whether it was done, the next answer tells. */
    private boolean unsure;
    /** Number of the last question. */
    private long question;
    /** Whether any answer came: what this run is down for is known. */
    private boolean heardOnce;
    /** Units PostgreSQL has this run down for, as last heard, less those on their way back. */
    private long held;
    /** Whether the next block is wished for ahead of need. */
    private boolean ahead;
    private boolean closed;
    private boolean believedExhausted;
    private boolean believedUnavailable;
    private long heardAtNanos;
    /** Units of the last lease wished for ahead of need; zero: none yet. */
    private long block;
    private long grantedAtNanos;

    Lease(LeaseStore.Key key, LeaseDesk desk, QuotaSettings settings, LeaseTime time) {
        this.key = key;
        this.desk = desk;
        this.settings = settings;
        this.time = time;
        this.usedAtNanos = time.nanos();
        this.resetsAt = new BillingPeriod(key.period()).end();
    }

    @Override
    public CompletionStage<QuotaDecision> take(long limit, long units) {
        if (units < 1 || limit < 0) {
            throw new IllegalArgumentException("units is " + units + ", at least 1; the limit is " + limit + ", at least 0");
        }
        if (limitHeard != limit) {
            limitHeard = limit;
        }
        long left = tryTake(limit, units);
        if (left < 0) {
            return ask(limit, units);
        }
        if (available <= fetchAheadAt) {
            fetchAhead();
        }
        return CompletableFuture.completedFuture(new Taken(left));
    }

    void giveBack(long units) {
        AVAILABLE.addAndGet(this, units);
        if (owed > 0) {
            payOwed();
        }
    }

    /** Notes that an event is recorded for which units of a budget were taken. */
    void recorded(long units) {
        RECORDED.addAndGet(this, units);
    }

    /** Units used by all events recorded so far. */
    long recorded() {
        return recorded;
    }

    /** Whether PostgreSQL has down as stored all that was recorded. */
    boolean isStored() {
        return stored == recorded;
    }

    void stored(long units) {
        stored = units;
    }

    /** Notes units that were used without having been taken: they count whatever the limit, as soon as that can be noted. */
    synchronized void book(long units) {
        owed = owed + units;
        payOwed();
        if (owed > 0 && !closed && !leavesPostgresAlone()) {
            startFetching();
        }
    }

    /** What is owed is first taken from what is here. */
    private synchronized void payOwed() {
        long most = owed;
        long before = AVAILABLE.getAndUpdate(this, here -> here - Math.max(0, Math.min(here, most)));
        owed = most - Math.max(0, Math.min(before, most));
    }

    /** Asks anew where an answer was lost, and books what is owed. */
    synchronized void square() {
        if ((unsure || owed > 0) && !closed) {
            startFetching();
        }
    }

    LeaseStore.Key key() {
        return key;
    }

    /** Callers that are kept, answered or not. */
    synchronized int waiting() {
        return waiters.size();
    }

    /** Takes at once what is here. @return units left of the limit, below zero if nothing was taken */
    private long tryTake(long limit, long units) {
        while (true) {
            long here = available;
            // Units leased by others count as used, so a limit lowered below the leases stops this node too.
            long usedAtMost = leasedByAll - here;
            if (here < units || usedAtMost + units > limit) {
                return -1;
            }
            if (AVAILABLE.compareAndSet(this, here, here - units)) {
                long now = time.nanos();
                if (now - usedAtNanos > TimeUnit.MILLISECONDS.toNanos(100)) {
                    usedAtNanos = now; // written rarely: it would be the one contended line of the hot path
                }
                return limit - usedAtMost - units;
            }
        }
    }

    private synchronized CompletionStage<QuotaDecision> ask(long limit, long units) {
        long left = tryTake(limit, units);
        if (left >= 0) {
            return CompletableFuture.completedFuture(new Taken(left));
        }
        if (closed || units > limit) {
            return CompletableFuture.completedFuture(closed ? UNAVAILABLE : exhausted(limit, units));
        }
        if (leavesPostgresAlone()) {
            return CompletableFuture.completedFuture(UNAVAILABLE);
        }
        if (believedExhausted && doesNotFit(limit, units) && time.nanos() - heardAtNanos < settings.recheckAfter().toNanos()) {
            return CompletableFuture.completedFuture(exhausted(limit, units));
        }
        CompletableFuture<QuotaDecision> answer = new CompletableFuture<>();
        while (!waiters.isEmpty() && waiters.getFirst().answer().isDone()) {
            waiters.removeFirst(); // answered by its deadline: while a question hangs, no more is kept than came within that time
        }
        waiters.add(new Waiter(units, limit, answer));
        startFetching();
        time.completeAfter(settings.answerWithin(), answer, UNAVAILABLE);
        return answer;
    }

    // Called under the lock.
    private boolean leavesPostgresAlone() {
        return believedUnavailable && time.nanos() - heardAtNanos < settings.retryAfter().toNanos();
    }

    private Exhausted exhausted(long limit, long units) {
        return new Exhausted(resetsAt, Math.clamp(limit - (leasedByAll - available), 0, units - 1));
    }

    private boolean doesNotFit(long limit, long units) {
        return leasedByAll - available + units > limit;
    }

    private synchronized void fetchAhead() {
        if (!fetching && !returning && !closed && available <= fetchAheadAt) {
            ahead = true;
            startFetching();
        }
    }

    // Called under the lock.
    private void startFetching() {
        if (!fetching && !returning) { // what returns asks when it has an answer
            fetching = true;
            desk.ask(this);
        }
    }

    /** What to ask PostgreSQL for now. */
    synchronized LeaseStore.Wish wish() {
        Waiter head = waiters.peekFirst();
        long block = blockOf(time.nanos());
        // Nothing needed: there are units here, but a lowered limit holds them back, or it is only asked what is held.
        long need = head != null ? Math.max(0, head.units() - available) : ahead ? 1 : 0;
        long limit = head != null ? head.limit() : limitHeard;
        // What may be booked already is not booked again before the answer says that it is not.
        long book = unsure ? 0 : owed;
        ahead = false;
        unsure = true;
        return new LeaseStore.Wish(key, ++question, limit, need, block, settings.shrink(), book);
    }

    /** A lease that is used up within a second is followed by twice as large a one: hot subscriptions ask less often. */
    private long blockOf(long now) {
        boolean hot = block > 0 && now - grantedAtNanos < HOT_NANOS;
        return hot ? Math.min(2 * block, MOST_BLOCKS * settings.blockUnits()) : settings.blockUnits();
    }

    /** Takes in what PostgreSQL said and collects the answers it allows. @return whether someone still waits */
    synchronized boolean heard(LeaseStore.Grant grant, List<Runnable> answers) {
        if (!grant.reckoned()) {
            squareWith(new LeaseStore.Held(UNKNOWN, grant.held().byThisRun())); // what is owed may be booked all the same
            failed(new SQLException("what is spent of the budget is not reckoned yet"), answers);
            return false;
        }
        believedUnavailable = false;
        believedExhausted = grant.granted() == 0;
        heardAtNanos = time.nanos();
        squareWith(grant.held());
        if (grant.granted() > 0) {
            block = grant.granted();
            grantedAtNanos = heardAtNanos;
        }
        fetchAheadAt = grant.granted() >= SMALLEST_BLOCK_FETCHED_AHEAD ? grant.granted() / 4 : -1;
        while (!waiters.isEmpty()) {
            Waiter head = waiters.getFirst();
            long left = head.answer().isDone() ? -1 : tryTake(head.limit(), head.units());
            if (left >= 0) {
                answers.add(() -> {
                    if (!head.answer().complete(new Taken(left))) {
                        AVAILABLE.addAndGet(this, head.units()); // it had stopped waiting meanwhile
                    }
                });
            } else if (!head.answer().isDone()) {
                if (!believedExhausted || !doesNotFit(head.limit(), head.units())) {
                    return true;
                }
                Exhausted exhausted = exhausted(head.limit(), head.units());
                answers.add(() -> head.answer().complete(exhausted));
            }
            waiters.removeFirst();
        }
        fetching = owed > 0; // as it was not asked for while it might have been booked
        return fetching;
    }

    /** Squares what is here with what PostgreSQL has this run down for. */
    private synchronized void squareWith(LeaseStore.Held told) {
        unsure = false;
        heardOnce = true;
        long more = told.byThisRun() - held;
        held = told.byThisRun();
        if (more < 0) { // its row was taken from it: what it has used of it is used all the same
            owed -= more;
            payOwed();
            leasedByAll = told.byAll();
            return;
        }
        long paid = Math.min(owed, more);
        owed = owed - paid;
        leasedByAll = told.byAll(); // before the units are here, so that no taker sees them as free of others
        AVAILABLE.addAndGet(this, more - paid);
        if (owed > 0) {
            payOwed();
        }
    }

    /**
     * A question came after a later one. One that knows of no answer at all is not the first of this run for its quota: what
     * the run is down for may be used, so it must not learn of it as if it were free.
     */
    synchronized void passed(List<Runnable> answers) {
        closed |= !heardOnce;
        failed(new SQLException("its row is gone, or question " + question + " came after a later one"), answers);
    }

    synchronized void failed(Exception e, List<Runnable> answers) {
        if (!believedUnavailable) {
            log.warn("no lease on the quota or budget of {} in {}: {}", key.subscriptionId(), key.period(), e.toString());
        }
        believedUnavailable = true;
        heardAtNanos = time.nanos();
        fetchAheadAt = -1;
        for (Waiter waiter : waiters) {
            answers.add(() -> waiter.answer().complete(UNAVAILABLE));
        }
        waiters.clear();
        fetching = false;
    }

    /** Whether there may be something to give back: units nobody took from for a while. */
    boolean idles() {
        return available > 0 && idleFor(settings.returnIdleAfter());
    }

    private boolean idleFor(Duration length) {
        return time.nanos() - usedAtNanos > length.toNanos();
    }

    /**
     * Ends it if nobody can have a use for it any more. Who still holds it gets nothing from it, and neither does one made anew
     * for the same quota: its questions come after those of this one, and are not heard.
     */
    synchronized boolean outlived() {
        if (!idleFor(OUTLIVED) || fetching || returning || unsure || owed > 0 || available > 0 || !isStored()) {
            return false;
        }
        closed = true;
        return true;
    }

    /** The moment of the last word from PostgreSQL, to tell whether {@link #hear} would bring an older one. */
    synchronized long heardAt() {
        return heardAtNanos;
    }

    /** Notes what all nodes have leased, unless a newer word than {@code heardAt} has come since or is on its way. */
    synchronized void hear(long leasedByAllNodes, long heardAt) {
        if (!fetching && heardAtNanos == heardAt) {
            leasedByAll = leasedByAllNodes;
        }
    }

    /** Takes what idles out, to be given back: all but the reserve, and after a longer while the reserve too. */
    synchronized LeaseStore.@Nullable Return takeIdle() {
        boolean reserved = !idleFor(settings.keepReserveFor());
        long reserve = reserved ? Math.min(settings.reserveUnits(), Math.max(0, limitHeard - leasedByAll) / settings.shrink()) : 0;
        // Fetching ahead at a quarter of a whole block would fetch one for the first call after a pause.
        fetchAheadAt = reserve >= SMALLEST_BLOCK_FETCHED_AHEAD ? reserve / 4 : -1;
        return takeDownTo(reserve);
    }

    /** Takes out all units nobody took, to be given back. */
    synchronized LeaseStore.@Nullable Return takeUnused() {
        return takeDownTo(0);
    }

    /** Null: nothing goes back now. */
    private LeaseStore.@Nullable Return takeDownTo(long reserve) {
        if (fetching || returning || unsure) {
            return null;
        }
        long units = Math.max(0, AVAILABLE.getAndUpdate(this, here -> Math.min(here, reserve)) - reserve);
        if (units == 0) {
            return null;
        }
        returning = true;
        unsure = true;
        held -= units;
        return new LeaseStore.Return(++question, units);
    }

    /** Notes that units were given back, and what is leased since. */
    synchronized void returned(LeaseStore.Held told) {
        returning = false;
        squareWith(told);
        if (!closed && (!waiters.isEmpty() || owed > 0)) {
            startFetching();
        }
    }

    /** Whether units went back is not known: the next answer tells. */
    synchronized void notReturned() {
        returning = false;
        if (!closed && (!waiters.isEmpty() || owed > 0)) {
            startFetching();
        }
    }

    /** No more leases from now on; takers are answered from what is here, then {@code Unavailable}. */
    synchronized void close() {
        closed = true;
    }
}
