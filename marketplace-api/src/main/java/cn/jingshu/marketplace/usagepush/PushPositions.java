package cn.jingshu.marketplace.usagepush;

import cn.jingshu.metering.usage.NodePosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a sink has taken the usage, and whose turn it is to push: one node's at a time. */
final class PushPositions {
    private static final Logger LOG = LoggerFactory.getLogger(PushPositions.class);

    private static final String TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('jingshu.usage-push.' || ?, 0)) AS mine";
    private static final String UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('jingshu.usage-push.' || ?, 0)) AS was_mine";

    private static final String KNOW_SINK = """
            INSERT INTO market.usage_push_sink (sink) VALUES (?) ON CONFLICT DO NOTHING
            """;
    private static final String STATE = """
            SELECT failures, CAST(GREATEST(0, extract(epoch FROM next_attempt_at - now()) * 1000) AS bigint) AS wait_millis,
                   last_failure, delivered_at, gone_url
              FROM market.usage_push_sink
             WHERE sink = ?
            """;
    private static final String POSITIONS = """
            SELECT node_id, next_sequence FROM market.usage_push_position WHERE sink = ?
            """;
    private static final String BEGIN = """
            INSERT INTO market.usage_push_position (sink, node_id, next_sequence) VALUES (?, ?, 1) ON CONFLICT DO NOTHING
            """;
    /** From where it was known to be, so that of two who held the turn one after the other none sets it back. */
    private static final String MOVE = """
            UPDATE market.usage_push_position
               SET next_sequence = ?
             WHERE sink = ? AND node_id = ? AND next_sequence = ?
            """;
    private static final String SUCCEED = """
            UPDATE market.usage_push_sink
               SET failures = 0, next_attempt_at = now(), delivered_at = now(), gone_url = NULL
             WHERE sink = ?
            """;
    private static final String FAIL = """
            UPDATE market.usage_push_sink
               SET failures = failures + 1, last_failure = ?, next_attempt_at = now() + CAST(? AS bigint) * interval '1 millisecond'
             WHERE sink = ?
            """;
    private static final String GONE = """
            UPDATE market.usage_push_sink SET gone_url = ?, last_failure = 'HTTP 410' WHERE sink = ?
            """;
    private static final String RESUME = """
            UPDATE market.usage_push_sink SET gone_url = NULL, failures = 0, next_attempt_at = now() WHERE sink = ?
            """;

    /**
     * What the sink last said.
     *
     * @param failures in a row
     * @param pause until it may be tried again; zero: at once
     * @param goneUrl the address that said 410; null: none did
     */
    record State(
            int failures,
            Duration pause,
            @Nullable String lastFailure,
            @Nullable OffsetDateTime deliveredAt,
            @Nullable String goneUrl) {}

    private final DataSource dataSource;
    private final String sink;

    /** @param sink names the sink, whatever its address is: its position stays when it moves */
    PushPositions(DataSource dataSource, String sink) {
        this.dataSource = dataSource;
        this.sink = sink;
    }

    /** The turn to push, held until it is closed; empty: another node has it. */
    Optional<Turn> tryTurn() throws SQLException {
        Connection connection = dataSource.getConnection();
        boolean held = false;
        try {
            change(connection, KNOW_SINK, sink);
            held = ask(connection, TRY_LOCK, row -> row.getBoolean("mine"), sink).orElse(false);
            return held ? Optional.of(new Turn(connection)) : Optional.empty();
        } finally {
            if (!held) {
                connection.close();
            }
        }
    }

    /** What the sink last said; empty: nothing was ever pushed to it. */
    Optional<State> findState() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return state(connection);
        }
    }

    /** How far the sink has taken each node's journal; a node that is not here, not at all. */
    Map<String, Long> positions() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return positions(connection);
        }
    }

    /** Tries a sink again that had said it wants no more, or that is being left alone. */
    void resume() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            change(connection, RESUME, sink);
        }
    }

    private Optional<State> state(Connection connection) throws SQLException {
        return ask(connection, STATE, row -> new State(row.getInt("failures"), Duration.ofMillis(row.getLong("wait_millis")),
                row.getString("last_failure"), row.getObject("delivered_at", OffsetDateTime.class),
                row.getString("gone_url")), sink);
    }

    private Map<String, Long> positions(Connection connection) throws SQLException {
        Map<String, Long> known = new HashMap<>();
        try (PreparedStatement list = connection.prepareStatement(POSITIONS)) {
            list.setString(1, sink);
            try (ResultSet row = list.executeQuery()) {
                while (row.next()) {
                    known.put(row.getString("node_id"), row.getLong("next_sequence"));
                }
            }
        }
        return known;
    }

    /** The lock of PostgreSQL, which lives as long as the connection it was taken on. */
    final class Turn implements AutoCloseable {
        private final Connection connection;

        private Turn(Connection connection) {
            this.connection = connection;
        }

        State state() throws SQLException {
            return PushPositions.this.state(connection)
                    .orElseThrow(() -> new SQLException("the sink " + sink + " vanished"));
        }

        /** Where to go on in each node's journal. */
        Map<String, Long> positionsIn(List<NodePosition> journals) throws SQLException {
            Map<String, Long> known = positions(connection);
            for (NodePosition journal : journals) {
                if (!known.containsKey(journal.nodeId())) {
                    change(connection, BEGIN, sink, journal.nodeId());
                    known.put(journal.nodeId(), 1L);
                }
            }
            return known;
        }

        /** Notes that the sink took everything before {@code to}; false: somebody else had moved it meanwhile. */
        boolean move(String nodeId, long from, long to) throws SQLException {
            return change(connection, MOVE, to, sink, nodeId, from) == 1;
        }

        void succeeded() throws SQLException {
            change(connection, SUCCEED, sink);
        }

        void failed(String why, Duration wait) throws SQLException {
            change(connection, FAIL, why, wait.toMillis(), sink);
        }

        void gone(String url) throws SQLException {
            change(connection, GONE, url, sink);
        }

        @Override
        public void close() {
            release(connection);
        }
    }

    /** A lock that cannot be given back goes with its connection, which must then not go back to the pool. */
    private void release(Connection connection) {
        try (connection) {
            try {
                ask(connection, UNLOCK, row -> row.getBoolean("was_mine"), sink);
            } catch (SQLException lost) {
                connection.abort(Runnable::run);
                LOG.debug("the connection that held the turn was lost: {}", lost.toString());
            }
        } catch (SQLException e) {
            LOG.debug("the connection that held the turn did not close: {}", e.toString());
        }
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> Optional<T> ask(Connection connection, String sql, Reader<T> reader, Object... arguments)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, arguments);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(reader.read(row)) : Optional.empty();
        }
    }

    private static int change(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }
}
