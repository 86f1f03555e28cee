package cn.jingshu.metering.journal;

import cn.jingshu.metering.journal.FrameBatch.Position;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has recorded and not shipped yet, added up and said to the others several times a second, so that usage is
 * seen within a second of the call however far shipping is behind. A thread of its own reads the journal as it grows: no
 * call has anything to do with it.
 *
 * <p>Nothing is counted twice or left out: what is said names the place from which on it counts, the shipper moves that
 * place together with the journal's position, and who asks takes sums only if they begin where the position stands. While
 * shipping keeps up nothing is read and nothing said but that the node is there.
 *
 * <p>Shipping goes before showing: while PostgreSQL does not answer a look, the shipper moves the position without it, and what
 * was said counts nothing until the next look.
 */
final class LiveTotals {
    private static final Logger log = LoggerFactory.getLogger(LiveTotals.class);

    /** Between two looks; what was there at one and is not shipped at the next is read and said. */
    static final Duration EVERY = Duration.ofMillis(250);
    /** How often a node that has nothing to say says that it is there. */
    private static final Duration HEARD_EVERY = Duration.ofSeconds(1);
    /** A look that took long is followed by a pause so many times as long: what many kinds of calls cost stays a part of a processor. */
    private static final int PAUSES = 4;
    /** But no longer than this: a look that waited for PostgreSQL cost no processor. */
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    /** Most that a stop waits for the last words. */
    private static final Duration LEFT_WITHIN = Duration.ofSeconds(1);

    private final UsageJournal journal;
    private final ShippingStore store;
    private final Clock clock;
    private final Duration patience;

    /**
     * Taken by whoever tells the database: by a look until it is answered, by the shipper from its reckoning what is left to its
     * commit. The shipper waits for it no longer than its patience, and goes on without telling.
     */
    private final Semaphore telling = new Semaphore(1);
    /** Whether the shipper lost patience with the look that is being told; it waits for that one no more. */
    private volatile boolean passedBy;

    /** Held over the sums and over the shipper's commit; never while a look waits for the database. Taken after {@link #telling}. */
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private @Nullable JournalTail tail; // null: nothing was shipped in this run yet, or what follows has to be read anew
    private @Nullable Position shipped; // null: nothing was shipped in this run yet
    private HourTotals totals = new HourTotals();
    /** Whether the database holds sums of this node. */
    private boolean shows = true; // whatever an earlier run said is there until this one says something
    private boolean cleared;
    private long lastEnd;
    private Instant lastLook = Instant.MIN;
    private Instant recordedUntil = Instant.MIN;
    private Instant heardAt = Instant.MIN;

    private @Nullable Thread thread;
    private volatile boolean closing;
    /** Whether the last words are to be said: all else is done and there is time for them. */
    private volatile boolean leaves;
    private String saidLast = "";

    /** @param patience how long the end of a shipment waits for the answer to a look */
    LiveTotals(UsageJournal journal, ShippingStore store, Clock clock, Duration patience) {
        this.journal = journal;
        this.store = store;
        this.clock = clock;
        this.patience = patience;
    }

    /** Looks in the background from now on. */
    void start() {
        thread = Thread.ofPlatform().name("usage-live").daemon().start(this::lookForever);
    }

    private void lookForever() {
        while (!closing) {
            long began = System.nanoTime();
            try {
                look();
                saidLast = "";
            } catch (SQLException | IOException | RuntimeException e) {
                say("usage not shipped yet is not shown: " + e);
            }
            long took = System.nanoTime() - began;
            long pause = Math.max(EVERY.toNanos() - took, Math.min(PAUSES * took, LONGEST_PAUSE.toNanos()));
            long until = System.nanoTime() + pause;
            while (!closing && System.nanoTime() < until) {
                LockSupport.parkNanos(this, until - System.nanoTime());
            }
        }
        try {
            leave();
        } catch (SQLException | IOException | RuntimeException e) {
            say("what was not shipped when it closed is shown when it is opened again: " + e);
        }
    }

    private void say(String what) {
        if (!what.equals(saidLast)) {
            log.warn("the journal in {}: {}", journal.path(), what);
            saidLast = what;
        }
    }

    /**
     * Says what waits in the journal, if any of it has waited since the last look.
     *
     * @throws SQLException if PostgreSQL could not be told; what it was told before stays true, and grows older
     */
    void look() throws SQLException, IOException {
        telling.acquireUninterruptibly();
        try {
            if (!cleared) {
                store.takeBack(journal.nodeId(), journal.openReport().nextSequence());
                cleared = true;
            }
            passedBy = false;
            Unshipped toSay = lookAround();
            if (toSay == null) {
                return;
            }
            store.publish(toSay);
            lock.lock();
            try {
                shows = passedBy || !toSay.totals().isEmpty();
            } finally {
                lock.unlock();
            }
        } finally {
            telling.release();
        }
    }

    /** @return what is to be said now; null: nothing. Its sums grow with the next look and not before. */
    private @Nullable Unshipped lookAround() throws IOException {
        lock.lock();
        try {
            Position from = shipped;
            if (from == null) {
                return null;
            }
            Instant now = clock.instant();
            UsageJournal.End end = journal.committed();
            boolean waits = from.nextSequence() < Math.min(lastEnd, end.nextSequence());
            if (waits || !totals.isEmpty()) {
                readTo(end, from);
                recordedUntil = now;
            } else {
                recordedUntil = from.nextSequence() >= end.nextSequence() ? now : lastLook;
            }
            lastEnd = end.nextSequence();
            lastLook = now;
            if (recordedUntil.equals(Instant.MIN)) {
                return null;
            }
            if (!totals.isEmpty() || shows || !now.isBefore(heardAt.plus(HEARD_EVERY)) || now.isBefore(heardAt)) {
                heardAt = now;
                return unshipped(from.nextSequence(), totals);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void readTo(UsageJournal.End end, Position from) throws IOException {
        JournalTail reader = tail;
        if (reader == null) {
            reader = new JournalTail(journal.path(), from);
            totals = new HourTotals();
            tail = reader;
        }
        try {
            HourTotals into = totals;
            reader.readTo(end, (event, _) -> into.count(event));
        } catch (NoSuchFileException | JournalCorruptException | IllegalArgumentException e) {
            tail = null; // begun anew from where the shipper is by then
            totals = new HourTotals();
            throw e;
        }
    }

    private Unshipped unshipped(long fromSequence, HourTotals sums) {
        JournalTail reader = tail;
        long next = reader == null || sums.isEmpty() ? fromSequence : reader.nextSequence();
        return new Unshipped(journal.nodeId(), fromSequence, next, recordedUntil, sums);
    }

    /** Takes note of where the journal's position stands; whoever else moved it, what was read from another place on is void. */
    void stands(Position position) {
        lock.lock();
        try {
            Position known = shipped;
            if (known == null || known.nextSequence() != position.nextSequence()) {
                shipped = position;
                tail = null;
                totals = new HourTotals();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a shipment: what it shipped is taken out of the sums as it commits, and the rest is said with it, unless a look is
     * being told and is not answered.
     *
     * @param next where the position stands afterwards
     * @param batch the sums of all it read, stored before or not
     */
    void commit(ShippingStore.Shipment shipment, Position next, HourTotals batch) throws SQLException {
        boolean tells = tellsInTime();
        try {
            lock.lock();
            try {
                commit(shipment, next, batch, tells);
            } finally {
                lock.unlock();
            }
        } finally {
            if (tells) {
                telling.release();
            }
        }
    }

    private boolean tellsInTime() {
        boolean tells = false;
        try {
            tells = telling.tryAcquire(passedBy ? 0 : patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        passedBy = !tells;
        return tells;
    }

    private void commit(ShippingStore.Shipment shipment, Position next, HourTotals batch, boolean tells) throws SQLException {
        if (tells && shows && tail == null && shipped != null) {
            readBefore(shipped);
        }
        JournalTail reader = tail;
        boolean further = reader != null && reader.nextSequence() > next.nextSequence();
        HourTotals rest = further ? totals.less(batch) : new HourTotals();
        if (tells && shows && !recordedUntil.equals(Instant.MIN)) {
            shipment.publish(unshipped(next.nextSequence(), rest));
        }
        shipment.commit();
        shipped = next;
        totals = rest;
        shows = tells ? shows && !rest.isEmpty() : true;
        if (!further) {
            tail = null;
        }
    }

    /** Begins anew with what an earlier run may have said, or this one before it lost its place: it goes on being shown. */
    private void readBefore(Position from) {
        Instant now = clock.instant();
        try {
            readTo(journal.committed(), from);
            recordedUntil = now;
        } catch (IOException | JournalCorruptException e) {
            log.warn("what waits in {} is shown at the next look: {}", journal.path(), e.toString());
        }
    }

    /** Whether the database is just being told: a look would have to wait now. */
    boolean isHeld() {
        return telling.availablePermits() == 0 || lock.isLocked();
    }

    /** Stops looking, whatever is left. */
    void stop() {
        closing = true;
        Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
        }
    }

    /**
     * Stops looking and says the last words; comes after the last shipment. A database that does not answer is waited for no
     * longer than {@link #LEFT_WITHIN}: what was said is put right when the journal is opened again.
     */
    void close() {
        leaves = true;
        stop();
        Thread running = thread;
        if (running == null) {
            return;
        }
        try {
            if (!running.join(LEFT_WITHIN)) {
                leaves = false;
                log.warn("what was not shipped of {} when it closed is shown when it is opened again: no answer within {}",
                        journal.path(), LEFT_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever leaves with everything shipped is no more waited for; else whatever waits is said now. */
    private void leave() throws SQLException, IOException {
        if (!leaves) {
            return;
        }
        Position to;
        lock.lock();
        try {
            to = shipped;
            lastEnd = Long.MAX_VALUE;
        } finally {
            lock.unlock();
        }
        if (to != null && to.nextSequence() >= journal.committed().nextSequence()) {
            store.leave(journal.nodeId());
        } else {
            look();
        }
    }
}
