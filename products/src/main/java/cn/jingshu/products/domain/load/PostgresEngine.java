package cn.jingshu.products.domain.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.OptionalInt;
import javax.net.SocketFactory;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL, and what speaks its protocol. */
final class PostgresEngine extends DatabaseEngine {
    /** Of what the driver holds of one result. Wider rows break off rather than take the node with them. */
    private static final String MOST_HELD = "128M";

    PostgresEngine() {
        super("postgresql");
    }

    @Override
    public OptionalInt usualPort() {
        return OptionalInt.of(5432);
    }

    @Override
    public boolean isGuarded() {
        return true;
    }

    @Override
    public SourceDatabase at(SourceAddress address) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setServerNames(new String[] {address.host()});
        database.setPortNumbers(new int[] {address.port()});
        database.setDatabaseName(address.database());
        database.setUser(address.user());
        database.setPassword(address.password());
        database.setConnectTimeout(CONNECT_SECONDS);
        database.setSocketTimeout(SILENT_SECONDS);
        database.setApplicationName(APPLICATION);
        Class<? extends SocketFactory> sockets = address.sockets();
        if (sockets != null) {
            database.setSocketFactory(sockets.getName());
        }
        database.setSslMode(switch (address.encryption()) {
            case VERIFIED -> "verify-full";
            case ENCRYPTED -> "require";
            case PREFERRED -> "prefer";
            case NONE -> "disable";
        });
        database.setMaxResultBuffer(MOST_HELD);
        database.setReadOnly(true);
        return new SourceDatabase(this, database::getConnection);
    }

    @Override
    String quotationMark(Connection connection) {
        return "\"";
    }

    @Override
    String first(String query, int rows) {
        return query + " LIMIT " + rows;
    }

    @Override
    boolean comparesRows() {
        return true;
    }

    @Override
    ColumnKind kindOf(int type, String typeName) {
        return switch (typeName) {
            case "timestamptz" -> ColumnKind.MOMENT;
            case "timestamp" -> ColumnKind.LOCAL_TIME;
            case "bool" -> ColumnKind.BOOLEAN;
            case "bytea" -> ColumnKind.BYTES;
            default -> switch (type) {
                case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> ColumnKind.INTEGER;
                case Types.NUMERIC -> ColumnKind.DECIMAL;
                case Types.REAL, Types.DOUBLE -> ColumnKind.FLOAT;
                case Types.DATE -> ColumnKind.DATE;
                case Types.CHAR, Types.VARCHAR -> ColumnKind.TEXT;
                default -> ColumnKind.OTHER;
            };
        };
    }

    /** What it orders it compares, once it is told which type a value is of, and of others it finds out itself. */
    @Override
    boolean isOrdered(Connection connection, JdbcSource.Table table, String column, ColumnKind kind) {
        return kind.isOrdered() || kind == ColumnKind.OTHER;
    }

    @Override
    void bind(PreparedStatement statement, int at, ColumnKind kind, String value) throws SQLException {
        if (kind == ColumnKind.OTHER || kind == ColumnKind.TEXT) {
            statement.setObject(at, value, Types.OTHER); // of the column's own type: uuid, an enumeration, citext
        } else {
            super.bind(statement, at, kind, value);
        }
    }
}
