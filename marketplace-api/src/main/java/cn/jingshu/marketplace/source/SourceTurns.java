package cn.jingshu.marketplace.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose turn it is to load a source: one node's, by a lock of PostgreSQL that lives as long as the connection it was taken on. */
final class SourceTurns {
    private static final Logger LOG = LoggerFactory.getLogger(SourceTurns.class);
    private static final String TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('jingshu.load-source.' || ?, 0))";
    private static final String UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('jingshu.load-source.' || ?, 0))";

    private final DataSource dataSource;

    SourceTurns(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Held until it is closed; empty: another node has it. */
    Optional<Turn> tryTurn(String code) throws SQLException {
        Connection connection = dataSource.getConnection();
        boolean held = false;
        try {
            held = ask(connection, TRY_LOCK, code);
            return held ? Optional.of(new Turn(connection, code)) : Optional.empty();
        } finally {
            if (!held) {
                connection.close();
            }
        }
    }

    private static boolean ask(Connection connection, String sql, String code) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, code);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** A lock that cannot be given back goes with its connection, which must then not go back to the pool. */
    static final class Turn implements AutoCloseable {
        private final Connection connection;
        private final String code;

        private Turn(Connection connection, String code) {
            this.connection = connection;
            this.code = code;
        }

        @Override
        public void close() {
            try (connection) {
                try {
                    ask(connection, UNLOCK, code);
                } catch (SQLException lost) {
                    connection.abort(Runnable::run);
                    LOG.debug("the connection that held the turn of {} was lost: {}", code, lost.toString());
                }
            } catch (SQLException e) {
                LOG.debug("the connection that held the turn of {} did not close: {}", code, e.toString());
            }
        }
    }
}
