package cn.jingshu.metering.journal;

import cn.jingshu.metering.journal.FrameBatch.Position;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

    private final UsageJournal journal;
    private final ShippingStore store;
    private final Clock clock;

    /**
     * Held while the sums and what the database holds of them go apart: by a look from its reading on, by the shipper from its
     * reckoning what is left to its commit.
     */
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
    private String saidLast = "";

    LiveTotals(UsageJournal journal, ShippingStore store, Clock clock) {
        this.journal = journal;
        this.store = store;
        this.clock = clock;
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
        lock.lock();
        try {
            if (!cleared) {
                store.takeBack(journal.nodeId(), journal.openReport().nextSequence());
                cleared = true;
            }
            Position from = shipped;
            if (from == null) {
                return;
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
                return;
            }
            if (!totals.isEmpty() || shows || !now.isBefore(heardAt.plus(HEARD_EVERY)) || now.isBefore(heardAt)) {
                store.publish(unshipped(from.nextSequence(), totals));
                shows = !totals.isEmpty();
                heardAt = now;
            }
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
     * Ends a shipment: what it shipped is taken out of the sums as it commits.
     *
     * @param next where the position stands afterwards
     * @param batch the sums of all it read, stored before or not
     */
    void commit(ShippingStore.Shipment shipment, Position next, HourTotals batch) throws SQLException {
        lock.lock();
        try {
            if (shows && tail == null && shipped != null) {
                readBefore(shipped);
            }
            JournalTail reader = tail;
            boolean further = reader != null && reader.nextSequence() > next.nextSequence();
            HourTotals rest = further ? totals.less(batch) : new HourTotals();
            if (shows && !recordedUntil.equals(Instant.MIN)) {
                shipment.publish(unshipped(next.nextSequence(), rest));
            }
            shipment.commit();
            shipped = next;
            totals = rest;
            shows &= !rest.isEmpty();
            if (!further) {
                tail = null;
            }
        } finally {
            lock.unlock();
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

    /** Whether sums and database are just being changed: another thread would wait now. */
    boolean isHeld() {
        return lock.isLocked();
    }

    /** Stops looking, whatever is left. */
    void stop() {
        closing = true;
        Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
        }
    }

    /** Stops looking; comes after the last shipment. Whoever leaves with everything shipped is no more waited for. */
    void close() {
        stop();
        Thread running = thread;
        if (running == null) {
            return;
        }
        try {
            running.join();
            lock.lock();
            try {
                Position to = shipped;
                if (to != null && to.nextSequence() >= journal.committed().nextSequence()) {
                    store.leave(journal.nodeId());
                } else {
                    lastEnd = Long.MAX_VALUE; // whatever waits is said now
                    look();
                }
            } finally {
                lock.unlock();
            }
        } catch (SQLException | IOException | RuntimeException e) {
            say("what was not shipped when it closed is shown when it is opened again: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
