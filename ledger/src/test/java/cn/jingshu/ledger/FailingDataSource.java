package cn.jingshu.ledger;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A database whose connection breaks at a chosen call: the crash of a process or of the line, made repeatable. */
public final class FailingDataSource implements DataSource {

    private final DataSource real;
    private final AtomicInteger callsLeft;
    private final boolean forGood;

    /**
     * @param callsUntilFailure how many calls of {@code prepareStatement}, {@code unwrap} and {@code commit}, and executions of a statement that
     *     commits by itself, succeed; the commit or execution that breaks is carried out and only its answer is lost
     */
    public FailingDataSource(DataSource real, int callsUntilFailure) {
        this(real, callsUntilFailure, false);
    }

    /** @param forGood whether every later call breaks as well, as for a process that is cut off; else one call alone does */
    public FailingDataSource(DataSource real, int callsUntilFailure, boolean forGood) {
        this.real = real;
        this.forGood = forGood;
        this.callsLeft = new AtomicInteger(callsUntilFailure);
    }

    /** Whether the failure has happened. */
    public boolean hasFailed() {
        return callsLeft.get() < 0;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = real.getConnection();
        return (Connection) Proxy.newProxyInstance(
                FailingDataSource.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    boolean counted = List.of("prepareStatement", "unwrap", "commit").contains(method.getName());
                    int left = counted ? callsLeft.getAndDecrement() : 1;
                    boolean fails = left == 0 || (forGood && left < 0);
                    if (fails && !method.getName().equals("commit")) {
                        connection.close();
                        throw new SQLException("connection broken by the test", "08006");
                    }
                    Object answer = carriedOut(connection, connection, method, args, fails);
                    return answer instanceof PreparedStatement statement ? failing(connection, statement) : answer;
                });
    }

    private PreparedStatement failing(Connection connection, PreparedStatement statement) {
        return (PreparedStatement) Proxy.newProxyInstance(
                FailingDataSource.class.getClassLoader(), new Class<?>[] {PreparedStatement.class}, (proxy, method, args) -> {
                    boolean counted = method.getName().startsWith("execute") && connection.getAutoCommit();
                    int left = counted ? callsLeft.getAndDecrement() : 1;
                    return carriedOut(connection, statement, method, args, left == 0 || (forGood && left < 0));
                });
    }

    private static Object carriedOut(Connection connection, Object on, Method method, Object[] args, boolean answerIsLost) throws Throwable {
        try {
            Object answer = method.invoke(on, args);
            if (answerIsLost) {
                connection.close();
                throw new SQLException("answer lost by the test", "08006");
            }
            return answer;
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return real.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        real.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        real.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return real.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("test");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return real.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return real.isWrapperFor(type);
    }
}
