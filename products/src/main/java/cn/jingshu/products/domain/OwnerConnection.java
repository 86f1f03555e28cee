package cn.jingshu.products.domain;

import cn.jingshu.products.domain.DomainException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One transaction of the domain's owner: who makes tables and roles, and loads rows. Nodes take turns by an advisory lock. */
final class OwnerConnection {
    /** Of the domain; any number that no other room locks. */
    private static final String TAKE_TURNS = "SELECT pg_catalog.pg_advisory_xact_lock(7226413017311)";

    /** Roles belong to all databases of a server, the lock to one: two installations may meet at the same role. */
    private static final int TRIES = 10;

    private final Connection connection;

    private OwnerConnection(Connection connection) {
        this.connection = connection;
    }

    /** What is done in the transaction. */
    @FunctionalInterface
    interface Work<T> {
        T in(OwnerConnection owner) throws SQLException;
    }

    /** Reads a row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Does {@code work} while no other node changes the domain. @throws DomainException if it cannot be done */
    static <T> T inTurn(DataSource dataSource, Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(dataSource, owner -> {
                    owner.execute(TAKE_TURNS);
                    return work.in(owner);
                });
            } catch (SQLException failure) {
                if (attempt == TRIES || !metAnother(failure)) {
                    throw failed(failure);
                }
            }
        }
    }

    /** Does {@code work} without waiting for anyone. @throws DomainException if it cannot be done */
    static <T> T run(DataSource dataSource, Work<T> work) {
        try {
            return once(dataSource, work);
        } catch (SQLException failure) {
            throw failed(failure);
        }
    }

    private static <T> T once(DataSource dataSource, Work<T> work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.in(new OwnerConnection(connection));
                connection.commit();
                done = true;
                return result;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        }
    }

    /** "tuple concurrently updated", and a role that was made between our look and our making it. */
    private static boolean metAnother(SQLException failure) {
        String state = failure.getSQLState();
        return "XX000".equals(state) || "42710".equals(state) || "23505".equals(state) || "40P01".equals(state) || "40001".equals(state);
    }

    private static DomainException failed(SQLException failure) {
        DomainException fault = SqlFaults.of(failure);
        return fault.reason() == Reason.NOT_GRANTED
                ? new DomainException(Reason.NOT_GRANTED, "the domain's owner lacks a right it needs: " + fault.getMessage(), fault)
                : fault;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The database it works in. */
    String database() throws SQLException {
        return connection.getCatalog();
    }

    /** Takes from everybody what only a superuser can take, where the owner is one. */
    void hardenIfSuperuser(List<String> nodes) throws SQLException {
        if (DatabaseHardening.isSuperuser(connection)) {
            List<String> trusted = new ArrayList<>(nodes);
            trusted.add(connection.getMetaData().getUserName());
            DatabaseHardening.apply(connection, trusted);
        }
    }

    int change(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    <T> List<T> list(String sql, Reader<T> reader, @Nullable Object... parameters) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (PreparedStatement statement = prepared(sql, parameters); ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                rows.add(reader.read(row));
            }
        }
        return rows;
    }

    /** Takes a row. */
    @FunctionalInterface
    interface Taker {
        void take(ResultSet row) throws SQLException;
    }

    void each(String sql, Taker taker, @Nullable Object... parameters) throws SQLException {
        list(sql, row -> {
            taker.take(row);
            return true;
        }, parameters);
    }

    private PreparedStatement prepared(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            JdbcParameters.set(statement, i + 1, parameters[i]);
        }
        return statement;
    }

    /** A name as SQL writes it, whatever it holds. */
    static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
