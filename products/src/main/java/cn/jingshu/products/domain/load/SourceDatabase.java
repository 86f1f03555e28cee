package cn.jingshu.products.domain.load;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Another database that tables are loaded from: each question is a short transaction of its own that may only read. */
public final class SourceDatabase {
    private final DatabaseEngine engine;
    private final Connections connections;

    /** Makes a new connection. */
    @FunctionalInterface
    interface Connections {
        Connection open() throws SQLException;
    }

    /** What is asked on a connection. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    SourceDatabase(DatabaseEngine engine, Connections connections) {
        this.engine = engine;
        this.connections = connections;
    }

    /** A PostgreSQL whose connections somebody else makes. */
    public static SourceDatabase ofPostgres(DataSource connections) {
        return new SourceDatabase(DatabaseEngines.POSTGRES, connections::getConnection);
    }

    DatabaseEngine engine() {
        return engine;
    }

    <T> T ask(Question<T> question) throws SQLException {
        try (Connection connection = connections.open()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            T answer = question.ask(connection);
            if (!connection.isClosed()) {
                connection.rollback(); // nothing was changed; some drivers close no connection in a transaction
            }
            return answer;
        } catch (StackOverflowError endless) {
            // A driver reads each answer to an answer one call deeper; a hostile server gives them without end.
            throw new SQLException("the answers of the server have no end", "08P01");
        }
    }
}
