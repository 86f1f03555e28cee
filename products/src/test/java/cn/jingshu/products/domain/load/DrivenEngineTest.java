package cn.jingshu.products.domain.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A driver an operator put in place keeps to no time of ours. */
@Timeout(30)
class DrivenEngineTest {
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Knows how to be closed. */
    private final Connection connection = (Connection) Proxy.newProxyInstance(DrivenEngineTest.class.getClassLoader(), new Class<?>[] {Connection.class},
            (_, method, _) -> {
                if (method.getName().equals("close")) {
                    closed.countDown();
                    return null;
                }
                throw new UnsupportedOperationException(method.getName());
            });

    private interface Connecting {
        @Nullable Connection connect() throws SQLException;
    }

    private record Fake(Connecting connecting) implements Driver {
        @Override
        public @Nullable Connection connect(String url, Properties told) throws SQLException {
            return connecting.connect();
        }

        @Override
        public boolean acceptsURL(String url) {
            return true;
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties told) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }
    }

    private static Connection connect(Duration most, Connecting connecting) throws SQLException {
        return DrivenEngine.connect(new Fake(connecting), "jdbc:fake:x", new Properties(), most);
    }

    @Test
    void whatConnectsInTimeIsTaken() throws SQLException {
        assertThat(connect(Duration.ofSeconds(20), () -> connection)).isSameAs(connection);
        assertThat(closed.getCount()).isEqualTo(1);
    }

    @Test
    void aSilentDriverIsLeftAndWhatComesTooLateIsClosed() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        assertThatThrownBy(() -> connect(Duration.ofMillis(50), () -> {
            await(answers);
            return connection;
        })).isInstanceOf(SQLException.class).hasMessageContaining("does not answer within");
        answers.countDown();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoIsInterruptedWaitsNoLonger() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20), () -> {
            await(answers);
            return connection;
        })).isInstanceOf(SQLException.class).hasMessageContaining("not wanted");
        assertThat(Thread.interrupted()).isTrue();
        answers.countDown();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatADriverFailsWithIsTold() {
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20), () -> {
            throw new SQLException("wrong password", "28000");
        })).hasMessage("wrong password");
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20), () -> {
            throw new IllegalStateException("a defect");
        })).isInstanceOf(IllegalStateException.class).hasMessage("a defect");
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20), () -> {
            throw new NoClassDefFoundError("driver/Part");
        })).isInstanceOf(NoClassDefFoundError.class);
        assertThatThrownBy(() -> connect(Duration.ofSeconds(20), () -> null)).isInstanceOf(SQLException.class).hasMessageContaining("takes no such address");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
