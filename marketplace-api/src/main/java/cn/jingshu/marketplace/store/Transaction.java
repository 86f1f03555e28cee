package cn.jingshu.marketplace.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Statements inside one transaction. Parameters are bound by position: {@code Instant} as {@code timestamptz},
 * an enum by its name, a collection as {@code text[]}, everything else as the driver binds it.
 */
public final class Transaction {
    private final Connection connection;

    Transaction(Connection connection) {
        this.connection = connection;
    }

    /** The transaction that another room began on its connection, and ends. */
    public static Transaction on(Connection connection) {
        return new Transaction(connection);
    }

    /** Makes a record of the row the cursor stands on. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(Row row) throws SQLException;
    }

    /** Every row of a query, in its order. */
    public <T> List<T> list(String sql, Reader<T> reader, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            Row row = new Row(rows);
            while (rows.next()) {
                found.add(reader.read(row));
            }
            return List.copyOf(found);
        }
    }

    /**
     * The single row of a query, if there is one.
     *
     * @throws IllegalStateException when there are several
     */
    public <T> Optional<T> find(String sql, Reader<T> reader, @Nullable Object... parameters) throws SQLException {
        List<T> found = list(sql, reader, parameters);
        if (found.size() > 1) {
            throw new IllegalStateException(found.size() + " rows where one was expected");
        }
        return found.stream().findFirst();
    }

    /** Runs a statement that changes rows and says how many. */
    public int change(String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /** What another room does on a connection. */
    @FunctionalInterface
    public interface Foreign<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Lets another room take part in this transaction: its statements stand or fall with ours. */
    public <T> T join(Foreign<T> work) throws SQLException {
        return work.on(connection);
    }

    /** Takes back everything this transaction has done so far; what follows still belongs to it. */
    public void rollback() throws SQLException {
        connection.rollback();
    }

    private PreparedStatement prepare(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                bind(statement, i + 1, parameters[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private void bind(PreparedStatement statement, int position, @Nullable Object value) throws SQLException {
        switch (value) {
            // PostgreSQL would round to microseconds, half of the time into the future: what applies from now would not yet.
            case Instant moment ->
                statement.setObject(position, moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
            case LocalDate day -> statement.setObject(position, day);
            case Enum<?> constant -> statement.setString(position, constant.name());
            case Collection<?> many -> statement.setArray(position, connection.createArrayOf("text",
                    many.stream().map(Transaction::text).toArray()));
            case null, default -> statement.setObject(position, value);
        }
    }

    private static String text(Object value) {
        return value instanceof Enum<?> constant ? constant.name() : value.toString();
    }
}
