package cn.jingshu.metering.quota;

import java.sql.SQLException;
import java.time.Duration;
import java.time.YearMonth;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps quotas exactly over all nodes: a node takes units only from leases PostgreSQL gave it, and all leases of a
 * subscription and period together never exceed the limit, so neither do the units taken. One object per run of a node.
 *
 * <p>Budgets are kept in the same way by an object of their own ({@link #openBudgets}): their units are thousandths of a fen, taken
 * at the most a call can cost. What of them is used by events that are stored is noted, and {@link Budgets} frees what those
 * events did not cost.
 */
public final class Quotas implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Quotas.class);
    private static final long NOTE_EVERY_MILLIS = 250;

    private final LeaseStore book;
    private final long firstSequence;
    private final QuotaSettings settings;
    private final ExecutorService fetches;
    private final LeaseDesk desk;
    private final LeaseTime time;
    private final Runnable stopSweeps;
    /** The journal's next sequence; only budgets ask it. */
    private final LongSupplier nextSequence;
    private final Map<LeaseStore.Key, Lease> leases = new ConcurrentHashMap<>();
    private volatile boolean settled;
    private volatile boolean closed;
    private volatile boolean notNoted; // said once

    /**
     * @param fetches where PostgreSQL is asked; closing it waits for what is under way
     * @param stopSweeps ends whatever calls {@link #sweep} from time to time
     */
    Quotas(
            LeaseStore book,
            long firstSequence,
            QuotaSettings settings,
            ExecutorService fetches,
            LeaseTime time,
            Runnable stopSweeps) {
        this(book, firstSequence, settings, fetches, time, stopSweeps, () -> firstSequence);
    }

    /** @param nextSequence the journal's next sequence, with every event counted that was said to be recorded */
    Quotas(
            LeaseStore book,
            long firstSequence,
            QuotaSettings settings,
            ExecutorService fetches,
            LeaseTime time,
            Runnable stopSweeps,
            LongSupplier nextSequence) {
        this.nextSequence = nextSequence;
        this.book = book;
        this.firstSequence = firstSequence;
        this.settings = settings;
        this.fetches = fetches;
        this.desk = new LeaseDesk(book, fetches);
        this.time = time;
        this.stopSweeps = stopSweeps;
    }

    /**
     * Opens the quotas for one run of a node.
     *
     * @param nodeId the node of the usage journal; only one run of it may be alive, which the journal's lock sees to
     * @param firstSequence the journal's next sequence when it was opened: events before it are of earlier runs
     * @param runId made for this run alone
     */
    public static Quotas open(
            DataSource dataSource, String nodeId, long firstSequence, UUID runId, QuotaSettings settings) {
        return open(new LeaseBook(dataSource, nodeId, runId), firstSequence, settings, sweeper("quota-sweep"), () -> firstSequence);
    }

    /**
     * Opens the budgets for one run of a node: accounts stand where quotas have subscriptions, and units are thousandths of a fen.
     *
     * @param nextSequence the journal's next sequence, with every event counted that was said to be recorded
     */
    public static Quotas openBudgets(DataSource dataSource, String nodeId, long firstSequence, UUID runId, LongSupplier nextSequence,
            QuotaSettings settings) {
        ScheduledExecutorService sweeps = sweeper("budget-sweep");
        Quotas budgets = open(new LeaseBook(dataSource, nodeId, runId, true), firstSequence, settings, sweeps, nextSequence);
        // Its future only ends when the sweeps do; noteRecorded() itself lets nothing out.
        var _ = sweeps.scheduleWithFixedDelay(budgets::noteRecorded, NOTE_EVERY_MILLIS, NOTE_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return budgets;
    }

    private static ScheduledExecutorService sweeper(String name) {
        return Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name(name).daemon().factory());
    }

    private static Quotas open(
            LeaseStore book, long firstSequence, QuotaSettings settings, ScheduledExecutorService sweeps, LongSupplier nextSequence) {
        Quotas quotas = new Quotas(
                book,
                firstSequence,
                settings,
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("quota-lease-", 0).factory()),
                LeaseTime.SYSTEM,
                sweeps::shutdown,
                nextSequence);
        long everyMillis = Math.max(1, settings.returnIdleAfter().toMillis() / 2);
        // Its future only ends when the sweeps do; sweep() itself lets nothing out.
        var _ = sweeps.scheduleWithFixedDelay(quotas::sweep, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
        return quotas;
    }

    /**
     * Takes {@code units} from the quota. Answers at once while this node's lease lasts; else the stage completes when
     * PostgreSQL has answered, on another thread.
     *
     * @param period the billing month the call's {@code occurredAt} falls into
     * @param limitUnits the quota now in force; raising it counts at once, lowering it stops what is not yet taken
     * @param units at least one
     */
    public CompletionStage<QuotaDecision> take(UUID subscriptionId, YearMonth period, long limitUnits, long units) {
        return of(subscriptionId, period).take(limitUnits, units);
    }

    /** The quota of one subscription and period for whoever takes from it often. */
    public MonthlyQuota of(UUID subscriptionId, YearMonth period) {
        return lease(new LeaseStore.Key(subscriptionId, period)); // forgotten only when its month is long over, so it may be kept
    }

    /**
     * Gives back units taken by a call that turned out not to use them. The units taken less those given back must be
     * the quantity of the call's usage event, since that is what a restart reckons with.
     */
    public void giveBack(UUID subscriptionId, YearMonth period, long units) {
        Lease lease = leases.get(new LeaseStore.Key(subscriptionId, period));
        if (units < 0 || lease == null) {
            throw new IllegalArgumentException(
                    units + " units given back that were not taken here: " + subscriptionId + " in " + period);
        }
        lease.giveBack(units);
    }

    /**
     * Books units that were used and not taken, because the quota could not be asked when their call came. They count
     * whatever the limit: what is used is used, and the less is left for who comes next. While PostgreSQL cannot be asked
     * they are remembered here, and after this run's end they are known from its events.
     *
     * @param units above zero
     */
    public void book(UUID subscriptionId, YearMonth period, long units) {
        if (units < 1) {
            throw new IllegalArgumentException("units is " + units + ", at least 1");
        }
        lease(new LeaseStore.Key(subscriptionId, period)).book(units);
    }

    /**
     * Notes that an event is recorded for which units of a budget were taken and not given back. Once it is stored, what it did
     * not cost of them is freed.
     *
     * @param units at least zero
     */
    public void recorded(UUID accountId, YearMonth period, long units) {
        Lease lease = leases.get(new LeaseStore.Key(accountId, period));
        if (units < 0 || lease == null) {
            throw new IllegalArgumentException(units + " units recorded that were not taken here: " + accountId + " in " + period);
        }
        lease.recorded(units);
    }

    /**
     * Squares what earlier runs of this node leased with the quantity of their events: what was not used is free again, what
     * was used without a lease is booked. To be called once the journal is shipped; until it succeeds it is tried again in
     * the background.
     *
     * @return units freed, less those booked; empty if the journal is not yet shipped up to where this run began
     */
    public Optional<Long> settleEarlierRuns() throws SQLException {
        Optional<Long> freed = book.settleEarlierRuns(firstSequence);
        if (freed.isPresent()) {
            settled = true;
            if (freed.get() > 0) {
                log.info("{} quota units leased by earlier runs and not used are free again", freed.get());
            } else if (freed.get() < 0) {
                log.info("{} quota units used by earlier runs without a lease are booked", -freed.get());
            }
        }
        return freed;
    }

    /**
     * Squares what all runs of a node leased with what their events used, as {@link #settleEarlierRuns} does for a node that
     * starts again. None of them may be alive, nor begin meanwhile: its journal is held.
     *
     * @param nextSequence of the first event of a run to come: all before it are stored
     * @return units freed, less those booked
     */
    public static long settleEnded(DataSource dataSource, String nodeId, long nextSequence) throws SQLException {
        long freed = new LeaseBook(dataSource, nodeId, UUID.randomUUID()).settleEarlierRuns(nextSequence).orElse(0L);
        if (freed != 0) {
            log.info("{} quota units are free again of what node {} had leased", freed, nodeId);
        }
        var _ = new LeaseBook(dataSource, nodeId, UUID.randomUUID(), true).settleEarlierRuns(nextSequence);
        return freed;
    }

    /** Gives unused units back; takers are refused as {@code Unavailable} once their lease is used up. */
    @Override
    public void close() {
        closed = true;
        stopSweeps.run();
        leases.values().forEach(Lease::square);
        leases.values().forEach(Lease::close);
        fetches.close(); // waits for the leases under way, so that their units go back too
        giveBack(List.copyOf(leases.values()), Lease::takeUnused);
        noteRecorded(true);
    }

    /** Notes what recorded events have used of budgets, as far as it is not known to be stored. */
    void noteRecorded() {
        noteRecorded(false);
    }

    private void noteRecorded(boolean last) {
        Map<LeaseStore.Key, Long> recorded = new LinkedHashMap<>();
        for (Lease lease : leases.values()) {
            if (!lease.isStored()) {
                recorded.put(lease.key(), lease.recorded());
            }
        }
        if (recorded.isEmpty()) {
            return;
        }
        long before = nextSequence.getAsLong(); // after what was recorded is read, so that all of it is before
        List<LeaseStore.Key> keys = List.copyOf(recorded.keySet());
        try {
            for (int from = 0; from < keys.size(); from += LeaseStore.MOST_AT_ONCE) {
                Map<LeaseStore.Key, Long> part = new LinkedHashMap<>(recorded);
                part.keySet().retainAll(Set.copyOf(keys.subList(from, Math.min(keys.size(), from + LeaseStore.MOST_AT_ONCE))));
                book.noteRecorded(part, before, last).forEach((key, units) -> {
                    Lease lease = leases.get(key);
                    if (lease != null) {
                        lease.stored(units);
                    }
                });
            }
            notNoted = false;
        } catch (SQLException | RuntimeException e) {
            // What is not noted stays taken, so that less is sold until it can be.
            if (!notNoted) {
                log.warn("what was used of budgets cannot be noted, so that less of them is sold: {}", e.toString());
            }
            notNoted = true;
        }
    }

    private Lease lease(LeaseStore.Key key) {
        Lease known = leases.get(key);
        return known != null ? known : leases.computeIfAbsent(key, this::newLease);
    }

    private Lease newLease(LeaseStore.Key key) {
        Lease lease = new Lease(key, desk, settings, time);
        if (closed) {
            lease.close();
        }
        return lease;
    }

    /** Settles earlier runs if that is still to do, and gives idle leases back. */
    void sweep() {
        try {
            if (!settled) {
                settleEarlierRuns();
            }
        } catch (SQLException | RuntimeException e) {
            log.debug("leases of earlier runs are not settled yet: {}", e.toString());
        }
        leases.values().forEach(Lease::square);
        try {
            returnIdle();
        } catch (SQLException | RuntimeException e) {
            // Units given back now would be lost to this node and not known to be free: they stay while it cannot be asked.
            log.debug("idle leases are kept until PostgreSQL can be asked: {}", e.toString());
        }
        leases.values().removeIf(Lease::outlived);
    }

    /** Quotas of which something is known here. */
    int held() {
        return leases.size();
    }

    /** Callers kept for an answer, of all quotas. */
    int waiting() {
        return leases.values().stream().mapToInt(Lease::waiting).sum();
    }

    private void returnIdle() throws SQLException {
        List<Lease> idle = leases.values().stream().filter(Lease::idles).toList();
        if (idle.isEmpty()) {
            return;
        }
        List<Long> heardAt = idle.stream().map(Lease::heardAt).toList();
        Map<LeaseStore.Key, Long> leased = book.leased(idle.stream().map(Lease::key).toList());
        for (int i = 0; i < idle.size(); i++) {
            Lease lease = idle.get(i);
            lease.hear(leased.getOrDefault(lease.key(), 0L), heardAt.get(i));
        }
        giveBack(idle, Lease::takeIdle);
    }

    /**
     * Gives units of leases back to PostgreSQL, as {@code taken} takes them out. If that fails nothing more is given back; the
     * next question about those quotas tells whether the units are gone.
     */
    private void giveBack(List<Lease> all, Function<Lease, LeaseStore.@Nullable Return> taken) {
        Map<LeaseStore.Key, Lease> from = new LinkedHashMap<>();
        Map<LeaseStore.Key, LeaseStore.Return> returns = new LinkedHashMap<>();
        for (Iterator<Lease> rest = all.iterator(); rest.hasNext(); ) {
            Lease lease = rest.next();
            LeaseStore.Return unused = taken.apply(lease);
            if (unused != null) {
                from.put(lease.key(), lease);
                returns.put(lease.key(), unused);
            }
            if (returns.size() == LeaseStore.MOST_AT_ONCE || (!rest.hasNext() && !returns.isEmpty())) {
                try {
                    Map<LeaseStore.Key, LeaseStore.Held> left = book.giveBack(returns);
                    from.forEach((key, one) -> one.returned(Objects.requireNonNull(left.get(key), "each has an answer")));
                } catch (SQLException | RuntimeException e) {
                    log.warn("whether unused units of {} quotas went back is not known yet: {}", returns.size(), e.toString());
                    from.values().forEach(Lease::notReturned);
                    return;
                }
                from.clear();
                returns.clear();
            }
        }
    }
}
