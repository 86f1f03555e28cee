package cn.jingshu.products.domain.load;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * MySQL and MariaDB. The driver is told what stands here, and of an address host and port alone: a server is sent no file, no session is sent to another server, and
 * no password goes to whoever asks for it in the clear.
 */
final class MySqlEngine extends DatabaseEngine {
    /** What the driver is told of itself, whoever is connected to. */
    private static final Map<String, String> TOLD = Map.ofEntries(
            Map.entry("connectTimeout", Integer.toString(CONNECT_SECONDS * 1_000)),
            Map.entry("socketTimeout", Integer.toString(SILENT_SECONDS * 1_000)),
            Map.entry("allowLocalInfile", "false"), Map.entry("allowMultiQueries", "false"), Map.entry("permitRedirect", "false"),
            Map.entry("fallbackToSystemKeyStore", "false"),
            // Ways to sign in that do not tell the server the password, unless the connection is encrypted.
            Map.entry("restrictedAuth", "mysql_native_password,client_ed25519,caching_sha2_password,parsec"),
            Map.entry("maxAllowedPacket", Integer.toString(32 << 20)), // of one row, bytes
            Map.entry("maxAllowedColumns", "4096"), // a table has no more
            // Moments are read as UTC, which every server knows by this offset, and no summer time of a zone is in the way.
            Map.entry("sessionVariables", "time_zone='+00:00'"),
            Map.entry("connectionAttributes", "program_name:" + APPLICATION),
            Map.entry("tinyInt1isBit", "false"), Map.entry("yearIsDateType", "false"));

    /** How a value is written that means none: what dates are where a program once stored no date. */
    private static final String NO_DATE = "0000-00-00";

    /** They are sorted by their number, and compared with a text by their text. */
    private static final Set<String> SORTED_OTHERWISE = Set.of("enum", "set");

    private static final String TYPE = """
            SELECT data_type FROM information_schema.columns WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND column_name = ?
            """;

    MySqlEngine() {
        super("mysql");
    }

    @Override
    public OptionalInt usualPort() {
        return OptionalInt.of(3306);
    }

    @Override
    public boolean isGuarded() {
        return true;
    }

    @Override
    public SourceDatabase at(SourceAddress address) {
        return switch (address.encryption()) {
            case VERIFIED -> new SourceDatabase(this, () -> connect(address, "verify-full"));
            case ENCRYPTED -> new SourceDatabase(this, () -> connect(address, "trust"));
            case NONE -> new SourceDatabase(this, () -> connect(address, "disable"));
            case PREFERRED -> new SourceDatabase(this, () -> {
                try {
                    return connect(address, "trust");
                } catch (SQLException failure) {
                    String state = failure.getSQLState();
                    if (state == null || !state.startsWith("08")) {
                        throw failure;
                    }
                    return connect(address, "disable"); // the server may have no TLS
                }
            });
        };
    }

    private static Connection connect(SourceAddress address, String sslMode) throws SQLException {
        Properties told = new Properties();
        TOLD.forEach(told::setProperty);
        told.setProperty("sslMode", sslMode);
        told.setProperty("database", address.database());
        put(told, "user", address.user());
        put(told, "password", address.password());
        Class<? extends SocketFactory> sockets = address.sockets();
        put(told, "socketFactory", sockets == null ? null : sockets.getName());
        return DriverManager.getConnection("jdbc:mariadb://" + address.host() + ":" + address.port() + "/", told);
    }

    private static void put(Properties told, String name, @Nullable String value) {
        if (value != null) {
            told.setProperty(name, value);
        }
    }

    @Override
    String quotationMark(Connection connection) {
        return "`";
    }

    @Override
    String first(String query, int rows) {
        return query + " LIMIT " + rows;
    }

    /** It compares rows, but looks for them without an index. */
    @Override
    boolean comparesRows() {
        return false;
    }

    @Override
    ColumnKind kindOf(int type, String typeName) {
        String own = typeName.toUpperCase(Locale.ROOT);
        return switch (own) {
            case "TIMESTAMP" -> ColumnKind.MOMENT;
            case "DATETIME" -> ColumnKind.LOCAL_TIME;
            case "BIT" -> ColumnKind.BITS;
            case "YEAR" -> ColumnKind.INTEGER;
            default -> switch (type) {
                case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> ColumnKind.INTEGER;
                case Types.DECIMAL, Types.NUMERIC -> ColumnKind.DECIMAL;
                case Types.REAL, Types.FLOAT, Types.DOUBLE -> ColumnKind.FLOAT;
                case Types.DATE -> ColumnKind.DATE;
                case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR -> ColumnKind.TEXT;
                case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> ColumnKind.BYTES;
                default -> ColumnKind.OTHER;
            };
        };
    }

    @Override
    boolean isOrdered(Connection connection, JdbcSource.Table table, String column, ColumnKind kind) throws SQLException {
        if (kind != ColumnKind.TEXT) {
            return kind.isOrdered();
        }
        try (PreparedStatement statement = connection.prepareStatement(TYPE)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.table());
            statement.setString(3, column);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && !SORTED_OTHERWISE.contains(row.getString(1).toLowerCase(Locale.ROOT));
            }
        }
    }

    @Override
    @Nullable String text(ResultSet row, int at, ColumnKind kind) throws SQLException {
        return switch (kind) {
            case DATE -> dated(row.getString(at));
            case LOCAL_TIME -> localTime(dated(row.getString(at)));
            case MOMENT -> moment(dated(row.getString(at)));
            default -> super.text(row, at, kind);
        };
    }

    private static @Nullable String dated(@Nullable String text) {
        return text == null || text.startsWith(NO_DATE) ? null : text;
    }

    private static @Nullable String moment(@Nullable String text) {
        try {
            String local = localTime(text);
            return local == null ? null : LocalDateTime.parse(local.replace(' ', 'T')).toInstant(ZoneOffset.UTC).toString();
        } catch (DateTimeException none) {
            return text;
        }
    }

    @Override
    void bind(PreparedStatement statement, int at, ColumnKind kind, String value) throws SQLException {
        if (kind == ColumnKind.MOMENT) {
            statement.setObject(at, LocalDateTime.ofInstant(Instant.parse(value), ZoneOffset.UTC)); // as the session shows it
        } else {
            super.bind(statement, at, kind, value);
        }
    }
}
