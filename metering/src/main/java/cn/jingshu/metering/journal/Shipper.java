package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.event.UsageEvent;
import cn.jingshu.metering.journal.FrameBatch.Position;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a journal's events into PostgreSQL, each exactly once: the events, the hourly totals and the position behind
 * them move in one transaction, under a lock on the position's row. Whoever ships next, here or elsewhere, after a
 * crash at any step, reads the position and goes on from it.
 */
public final class Shipper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shipper.class);
    private static final String UNIQUE_VIOLATION = "23505";

    private static final String KNOW_NODE = """
        INSERT INTO metering.journal_position (node_id) VALUES (?) ON CONFLICT DO NOTHING
        """;

    /** The row is locked first and to the end, so of two shippers of one journal the second waits and then goes on. */
    private static final String LOCK_POSITION = """
        SELECT next_sequence, segment, byte_offset, last_frame_bytes, last_frame_checksum
          FROM metering.journal_position
         WHERE node_id = ?
           FOR UPDATE
        """;

    private static final String ENSURE_PARTITION = """
        SELECT metering.ensure_usage_partition(CAST(? AS date))
        """;

    private static final String COPY_EVENTS = """
        COPY metering.usage_event (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
             purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol)
        FROM STDIN (FORMAT binary)
        """;

    private static final String MAKE_STAGE = """
        CREATE TEMPORARY TABLE usage_event_stage ON COMMIT DROP AS
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
               purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol
          FROM metering.usage_event
          WITH NO DATA
        """;

    private static final String COPY_TO_STAGE = """
        COPY pg_temp.usage_event_stage (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product,
             operation, purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox,
             protocol)
        FROM STDIN (FORMAT binary)
        """;

    private static final String STORE_NEW_FROM_STAGE = """
        INSERT INTO metering.usage_event
               (event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
                purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol)
        SELECT event_id, occurred_at, node_id, sequence, subscription_id, key_id, product, operation,
               purpose_class, outcome, unit, quantity, status, latency_micros, answer_bytes, request_id, sandbox, protocol
          FROM pg_temp.usage_event_stage
         ORDER BY sequence
            ON CONFLICT ON CONSTRAINT usage_event_pk DO NOTHING
        RETURNING sequence
        """;

    private static final String MOVE_POSITION = """
        UPDATE metering.journal_position
           SET next_sequence = ?, segment = ?, byte_offset = ?, last_frame_bytes = ?, last_frame_checksum = ?,
               repeated_events = repeated_events + ?, last_occurred_at = ?, shipped_at = ?
         WHERE node_id = ?
        """;

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

    private final DataSource dataSource;
    private final Path directory;
    private final @Nullable UsageJournal owner;
    private final ShipperSettings settings;
    private final Clock clock;
    private final StepWatch watch;

    private final ReentrantLock rounds = new ReentrantLock();
    // Guarded by rounds.
    private final CopyRows rows = new CopyRows();
    private final Set<YearMonth> knownPartitions = new HashSet<>();

    private volatile ShippingState state = new ShippingState.Stopped();
    private final AtomicLong shippedEvents = new AtomicLong();
    private final AtomicLong repeatedEvents = new AtomicLong();
    private volatile long nextSequence;
    private volatile @Nullable Instant lastShippedAt;

    private @Nullable Thread thread;
    private volatile boolean closing;
    private volatile boolean sleeps;
    private volatile boolean work;

    /** Ships the journal of this process, up to its last durable event, and deletes what is shipped. */
    public static Shipper of(UsageJournal journal, DataSource dataSource, ShipperSettings settings, Clock clock) {
        return new Shipper(dataSource, journal.path(), journal, settings, clock, StepWatch.NONE);
    }

    /** Ships a journal that belongs to another process, running or dead: reads whole frames, changes no file. */
    public static Shipper ofDirectory(Path directory, DataSource dataSource, ShipperSettings settings, Clock clock) {
        return new Shipper(dataSource, directory, null, settings, clock, StepWatch.NONE);
    }

    Shipper(
            DataSource dataSource,
            Path directory,
            @Nullable UsageJournal owner,
            ShipperSettings settings,
            Clock clock,
            StepWatch watch) {
        this.dataSource = dataSource;
        this.directory = directory;
        this.owner = owner;
        this.settings = settings;
        this.clock = clock;
        this.watch = watch;
    }

    /**
     * Ships whatever the journal holds when called, in as many transactions as it takes.
     *
     * @return events stored by this call
     * @throws SQLException if PostgreSQL cannot be reached or refuses; what was committed before stays counted once
     * @throws IOException if the journal cannot be read
     * @throws JournalCorruptException if the journal is damaged
     * @throws ShippingRefusedException if journal and database contradict each other
     */
    public long shipAvailable() throws SQLException, IOException {
        Optional<String> nodeId = JournalDirectory.findNodeId(directory);
        if (nodeId.isEmpty()) {
            return 0; // no journal was ever opened here
        }
        rounds.lock();
        try {
            long shipped = 0;
            int batch;
            do {
                batch = shipBatch(nodeId.get());
                shipped += batch;
            } while (batch == settings.batchEvents());
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
            if (!running.join(settings.closeWithin())) {
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
            try {
                shipAvailable();
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
                pause(settings.gather(), false);
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

    /** Waits, until close at most, and with {@code forWork} until the journal commits something. */
    private void pause(Duration length, boolean forWork) {
        long deadline = System.nanoTime() + length.toNanos();
        sleeps = true;
        while (!closing && !(forWork && work)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
        }
        sleeps = false;
    }

    private int shipBatch(String nodeId) throws SQLException, IOException {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                int shipped = shipBatch(connection, nodeId);
                connection.setAutoCommit(autoCommit);
                return shipped;
            } catch (SQLException | IOException | RuntimeException e) {
                knownPartitions.clear(); // one may have been dropped
                takeBack(connection, autoCommit, e);
                throw e;
            }
        }
    }

    private static void takeBack(Connection connection, boolean autoCommit, Exception cause) {
        try {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            cause.addSuppressed(e); // a lost connection rolls back by itself
        }
    }

    private int shipBatch(Connection connection, String nodeId) throws SQLException, IOException {
        Position from = lockPosition(connection, nodeId);
        watch.reached(Step.POSITION_LOCKED);
        UsageJournal journal = owner;
        FrameBatch batch = FrameBatch.read(
                directory, from, journal == null ? null : journal.committed(), settings.batchEvents());
        List<UsageEvent> events = batch.events();
        if (events.isEmpty()) {
            connection.rollback();
            reached(from.nextSequence());
            return 0;
        }
        requireNode(events, nodeId, from.nextSequence());
        Set<YearMonth> months = ensurePartitions(connection, events);
        Optional<Set<Long>> stored = copy(connection, events, from.nextSequence());
        watch.reached(Step.EVENTS_COPIED);

        HourTotals totals = new HourTotals();
        long sequence = from.nextSequence();
        for (UsageEvent event : events) {
            if (stored.isEmpty() || stored.get().contains(sequence)) {
                totals.count(event);
            }
            sequence++;
        }
        totals.add(connection);
        watch.reached(Step.TOTALS_ADDED);

        int repeated = stored.map(sequences -> events.size() - sequences.size()).orElse(0);
        Instant now = clock.instant();
        movePosition(connection, nodeId, batch.next(), repeated, events.getLast().occurredAt(), now);
        watch.reached(Step.POSITION_MOVED);
        connection.commit();

        knownPartitions.addAll(months);
        shippedEvents.addAndGet(events.size() - repeated);
        repeatedEvents.addAndGet(repeated);
        lastShippedAt = now;
        if (repeated > 0) {
            log.warn("{} events of node {} were in the journal twice; they are counted once", repeated, nodeId);
        }
        watch.reached(Step.COMMITTED);
        reached(batch.next().nextSequence());
        return events.size();
    }

    private void reached(long next) {
        nextSequence = next;
        UsageJournal journal = owner;
        if (journal != null) {
            journal.release(next);
        }
    }

    private void requireNode(List<UsageEvent> events, String nodeId, long firstSequence) {
        for (int i = 0; i < events.size(); i++) {
            if (!events.get(i).nodeId().equals(nodeId)) {
                throw new ShippingRefusedException("sequence " + (firstSequence + i) + " in " + directory + " is of node "
                        + events.get(i).nodeId() + ", the directory of node " + nodeId);
            }
        }
    }

    private static Position lockPosition(Connection connection, String nodeId) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_POSITION)) {
            lock.setString(1, nodeId);
            Optional<Position> known = readPosition(lock);
            if (known.isPresent()) {
                return known.get();
            }
            try (PreparedStatement know = connection.prepareStatement(KNOW_NODE)) {
                know.setString(1, nodeId);
                know.executeUpdate();
            }
            connection.commit(); // so that the row is there to lock for every shipper
            return readPosition(lock)
                    .orElseThrow(() -> new SQLException("the position of node " + nodeId + " vanished"));
        }
    }

    private static Optional<Position> readPosition(PreparedStatement lock) throws SQLException {
        try (ResultSet row = lock.executeQuery()) {
            return row.next()
                    ? Optional.of(new Position(
                            row.getLong("next_sequence"),
                            row.getLong("segment"),
                            row.getLong("byte_offset"),
                            row.getInt("last_frame_bytes"),
                            row.getInt("last_frame_checksum")))
                    : Optional.empty();
        }
    }

    private Set<YearMonth> ensurePartitions(Connection connection, List<UsageEvent> events) throws SQLException {
        Set<YearMonth> months = new TreeSet<>();
        for (UsageEvent event : events) {
            months.add(BillingPeriod.of(event.occurredAt()).month());
        }
        for (YearMonth month : months) {
            if (!knownPartitions.contains(month)) {
                try (PreparedStatement ensure = connection.prepareStatement(ENSURE_PARTITION)) {
                    ensure.setString(1, month.atDay(1).toString());
                    ensure.execute();
                }
            }
        }
        return months;
    }

    /**
     * Stores the events.
     *
     * @return empty: all are new; else the sequences that were new, because some events were in the journal twice
     */
    private Optional<Set<Long>> copy(Connection connection, List<UsageEvent> events, long firstSequence)
            throws SQLException, IOException {
        Savepoint before = connection.setSavepoint();
        try {
            copyIn(connection, COPY_EVENTS, rows.stream(events, firstSequence));
            connection.releaseSavepoint(before);
            return Optional.empty();
        } catch (PSQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback(before);
        }
        try (Statement make = connection.createStatement()) {
            make.execute(MAKE_STAGE);
        }
        copyIn(connection, COPY_TO_STAGE, rows.stream(events, firstSequence));
        Set<Long> stored = new HashSet<>();
        try (PreparedStatement store = connection.prepareStatement(STORE_NEW_FROM_STAGE);
                ResultSet sequences = store.executeQuery()) {
            while (sequences.next()) {
                stored.add(sequences.getLong("sequence"));
            }
        }
        return Optional.of(stored);
    }

    private static void copyIn(Connection connection, String sql, InputStream rows) throws SQLException, IOException {
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, rows, 1 << 16);
    }

    private static void movePosition(
            Connection connection, String nodeId, Position next, int repeated, Instant lastOccurredAt, Instant now)
            throws SQLException {
        try (PreparedStatement move = connection.prepareStatement(MOVE_POSITION)) {
            move.setLong(1, next.nextSequence());
            move.setLong(2, next.segment());
            move.setLong(3, next.offset());
            move.setInt(4, next.lastFrameBytes());
            move.setInt(5, next.lastChecksum());
            move.setInt(6, repeated);
            move.setObject(7, lastOccurredAt.atOffset(ZoneOffset.UTC));
            move.setObject(8, now.atOffset(ZoneOffset.UTC));
            move.setString(9, nodeId);
            move.executeUpdate();
        }
    }
}
