package cn.jingshu.products.domain.load;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Types;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A database whose driver the operator has put in place, spoken to in the words of the standard (SQL:2008). Its address is the operator's, in which host, port and
 * database are filled in: {@code jdbc:dm://{host}:{port}/{database}}. Of its sockets and its encryption nothing is known here.
 */
final class DrivenEngine extends DatabaseEngine {
    private static final Pattern DATABASE = Pattern.compile("[\\p{L}\\p{N}_$-]{1,63}");
    private static final Pattern FORM = Pattern.compile("jdbc:[A-Za-z0-9]+:[^\\s{}]*\\{host}:\\{port}[^\\s{}]*(\\{database}[^\\s{}]*)?");
    private static final Pattern SECRET = Pattern.compile("(?i)(user|passw|pwd|secret)[^=;&]*=");

    private final String form;
    private final Pattern address;
    private final DriverFolder drivers;

    /** @throws IllegalArgumentException if the form is none, or holds a user or a password */
    DrivenEngine(String name, String form, DriverFolder drivers) {
        super(name);
        if (!FORM.matcher(form).matches() || SECRET.matcher(form).find()) {
            throw new IllegalArgumentException("the address of the database engine " + name + " has the form jdbc:…{host}:{port}…{database}…, without a user and a password");
        }
        this.form = form;
        this.drivers = drivers;
        this.address = Pattern.compile(Pattern.quote(form).replace("{host}", "\\E(?<host>[A-Za-z0-9.-]+)\\Q").replace("{port}", "\\E(?<port>[0-9]{1,5})\\Q")
                .replace("{database}", "\\E(?<database>[\\p{L}\\p{N}_$-]{1,63})\\Q"));
    }

    /** What an address of that form says; empty: it is of another form. */
    Optional<DatabaseUrl> read(String url) {
        Matcher parts = address.matcher(url);
        return parts.matches() ? Optional.of(new DatabaseUrl(this, parts.group("host"), Integer.parseInt(parts.group("port")),
                form.contains("{database}") ? parts.group("database") : "-", SourceAddress.Encryption.PREFERRED)) : Optional.empty();
    }

    @Override
    public OptionalInt usualPort() {
        return OptionalInt.empty();
    }

    @Override
    public boolean isGuarded() {
        return false;
    }

    @Override
    public SourceDatabase at(SourceAddress at) {
        if (!DATABASE.matcher(at.database()).matches()) {
            throw new IllegalArgumentException("the database of such an engine is named by letters, digits, underscores and hyphens");
        }
        String host = at.host().indexOf(':') >= 0 ? "[" + at.host() + "]" : at.host();
        String url = form.replace("{host}", host).replace("{port}", Integer.toString(at.port())).replace("{database}", at.database());
        return new SourceDatabase(this, () -> connect(url, at));
    }

    private Connection connect(String url, SourceAddress at) throws SQLException {
        Driver driver = drivers.find(url).orElseThrow(() -> new UnfitSourceException("本节点没有数据库类型 " + name() + " 的驱动程序。",
                "This node has no driver for databases of the engine " + name() + "."));
        Properties told = new Properties();
        put(told, "user", at.user());
        put(told, "password", at.password());
        Connection connection = connect(driver, url, told, Duration.ofSeconds(CONNECT_SECONDS));
        try {
            connection.setNetworkTimeout(Runnable::run, SILENT_SECONDS * 1_000);
        } catch (SQLFeatureNotSupportedException | AbstractMethodError silent) {
            // the time of the statement is limited all the same
        } catch (SQLException | RuntimeException broken) {
            connection.close();
            throw broken;
        }
        return connection;
    }

    /** Nobody knows whether a driver minds the time, so it connects on a thread of its own; what comes too late is closed. */
    static Connection connect(Driver driver, String url, Properties told, Duration most) throws SQLException {
        CompletableFuture<Connection> connected = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("driver-connects").start(() -> {
            try (Late late = new Late(driver.connect(url, told))) {
                if (late.connection == null) {
                    connected.completeExceptionally(new SQLException("the driver takes no such address", "08001"));
                } else if (connected.complete(late.connection)) {
                    late.connection = null;
                }
            } catch (SQLException | RuntimeException | LinkageError broken) {
                connected.completeExceptionally(broken);
            }
        });
        try {
            return connected.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException silent) {
            if (connected.cancel(false)) {
                throw new SQLException("the database does not answer within " + most.toSeconds() + " s", "08001", silent);
            }
            return connected.join(); // in the last moment
        } catch (InterruptedException stopped) {
            connected.cancel(false);
            Thread.currentThread().interrupt();
            throw new SQLException("the connection is not wanted any more", "08001", stopped);
        } catch (ExecutionException broken) {
            switch (broken.getCause()) {
                case SQLException refused -> throw refused;
                case RuntimeException defect -> throw defect;
                case LinkageError unfit -> throw unfit;
                case null, default -> throw new IllegalStateException(broken);
            }
        }
    }

    /** Closes a connection that nobody has taken. */
    private static final class Late implements AutoCloseable {
        private @Nullable Connection connection;

        private Late(@Nullable Connection connection) {
            this.connection = connection;
        }

        @Override
        public void close() throws SQLException {
            if (connection != null) {
                connection.close();
            }
        }
    }

    private static void put(Properties told, String key, @Nullable String value) {
        if (value != null) {
            told.setProperty(key, value);
        }
    }

    @Override
    String quotationMark(Connection connection) throws SQLException {
        String mark = connection.getMetaData().getIdentifierQuoteString();
        return mark == null ? "" : mark;
    }

    @Override
    String first(String query, int rows) {
        return query + " OFFSET 0 ROWS FETCH NEXT " + rows + " ROWS ONLY";
    }

    @Override
    boolean comparesRows() {
        return false;
    }

    @Override
    ColumnKind kindOf(int type, String typeName) {
        return switch (type) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> ColumnKind.INTEGER;
            case Types.DECIMAL, Types.NUMERIC -> ColumnKind.DECIMAL;
            case Types.REAL, Types.FLOAT, Types.DOUBLE -> ColumnKind.FLOAT;
            case Types.BOOLEAN, Types.BIT -> ColumnKind.BOOLEAN;
            case Types.DATE -> ColumnKind.DATE;
            case Types.TIMESTAMP -> ColumnKind.LOCAL_TIME;
            case Types.TIMESTAMP_WITH_TIMEZONE -> ColumnKind.MOMENT;
            case Types.CHAR, Types.VARCHAR, Types.NCHAR, Types.NVARCHAR -> ColumnKind.TEXT;
            case Types.LONGVARCHAR, Types.LONGNVARCHAR, Types.CLOB, Types.NCLOB -> ColumnKind.LONG_TEXT;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY -> ColumnKind.BYTES;
            default -> ColumnKind.OTHER;
        };
    }

    @Override
    @Nullable String text(ResultSet row, int at, ColumnKind kind) throws SQLException {
        if (kind == ColumnKind.DECIMAL) {
            var number = row.getBigDecimal(at);
            return number == null ? null : number.toPlainString();
        }
        return super.text(row, at, kind);
    }
}
