package cn.jingshu.metering.quota;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.quota.QuotaDecision.Exhausted;
import cn.jingshu.metering.quota.QuotaDecision.Taken;
import cn.jingshu.metering.quota.QuotaDecision.Unavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node holds of one subscription's quota in one period. Taking from it is one compare-and-set; only when it
 * runs dry does one task ask PostgreSQL for more, and whoever comes meanwhile waits for that task without a thread.
 */
final class Lease {
    private static final Logger log = LoggerFactory.getLogger(Lease.class);
    private static final Unavailable UNAVAILABLE = new Unavailable();
    /** Below this a lease is near the limit, where holding units ahead of need would keep them from other nodes. */
    private static final long SMALLEST_BLOCK_FETCHED_AHEAD = 16;

    private record Waiter(long units, long limit, CompletableFuture<QuotaDecision> answer) {}

    private final UUID subscriptionId;
    private final YearMonth period;
    private final LeaseStore book;
    private final QuotaSettings settings;
    private final Executor executor;
    private final LeaseTime time;
    private final Exhausted exhausted;

    private final AtomicLong available = new AtomicLong();
    /** Units leased by all nodes as last heard; at least what all nodes but this have used by then. */
    private volatile long leasedByAll;
    /** Falling to this many units asks for the next block ahead of need; below zero: never. */
    private volatile long fetchAheadAt = -1;
    private volatile long usedAtNanos;
    /** The limit of the last call, which the reserve is reckoned with. */
    private volatile long limitHeard;

    // Guarded by this.
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private boolean fetching;
    private boolean closed;
    private boolean believedExhausted;
    private boolean believedUnavailable;
    private long heardAtNanos;

    Lease(
            UUID subscriptionId,
            YearMonth period,
            LeaseStore book,
            QuotaSettings settings,
            Executor executor,
            LeaseTime time) {
        this.subscriptionId = subscriptionId;
        this.period = period;
        this.book = book;
        this.settings = settings;
        this.executor = executor;
        this.time = time;
        this.usedAtNanos = time.nanos();
        this.exhausted = new Exhausted(new BillingPeriod(period).end());
    }

    CompletionStage<QuotaDecision> take(long limit, long units) {
        if (limitHeard != limit) {
            limitHeard = limit;
        }
        long left = tryTake(limit, units);
        if (left < 0) {
            return ask(limit, units);
        }
        if (available.get() <= fetchAheadAt) {
            fetchAhead(limit);
        }
        return CompletableFuture.completedStage(new Taken(left));
    }

    void giveBack(long units) {
        available.addAndGet(units);
    }

    LeaseStore.Key key() {
        return new LeaseStore.Key(subscriptionId, period);
    }

    /** Takes at once what is here. @return units left of the limit, below zero if nothing was taken */
    private long tryTake(long limit, long units) {
        while (true) {
            long here = available.get();
            // Units leased by others count as used, so a limit lowered below the leases stops this node too.
            long usedAtMost = leasedByAll - here;
            if (here < units || usedAtMost + units > limit) {
                return -1;
            }
            if (available.compareAndSet(here, here - units)) {
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
            return CompletableFuture.completedStage(new Taken(left));
        }
        if (closed || units > limit) {
            return CompletableFuture.completedStage(closed ? UNAVAILABLE : exhausted);
        }
        long heardNanosAgo = time.nanos() - heardAtNanos;
        if (believedUnavailable && heardNanosAgo < settings.retryAfter().toNanos()) {
            return CompletableFuture.completedStage(UNAVAILABLE);
        }
        if (believedExhausted && doesNotFit(limit, units) && heardNanosAgo < settings.recheckAfter().toNanos()) {
            return CompletableFuture.completedStage(exhausted);
        }
        CompletableFuture<QuotaDecision> answer = new CompletableFuture<>();
        waiters.add(new Waiter(units, limit, answer));
        startFetching(limit);
        time.completeAfter(settings.answerWithin(), answer, UNAVAILABLE);
        return answer;
    }

    private boolean doesNotFit(long limit, long units) {
        return leasedByAll - available.get() + units > limit;
    }

    private synchronized void fetchAhead(long limit) {
        if (!fetching && !closed && available.get() <= fetchAheadAt) {
            startFetching(limit);
        }
    }

    // Called under the lock.
    private void startFetching(long limit) {
        if (!fetching) {
            fetching = true;
            executor.execute(() -> fetch(limit));
        }
    }

    /** Asks PostgreSQL until no one waits; {@code limit} is that of the call for which it was started. */
    private void fetch(long limit) {
        long askUnder = limit;
        long need = Math.max(1, firstNeed());
        while (true) {
            List<Runnable> answers = new ArrayList<>();
            boolean more;
            try {
                // No need: there are units here, but a lowered limit holds them back; hear whether others gave back.
                LeaseStore.Grant grant = need > 0
                        ? book.lease(subscriptionId, period, askUnder, need, settings)
                        : new LeaseStore.Grant(book.leased(subscriptionId, period), 0);
                more = heard(grant, answers);
            } catch (SQLException | RuntimeException e) {
                failed(e, answers);
                more = false;
            }
            answers.forEach(Runnable::run); // outside the lock: they run what the callers hung on their stages
            if (!more) {
                return;
            }
            synchronized (this) {
                Waiter head = waiters.peekFirst();
                if (head == null) {
                    fetching = false;
                    return;
                }
                askUnder = head.limit();
                need = head.units() - available.get();
            }
        }
    }

    private synchronized long firstNeed() {
        Waiter head = waiters.peekFirst();
        return head == null ? 1 : head.units() - available.get();
    }

    /** Takes in what PostgreSQL said and collects the answers it allows. @return whether someone still waits */
    private synchronized boolean heard(LeaseStore.Grant grant, List<Runnable> answers) {
        believedUnavailable = false;
        believedExhausted = grant.granted() == 0;
        heardAtNanos = time.nanos();
        leasedByAll = grant.leasedByAll(); // before the units are here, so that no taker sees them as free of others
        available.addAndGet(grant.granted());
        fetchAheadAt = grant.granted() >= SMALLEST_BLOCK_FETCHED_AHEAD ? grant.granted() / 4 : -1;
        while (!waiters.isEmpty()) {
            Waiter head = waiters.getFirst();
            long left = head.answer().isDone() ? -1 : tryTake(head.limit(), head.units());
            if (left >= 0) {
                answers.add(() -> {
                    if (!head.answer().complete(new Taken(left))) {
                        available.addAndGet(head.units()); // it had stopped waiting meanwhile
                    }
                });
            } else if (!head.answer().isDone()) {
                if (!believedExhausted || !doesNotFit(head.limit(), head.units())) {
                    return true;
                }
                answers.add(() -> head.answer().complete(exhausted));
            }
            waiters.removeFirst();
        }
        fetching = false;
        return false;
    }

    private synchronized void failed(Exception e, List<Runnable> answers) {
        if (!believedUnavailable) {
            log.warn("no lease on the quota of {} in {}: {}", subscriptionId, period, e.toString());
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
        return available.get() > 0 && idleFor(settings.returnIdleAfter());
    }

    private boolean idleFor(Duration length) {
        return time.nanos() - usedAtNanos > length.toNanos();
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

    /** Gives back what idles, all but the reserve, and after a longer while the reserve too. */
    void returnIdle() {
        boolean reserved = !idleFor(settings.keepReserveFor());
        long reserve = reserved ? Math.min(settings.reserveUnits(), Math.max(0, limitHeard - leasedByAll) / settings.shrink()) : 0;
        returnDownTo(reserve);
        // Fetching ahead at a quarter of a whole block would fetch one for the first call after a pause.
        fetchAheadAt = reserve >= SMALLEST_BLOCK_FETCHED_AHEAD ? reserve / 4 : -1;
    }

    /**
     * Gives the units nobody took back to PostgreSQL. If that fails they are gone from here all the same, since
     * PostgreSQL may have taken them; the next start of this node settles them.
     */
    void returnUnused() {
        returnDownTo(0);
    }

    private void returnDownTo(long reserve) {
        long unused = available.getAndUpdate(here -> Math.min(here, reserve)) - reserve;
        if (unused <= 0) {
            return;
        }
        try {
            leasedByAll = book.giveBack(subscriptionId, period, unused);
        } catch (SQLException | RuntimeException e) {
            log.warn("{} unused units of {} in {} stay leased until this node starts again: {}",
                    unused, subscriptionId, period, e.toString());
        }
    }

    /** No more leases from now on; takers are answered from what is here, then {@code Unavailable}. */
    synchronized void close() {
        closed = true;
    }
}
