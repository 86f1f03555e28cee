package cn.jingshu.metering.journal;

import cn.jingshu.metering.event.BillingPeriod;
import cn.jingshu.metering.journal.FrameBatch.Position;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** Stored events, hourly totals and journal positions in PostgreSQL. Serves one shipper, one transaction at a time. */
final class PostgresShippingStore implements ShippingStore {
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

    /** The position moves and the batch is recorded in one round trip; the row of the position is locked, so no two take one number. */
    private static final String MOVE_POSITION = """
        WITH moved AS (
            UPDATE metering.journal_position
               SET next_sequence = ?, segment = ?, byte_offset = ?, last_frame_bytes = ?, last_frame_checksum = ?,
                   repeated_events = repeated_events + ?, last_occurred_at = ?, shipped_at = ?
             WHERE node_id = ?
            RETURNING node_id, next_sequence, shipped_at)
        INSERT INTO metering.usage_batch (node_id, number, first_sequence, next_sequence, events, content_sha256, shipped_at, sums)
        SELECT m.node_id,
               coalesce((SELECT max(b.number) FROM metering.usage_batch b WHERE b.node_id = m.node_id), 0) + 1,
               ?, m.next_sequence, ?, ?, m.shipped_at, ?
          FROM moved m
        """;

    private final DataSource dataSource;
    private final CopyRows rows = new CopyRows();
    /** Most that one answer about usage not shipped is waited for. */
    static final Duration SAID_WITHIN = Duration.ofSeconds(5);

    private final Set<YearMonth> knownPartitions = new HashSet<>();

    PostgresShippingStore(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public Shipment begin(String nodeId) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            return new Transaction(connection, autoCommit, nodeId, lockPosition(connection, nodeId));
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                connection.rollback();
            } catch (SQLException lost) {
                e.addSuppressed(lost); // a lost connection rolls back by itself
            }
            throw e;
        }
    }

    @Override
    public void publish(Unshipped unshipped) throws SQLException {
        inTransaction(connection -> LiveRows.write(connection, unshipped));
    }

    @Override
    public void leave(String nodeId) throws SQLException {
        inTransaction(connection -> LiveRows.delete(connection, nodeId, 0));
    }

    @Override
    public void takeBack(String nodeId, long nextSequence) throws SQLException {
        inTransaction(connection -> LiveRows.delete(connection, nodeId, nextSequence));
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    /**
     * What is said of usage not shipped: nothing more is shown while it is said, so it waits no longer than {@link #SAID_WITHIN}
     * for any one answer; then the connection is given up.
     */
    private void inTransaction(Work work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            int patienceMillis = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, (int) SAID_WITHIN.toMillis());
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                work.on(connection);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                try {
                    connection.rollback();
                } catch (SQLException lost) {
                    e.addSuppressed(lost); // a lost connection rolls back by itself
                }
                throw e;
            }
            connection.setAutoCommit(autoCommit);
            connection.setNetworkTimeout(Runnable::run, patienceMillis);
        }
    }

    private final class Transaction implements Shipment {
        private final Connection connection;
        private final boolean autoCommit;
        private final String nodeId;
        private final Position from;
        private final Set<YearMonth> months = new TreeSet<>();
        private boolean committed;

        Transaction(Connection connection, boolean autoCommit, String nodeId, Position from) {
            this.connection = connection;
            this.autoCommit = autoCommit;
            this.nodeId = nodeId;
            this.from = from;
        }

        @Override
        public Position position() {
            return from;
        }

        @Override
        public Optional<Set<Long>> store(EventBatch events) throws SQLException, IOException {
            for (int place = 0; place < events.size(); place++) {
                months.add(BillingPeriod.of(events.at(place).occurredAt()).month());
            }
            ensurePartitions(connection, months);
            return copy(connection, events, from.nextSequence());
        }

        @Override
        public void add(HourTotals totals) throws SQLException {
            totals.add(connection);
        }

        @Override
        public void move(Position next, int repeated, Instant lastOccurredAt, Instant shippedAt, String contentSha256, String sums)
                throws SQLException {
            movePosition(connection, nodeId, from, next, repeated, lastOccurredAt, shippedAt, contentSha256, sums);
        }

        @Override
        public void publish(Unshipped unshipped) throws SQLException {
            LiveRows.write(connection, unshipped);
        }

        @Override
        public void commit() throws SQLException {
            connection.commit();
            committed = true;
            knownPartitions.addAll(months);
        }

        @Override
        public void close() throws SQLException {
            try (connection) {
                if (!committed) {
                    knownPartitions.removeAll(months); // one may have been dropped
                    connection.rollback();
                }
                connection.setAutoCommit(autoCommit);
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

    private void ensurePartitions(Connection connection, Set<YearMonth> months) throws SQLException {
        for (YearMonth month : months) {
            if (!knownPartitions.contains(month)) {
                try (PreparedStatement ensure = connection.prepareStatement(ENSURE_PARTITION)) {
                    ensure.setString(1, month.atDay(1).toString());
                    ensure.execute();
                }
            }
        }
    }

    /**
     * Stores the events by COPY; only where one of them is stored already, again through a table beside it.
     *
     * @return as {@link Shipment#store}
     */
    private Optional<Set<Long>> copy(Connection connection, EventBatch events, long firstSequence)
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
            Connection connection,
            String nodeId,
            Position from,
            Position next,
            int repeated,
            Instant lastOccurredAt,
            Instant now,
            String contentSha256,
            String sums)
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
            move.setLong(10, from.nextSequence());
            move.setLong(11, next.nextSequence() - from.nextSequence() - repeated);
            move.setBytes(12, HexFormat.of().parseHex(contentSha256));
            move.setString(13, sums);
            move.executeUpdate();
        }
    }
}
