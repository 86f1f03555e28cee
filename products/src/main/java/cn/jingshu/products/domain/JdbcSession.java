package cn.jingshu.products.domain;

import cn.jingshu.products.domain.DomainException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A session on one connection; of no use once its transaction has ended. */
final class JdbcSession implements DataSession {
    private final Connection connection;
    private final ProductSeals seals;
    private final List<String> subjectColumns;
    private final Duration longest;
    private final Thread thread = Thread.currentThread();
    private boolean ended;

    /**
     * @param subjectColumns by what columns rows belong to those a transaction is about
     * @param longest what a statement may take at the most
     */
    JdbcSession(Connection connection, ProductSeals seals, List<String> subjectColumns, Duration longest) {
        this.connection = connection;
        this.seals = seals;
        this.subjectColumns = subjectColumns;
        this.longest = longest;
    }

    @Override
    public <T> List<T> select(String sql, Function<Row, T> reader, @Nullable Object... parameters) {
        requireOpen();
        SingleStatement.requireRead(sql);
        try (PreparedStatement statement = prepared(sql, parameters); ResultSet rows = statement.executeQuery()) {
            Row row = new JdbcRow(rows, seals);
            List<T> answer = new ArrayList<>();
            while (rows.next()) {
                answer.add(reader.apply(row));
            }
            return answer;
        } catch (SQLException failure) {
            throw SqlFaults.of(failure);
        }
    }

    @Override
    public <T> Optional<T> find(String sql, Function<Row, T> reader, @Nullable Object... parameters) {
        List<T> rows = select(sql, reader, parameters);
        if (rows.size() > 1) {
            throw new DomainException(Reason.BROKEN_STATEMENT, rows.size() + " rows where one or none was to be found", null);
        }
        return rows.stream().findFirst();
    }

    @Override
    public String plan(String sql, @Nullable Object... parameters) {
        requireOpen();
        SingleStatement.requireRead(sql);
        try (PreparedStatement statement = prepared("EXPLAIN (VERBOSE, FORMAT JSON) " + sql, parameters); ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        } catch (SQLException failure) {
            throw SqlFaults.of(failure);
        }
    }

    @Override
    public void about(Collection<String> tokens) {
        requireOpen();
        try (Statement setting = connection.createStatement()) {
            setting.execute(SubjectRows.settings(tokens, subjectColumns));
        } catch (SQLException failure) {
            throw SqlFaults.of(failure);
        }
    }

    @Override
    public void limit(Duration statement) {
        requireOpen();
        try (Statement setting = connection.createStatement()) {
            setting.execute("SET LOCAL statement_timeout = " + Math.clamp(statement.toMillis(), 1, longest.toMillis()));
        } catch (SQLException failure) {
            throw SqlFaults.of(failure);
        }
    }

    @Override
    public int change(String sql, @Nullable Object... parameters) {
        requireOpen();
        SingleStatement.requireChange(sql);
        try (PreparedStatement statement = prepared(sql, parameters)) {
            return statement.executeUpdate();
        } catch (SQLException failure) {
            throw SqlFaults.of(failure);
        }
    }

    void end() {
        ended = true;
    }

    private PreparedStatement prepared(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            JdbcParameters.set(statement, i + 1, parameters[i]);
        }
        return statement;
    }

    private void requireOpen() {
        if (ended || Thread.currentThread() != thread) {
            throw new IllegalStateException("a session is of use to the thread it was given to, inside its transaction");
        }
    }
}
