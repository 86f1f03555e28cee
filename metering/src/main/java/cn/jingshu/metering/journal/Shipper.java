package cn.jingshu.metering.journal;

import cn.jingshu.metering.journal.FrameBatch.Position;
import cn.jingshu.metering.journal.ShippingStore.Shipment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a journal's events into PostgreSQL, each exactly once: the events, the hourly totals and the position behind
 * them move in one transaction, under a lock on the position's row. Whoever ships next, here or elsewhere, after a
 * crash at any step, reads the position and goes on from it.
 */
public final class Shipper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shipper.class);

    /** Below this the cost of a round is that of a transaction, whatever is in it. */
    static final int ENOUGH_TO_MEASURE = 1_000;

    /** How many times what events may gather the end of a round waits for PostgreSQL's answer to a look. */
    private static final int GATHERINGS_FOR_A_LOOK = 5;

    /** Where a test may let a shipper die. */
    enum Step {
        POSITION_LOCKED,
        EVENTS_COPIED,
        TOTALS_ADDED,
        POSITION_MOVED,
        COMMITTED
    }

    /** Called between the steps of a transaction; a test throws from it. */
    @FunctionalInterface
    interface StepWatch {
        StepWatch NONE = step -> {};

        void reached(Step step) throws SQLException;
    }

    /** Told while nobody can open the journal that all it holds is stored: every life of its node is over and known. */
    @FunctionalInterface
    public interface WhenAllIsStored {
        /** @param nextSequence of the first event the node may record in a life to come */
        void stored(String nodeId, long nextSequence) throws SQLException;
    }

    private final ShippingStore store;
    private final Path directory;
    private final @Nullable UsageJournal owner;
    private final ShipperSettings settings;
    private final Clock clock;
    private final StepWatch watch;
    private final WhenAllIsStored whenAllIsStored;

    /** Of the journal of this process; null: it is another's, whose sums are void once its position moves. */
    private final @Nullable LiveTotals live;

    private final ReentrantLock rounds = new ReentrantLock();
    /** What is read of the journal, its room kept from round to round: megabytes in a rush. Guarded by rounds. */
    private final EventBatch events = new EventBatch();
    /** Set once the disk refused a force; null: it never did. Guarded by rounds. */
    private @Nullable JournalBrokenException unforced;

    private volatile ShippingState state = new ShippingState.Stopped();
    private final AtomicLong shippedEvents = new AtomicLong();
    private final AtomicLong repeatedEvents = new AtomicLong();
    private volatile long nextSequence;
    /** Where the journal's position stood at the last look; null: nobody has looked yet. */
    private volatile @Nullable Position position;
    private volatile @Nullable Instant lastShippedAt;

    /** What an event of a large round cost lately; zero: there was none. The shipping thread's own. */
    private double nanosPerEvent;

    private @Nullable Thread thread;
    private volatile boolean closing;
    private volatile boolean sleeps;
    private volatile boolean work;

    /** Ships the journal of this process, up to its last durable event, and deletes what is shipped. */
    public static Shipper of(UsageJournal journal, DataSource dataSource, ShipperSettings settings, Clock clock) {
        return new Shipper(new PostgresShippingStore(dataSource), journal.path(), journal, settings, clock, StepWatch.NONE);
    }

    /**
     * Ships a journal that nobody has open, such as that of a node that died; its files stay. One that is open is left
     * to its owner: only he knows which frames the disk may yet make him take back. A node that starts while its
     * journal is shipped so is refused with {@link JournalInUseException} and starts a moment later.
     *
     * @param whenAllIsStored what is to be done with what the node's lives have left besides their events
     */
    public static Shipper ofDirectory(
            Path directory, DataSource dataSource, ShipperSettings settings, Clock clock, WhenAllIsStored whenAllIsStored) {
        return new Shipper(
                new PostgresShippingStore(dataSource), directory, null, settings, clock, StepWatch.NONE, whenAllIsStored);
    }

    Shipper(
            ShippingStore store,
            Path directory,
            @Nullable UsageJournal owner,
            ShipperSettings settings,
            Clock clock,
            StepWatch watch) {
        this(store, directory, owner, settings, clock, watch, (_, _) -> {});
    }

    Shipper(
            ShippingStore store,
            Path directory,
            @Nullable UsageJournal owner,
            ShipperSettings settings,
            Clock clock,
            StepWatch watch,
            WhenAllIsStored whenAllIsStored) {
        this.whenAllIsStored = whenAllIsStored;
        this.store = store;
        this.directory = directory;
        this.owner = owner;
        this.settings = settings;
        this.clock = clock;
        this.watch = watch;
        this.live = owner == null ? null : new LiveTotals(owner, store, clock, settings.gather().multipliedBy(GATHERINGS_FOR_A_LOOK));
    }

    /**
     * Ships whatever the journal holds when called, in as many transactions as it takes.
     *
     * @return events stored by this call
     * @throws SQLException if PostgreSQL cannot be reached or refuses; what was committed before stays counted once
     * @throws IOException if the journal cannot be read
     * @throws JournalCorruptException if the journal is damaged
     * @throws ShippingRefusedException if journal and database contradict each other
     * @throws JournalBrokenException if the disk refused to force what was read; the journal must be opened again
     */
    public long shipAvailable() throws SQLException, IOException {
        UsageJournal journal = owner;
        if (journal != null) {
            return ship(journal.nodeId());
        }
        Optional<JournalDirectory> idle = JournalDirectory.lockIdle(directory);
        if (idle.isEmpty()) {
            return 0;
        }
        try (JournalDirectory held = idle.get()) {
            long shipped = ship(held.nodeId());
            store.leave(held.nodeId());
            whenAllIsStored.stored(held.nodeId(), nextSequence);
            return shipped;
        }
    }

    private long ship(String nodeId) throws SQLException, IOException {
        rounds.lock();
        try {
            UsageJournal journal = owner;
            // Up to here and hardly further: who ships more slowly than events come would never have done with a round.
            long until = journal == null ? Long.MAX_VALUE : journal.committed().nextSequence();
            long shipped = 0;
            int batch;
            do {
                batch = shipBatch(nodeId);
                shipped += batch;
            } while (batch == settings.batchEvents() && nextSequence < until);
            return shipped;
        } finally {
            rounds.unlock();
        }
    }

    /**
     * Ships in the background from now on: soon after each commit of the journal, and every {@code interval} in any
     * case. A failure is retried, ever more slowly, and shown in {@link #stats}.
     */
    public synchronized void start(Duration interval) {
        if (thread != null) {
            throw new IllegalStateException("the shipper of " + directory + " was started before");
        }
        state = new ShippingState.Shipping();
        Thread started = Thread.ofPlatform().name("usage-shipper").daemon().unstarted(() -> shipForever(interval));
        thread = started;
        if (owner != null) {
            owner.afterCommit(() -> {
                work = true;
                if (sleeps) {
                    LockSupport.unpark(started);
                }
            });
        }
        started.start();
        if (live != null) {
            live.start();
        }
    }

    /** Says what waits in the journal, as happens in the background once started; for who steps through a journal's life. */
    void look() throws SQLException, IOException {
        if (live != null) {
            live.look();
        }
    }

    /** Whether {@link #look} would have to wait now. */
    boolean isLooking() {
        return live != null && live.isHeld();
    }

    public ShipperStats stats() {
        return new ShipperStats(
                state, shippedEvents.get(), repeatedEvents.get(), nextSequence, Optional.ofNullable(lastShippedAt));
    }

    /**
     * Ships what is there, if PostgreSQL lets it within the time set, and stops; the rest waits in the journal. Comes
     * after the last append and before {@link UsageJournal#close}.
     */
    @Override
    public synchronized void close() {
        closing = true;
        Thread running = thread;
        if (running == null || !running.isAlive()) {
            state = new ShippingState.Stopped();
            return;
        }
        LockSupport.unpark(running);
        try {
            if (running.join(settings.closeWithin())) {
                if (live != null) {
                    live.close();
                }
            } else {
                if (live != null) {
                    live.stop();
                }
                log.warn("the shipper of {} did not finish within {}; what it left waits in the journal",
                        directory, settings.closeWithin());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        state = new ShippingState.Stopped();
    }

    private void shipForever(Duration interval) {
        int failures = 0;
        while (true) {
            boolean last = closing;
            work = false;
            long began = System.nanoTime();
            long shipped = 0;
            try {
                shipped = shipAvailable();
                if (failures > 0) {
                    log.info("the journal in {} reaches PostgreSQL again", directory);
                }
                failures = 0;
                state = new ShippingState.Shipping();
            } catch (SQLException e) {
                failures++;
                retrying(failures, e);
            } catch (IOException | RuntimeException e) {
                failures++;
                refused(e);
            }
            if (last) {
                return;
            }
            if (failures == 0) {
                if (shipped >= ENOUGH_TO_MEASURE) {
                    nanosPerEvent = (System.nanoTime() - began) / (double) shipped;
                }
                rest();
                pause(interval.minus(settings.gather()), true);
            } else {
                pause(retryPause(failures), false);
            }
        }
    }

    private void retrying(int failures, SQLException e) {
        Instant since = state instanceof ShippingState.Retrying earlier ? earlier.since() : clock.instant();
        if (failures == 1) {
            log.warn("the journal in {} cannot be shipped, events wait in it: {}", directory, e.toString());
        }
        state = new ShippingState.Retrying(since, failures, String.valueOf(e.getMessage()));
    }

    private void refused(Exception e) {
        String reason = String.valueOf(e.getMessage());
        if (state instanceof ShippingState.Refused earlier && earlier.reason().equals(reason)) {
            return;
        }
        log.error("the journal in {} is not shipped any further", directory, e);
        state = new ShippingState.Refused(clock.instant(), reason);
    }

    private Duration retryPause(int failures) {
        Duration pause = settings.firstRetry().multipliedBy(1L << Math.min(failures - 1, 20));
        return pause.compareTo(settings.longestRetry()) < 0 ? pause : settings.longestRetry();
    }

    /**
     * Lets events gather, and leaves the processor to the calls as long as they come faster than shipping's own share of it
     * could ship them: then the journal, which holds them safely, takes the rush.
     */
    private void rest() {
        UsageJournal journal = owner;
        long deadline = System.nanoTime() + settings.mostRest().toNanos();
        boolean rush = true;
        while (rush && !closing && System.nanoTime() < deadline) {
            long before = journal == null ? 0 : journal.committed().nextSequence();
            long began = System.nanoTime();
            pause(settings.gather(), false);
            long came = journal == null ? 0 : journal.committed().nextSequence() - before;
            rush = came * nanosPerEvent > settings.ownShare() * (System.nanoTime() - began);
        }
    }

    /** Waits, until close at most, and with {@code forWork} until the journal commits something. */
    private void pause(Duration length, boolean forWork) {
        long deadline = System.nanoTime() + length.toNanos();
        sleeps = forWork;
        while (!closing && !(forWork && work)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
        }
        sleeps = false;
    }

    /** Up to where the journal is known to be shipped; empty: nobody has asked PostgreSQL yet. */
    Optional<Position> findPosition() {
        return Optional.ofNullable(position);
    }

    private int shipBatch(String nodeId) throws SQLException, IOException {
        try (Shipment shipment = store.begin(nodeId)) {
            Position from = shipment.position();
            position = from;
            if (live != null) {
                live.stands(from);
            }
            watch.reached(Step.POSITION_LOCKED);
            FrameBatch batch = read(from);
            if (events.isEmpty()) {
                reached(from.nextSequence());
                return 0;
            }
            requireNode(events, nodeId, from.nextSequence());
            ship(shipment, batch, from.nextSequence());
            return events.size();
        }
    }

    /** Reads on; after a refused force no more, since a later one would succeed over a hole. */
    private FrameBatch read(Position from) throws IOException {
        if (unforced != null) {
            throw unforced;
        }
        UsageJournal journal = owner;
        try {
            return FrameBatch.read(
                    directory, from, journal == null ? null : journal.committed(), settings.batchEvents(), events);
        } catch (JournalBrokenException e) {
            unforced = e;
            throw e;
        }
    }

    private void ship(Shipment shipment, FrameBatch batch, long firstSequence) throws SQLException, IOException {
        Optional<Set<Long>> stored = shipment.store(events);
        watch.reached(Step.EVENTS_COPIED);

        HourTotals totals = new HourTotals();
        for (int place = 0; place < events.size(); place++) {
            if (stored.isEmpty() || stored.get().contains(firstSequence + place)) {
                totals.count(events.at(place));
            }
        }
        shipment.add(totals);
        watch.reached(Step.TOTALS_ADDED);

        int repeated = stored.map(sequences -> events.size() - sequences.size()).orElse(0);
        Instant now = clock.instant();
        String sha256 = events.sha256(place -> stored.isEmpty() || stored.get().contains(firstSequence + place));
        shipment.move(batch.next(), repeated, events.last().occurredAt(), now, sha256, totals.monthSums());
        watch.reached(Step.POSITION_MOVED);
        if (live == null) {
            shipment.commit();
        } else {
            live.commit(shipment, batch.next(), stored.isEmpty() ? totals : allOf(events));
        }

        shippedEvents.addAndGet(events.size() - repeated);
        repeatedEvents.addAndGet(repeated);
        lastShippedAt = now;
        position = batch.next();
        if (repeated > 0) {
            log.warn("{} events of {} were in the journal twice; they are counted once", repeated, directory);
        }
        watch.reached(Step.COMMITTED);
        reached(batch.next().nextSequence());
    }

    /** The sums of a batch as the journal holds it, with what was stored before. */
    private static HourTotals allOf(EventBatch events) {
        HourTotals all = new HourTotals();
        for (int place = 0; place < events.size(); place++) {
            all.count(events.at(place));
        }
        return all;
    }

    private void reached(long next) {
        nextSequence = next;
        UsageJournal journal = owner;
        if (journal != null) {
            journal.release(next);
        }
    }

    private void requireNode(EventBatch events, String nodeId, long firstSequence) {
        byte[] node = nodeId.getBytes(StandardCharsets.UTF_8);
        for (int place = 0; place < events.size(); place++) {
            if (!events.at(place).isOf(node)) {
                throw new ShippingRefusedException("sequence " + (firstSequence + place) + " in " + directory + " is of node "
                        + events.at(place).event().nodeId() + ", the directory of node " + nodeId);
            }
        }
    }
}
