package cn.jingshu.products.domain.load;

import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A kind of database that tables are loaded from: how it is connected to, and what it says otherwise than others. A source names host, database and role; no
 * text of it becomes a property of a driver (decision 0067).
 */
public abstract sealed class DatabaseEngine permits PostgresEngine, MySqlEngine, DrivenEngine {
    /** How long a connection may take to be made, seconds. */
    static final int CONNECT_SECONDS = 10;

    /** How long a server may be silent, seconds: beyond the longest query. */
    static final int SILENT_SECONDS = JdbcSource.QUERY_SECONDS + 30;

    /** The name connections have at the server. */
    static final String APPLICATION = "jingshu-load";

    private static final DateTimeFormatter LOCAL_TIME = new DateTimeFormatterBuilder().append(DateTimeFormatter.ISO_LOCAL_DATE).appendLiteral(' ')
            .append(DateTimeFormatter.ISO_LOCAL_TIME).toFormatter(Locale.ROOT);

    private final String name;

    DatabaseEngine(String name) {
        this.name = name;
    }

    /** What sources call it: {@code postgresql}. */
    public final String name() {
        return name;
    }

    /** The port where a source states none; empty: it has to. */
    public abstract OptionalInt usualPort();

    /** Whether its driver takes our sockets and can be made to encrypt. One that does not is asked on the inner network alone, at an address looked at before. */
    public abstract boolean isGuarded();

    /**
     * The database there; nothing is connected yet.
     *
     * @throws IllegalArgumentException if a part of the address is none of its kind; what was given is not repeated
     */
    public abstract SourceDatabase at(SourceAddress address);

    /* What it says otherwise than others */

    /** What stands before and after a name. */
    abstract String quotationMark(Connection connection) throws SQLException;

    final String quoted(Connection connection, String of) throws SQLException {
        String mark = quotationMark(connection);
        if (mark.isBlank() || of.contains(mark) || of.indexOf('\0') >= 0) {
            throw new UnfitSourceException("源表或列的名称无法引用。", "A name of the source's table or column cannot be quoted.");
        }
        return mark + of + mark;
    }

    /** The first rows of an ordered query. */
    abstract String first(String query, int rows);

    /** Whether it understands {@code (a, b) > (?, ?)} and finds such rows by an index. */
    abstract boolean comparesRows();

    /**
     * What a column's values are.
     *
     * @param type of {@link java.sql.Types}
     * @param typeName the database's own
     */
    abstract ColumnKind kindOf(int type, String typeName);

    /**
     * Whether a table can be read behind values of a column.
     *
     * @param column by the source's own name
     */
    boolean isOrdered(Connection connection, JdbcSource.Table table, String column, ColumnKind kind) throws SQLException {
        return kind.isOrdered();
    }

    /** A value as {@link Cells} reads it; null: there is none. */
    @Nullable String text(ResultSet row, int at, ColumnKind kind) throws SQLException {
        return switch (kind) {
            case INTEGER, DECIMAL, DATE, TEXT, OTHER -> row.getString(at);
            case FLOAT -> {
                Object number = row.getObject(at);
                yield number == null ? null : number.toString();
            }
            case BOOLEAN -> {
                boolean holds = row.getBoolean(at);
                yield row.wasNull() ? null : Boolean.toString(holds);
            }
            case LOCAL_TIME -> localTime(row.getString(at));
            case MOMENT -> {
                OffsetDateTime moment = row.getObject(at, OffsetDateTime.class);
                yield moment == null ? null : moment.toInstant().toString();
            }
            case LONG_TEXT -> beginning(row, at);
            case BITS -> {
                byte[] bits = row.getBytes(at);
                yield bits == null ? null : new BigInteger(1, bits).toString();
            }
            case BYTES -> {
                byte[] bytes = row.getBytes(at);
                yield bytes == null ? null : HexFormat.of().formatHex(bytes);
            }
        };
    }

    /**
     * Gives a value back to compare rows with.
     *
     * @throws IllegalArgumentException or {@link DateTimeException} if it is none of its kind
     */
    void bind(PreparedStatement statement, int at, ColumnKind kind, String value) throws SQLException {
        switch (kind) {
            case INTEGER -> {
                BigInteger number = new BigInteger(value);
                if (number.bitLength() < Long.SIZE) {
                    statement.setLong(at, number.longValueExact());
                } else {
                    statement.setBigDecimal(at, new BigDecimal(number));
                }
            }
            case DECIMAL -> statement.setBigDecimal(at, new BigDecimal(value));
            case DATE -> statement.setObject(at, LocalDate.parse(value));
            case LOCAL_TIME -> statement.setObject(at, LocalDateTime.parse(value, LOCAL_TIME));
            case MOMENT -> statement.setObject(at, Instant.parse(value).atOffset(ZoneOffset.UTC));
            case BYTES -> statement.setBytes(at, HexFormat.of().parseHex(value));
            case TEXT, OTHER -> statement.setString(at, value);
            case FLOAT, BOOLEAN, LONG_TEXT, BITS -> throw new IllegalArgumentException("nothing is read behind such a value");
        }
    }

    /** A date and a time as all of them are written here; what is none stays what it is, and is judged with the others. */
    static @Nullable String localTime(@Nullable String text) {
        try {
            return text == null ? null : LOCAL_TIME.format(LocalDateTime.parse(text.replace('T', ' '), LOCAL_TIME));
        } catch (DateTimeException none) {
            return text;
        }
    }

    private static @Nullable String beginning(ResultSet row, int at) throws SQLException {
        try (Reader reader = row.getCharacterStream(at)) {
            if (reader == null) {
                return null;
            }
            StringBuilder text = new StringBuilder();
            char[] part = new char[8_192];
            for (int read = reader.read(part); read >= 0 && text.length() <= CsvSource.MOST_CHARACTERS; read = reader.read(part)) {
                text.append(part, 0, read);
            }
            return text.toString();
        } catch (IOException broken) {
            throw new SQLException("a text could not be read", "08006", broken);
        }
    }
}
