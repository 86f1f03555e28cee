package cn.jingshu.marketplace.gate;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Announcements by PostgreSQL's NOTIFY; each listening keeps one plain connection. */
record PostgresAnnouncements(DataSource dataSource) implements Announcements {
    private static final String LISTEN = "LISTEN market_changed";
    private static final String UNLISTEN = "UNLISTEN *";

    /** After so long without an answer the connection counts as dead. */
    private static final Duration DEAD_AFTER = Duration.ofSeconds(10);

    @Override
    public Listening listen() throws SQLException {
        Connection connection = dataSource.getConnection();
        boolean listens = false;
        try {
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, (int) DEAD_AFTER.toMillis());
            try (Statement statement = connection.createStatement()) {
                statement.execute(LISTEN);
            }
            Listening listening = new OnConnection(connection, connection.unwrap(PGConnection.class));
            listens = true;
            return listening;
        } finally {
            if (!listens) {
                connection.close();
            }
        }
    }

    private record OnConnection(Connection connection, PGConnection announcements) implements Listening {
        @Override
        public Announced await(Duration atMost) throws SQLException {
            Announced announced = new Announced();
            PGNotification[] notifications = announcements.getNotifications((int) atMost.toMillis());
            if (notifications != null) {
                for (PGNotification each : notifications) {
                    announced.add(each.getParameter());
                }
            }
            return announced;
        }

        @Override
        public void cut() throws SQLException {
            connection.abort(Runnable::run);
        }

        @Override
        public void close() throws SQLException {
            try (connection; Statement statement = connection.createStatement()) {
                statement.execute(UNLISTEN); // the pool gets back a connection that listens to nothing
            }
        }
    }
}
