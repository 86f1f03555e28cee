package cn.jingshu.products.domain.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table in another database, read in chunks by its key (keyset pagination): each chunk is a short query of its own behind the last
 * key, so the source is never held up by a long transaction, and reading can go on from the key after a break. Rows that are changed while
 * they are read are seen before or after the change; rows that come behind the last key are seen.
 */
public final class JdbcSource implements RecordSource {
    private static final int CHUNK = 5_000;
    private static final int QUERY_SECONDS = 300;
    private static final ZoneId CITY = ZoneId.of("Asia/Shanghai");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DataSource dataSource;
    private final Table table;
    private final RecordDigest digest = new RecordDigest();
    private final Deque<Map<String, @Nullable String>> ahead = new ArrayDeque<>();
    private final List<String> columns;
    private List<String> behind;
    private long records;
    private long bytes;
    private boolean ended;

    /**
     * A table and its key.
     *
     * @param name for the record, without address or password: {@code health-bureau}
     * @param schema null: the connection's own
     * @param key columns that together are unique and never empty, of types that compare the same when read as text and given back:
     *     numbers, texts, dates
     */
    public record Table(String name, @Nullable String schema, String table, List<String> key) {
        public Table {
            key = List.copyOf(key);
            if (key.isEmpty()) {
                throw new IllegalArgumentException("a table is read by a key");
            }
        }
    }

    private JdbcSource(DataSource dataSource, Table table, String position) throws SQLException, IOException {
        this.dataSource = dataSource;
        this.table = table;
        this.behind = List.of();
        if (!position.isEmpty()) {
            List<String> kept = JSON.readValue(position, new TypeReference<>() {});
            records = Long.parseLong(kept.getFirst());
            behind = List.copyOf(kept.subList(1, kept.size()));
            digest.miss();
        }
        this.columns = columnsOf();
        for (String column : table.key()) {
            if (columns.stream().noneMatch(column::equalsIgnoreCase)) {
                throw new UnfitSourceException("源表没有键列 " + column + "。", "The table of the source has no column " + column + " to read it by.");
            }
        }
    }

    /** A configured source that can be opened again. */
    public static Opening of(DataSource dataSource, Table table) {
        return new Opening() {
            @Override
            public String description() {
                return "table " + table.name() + "/" + (table.schema() == null ? "" : table.schema() + ".") + table.table();
            }

            @Override
            public @Nullable String definition() {
                return RecordDigest.ofTexts(table.schema() == null ? "" : table.schema(), table.table(), String.join("\0", table.key()));
            }

            @Override
            public @Nullable String digest() {
                return null;
            }

            @Override
            public RecordSource from(String position) throws IOException {
                try {
                    return new JdbcSource(dataSource, table, position);
                } catch (SQLException failure) {
                    throw away(failure);
                }
            }
        };
    }

    /** Without what the source's server says: it may repeat a value. */
    private static IOException away(SQLException failure) {
        return new SourceAwayException("源数据库失败,SQLSTATE " + failure.getSQLState(),
                "the source's database failed, SQLSTATE " + failure.getSQLState(), null);
    }

    private List<String> columnsOf() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + place(connection) + " WHERE 1 = 0");
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData metadata = none.getMetaData();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= metadata.getColumnCount(); i++) {
                names.add(metadata.getColumnLabel(i));
            }
            return List.copyOf(names);
        } catch (SQLException failure) {
            String state = failure.getSQLState();
            if (state != null && state.startsWith("42")) {
                throw new UnfitSourceException("源库中没有该表,或无权读取。", "The source has no such table, or it may not be read.");
            }
            throw failure;
        }
    }

    private String place(Connection connection) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        return (table.schema() == null ? "" : quoted(metadata, table.schema()) + ".") + quoted(metadata, table.table());
    }

    private static String quoted(DatabaseMetaData metadata, String name) throws SQLException {
        String mark = metadata.getIdentifierQuoteString();
        if (mark == null || mark.isBlank() || name.contains(mark) || name.indexOf('\0') >= 0) {
            throw new UnfitSourceException("源表或列的名称无法引用。", "A name of the source's table or column cannot be quoted.");
        }
        return mark + name + mark;
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public @Nullable SourceRecord next() throws IOException {
        if (ahead.isEmpty() && !ended) {
            try {
                fetch();
            } catch (SQLException failure) {
                throw away(failure);
            }
        }
        Map<String, @Nullable String> values = ahead.poll();
        if (values == null) {
            return null;
        }
        List<String> key = new ArrayList<>();
        for (String column : table.key()) {
            String value = columns.stream().filter(column::equalsIgnoreCase).findFirst().map(values::get).orElse(null);
            if (value == null) {
                throw new UnfitSourceException("源表键列 " + column + " 有空值。", "The key column " + column + " of the source is empty in a row.");
            }
            key.add(value);
        }
        behind = List.copyOf(key);
        digest.take(values);
        records++;
        return new SourceRecord(records, values, null);
    }

    private void fetch() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setReadOnly(true);
            DatabaseMetaData metadata = connection.getMetaData();
            List<String> key = new ArrayList<>();
            for (String column : table.key()) {
                key.add(quoted(metadata, columns.stream().filter(column::equalsIgnoreCase).findFirst().orElse(column)));
            }
            String names = columns.stream().map(name -> {
                try {
                    return quoted(metadata, name);
                } catch (SQLException failure) {
                    throw new IllegalStateException(failure);
                }
            }).collect(Collectors.joining(", "));
            String order = String.join(", ", key);
            String sql = "SELECT " + names + " FROM " + place(connection) + (behind.isEmpty() ? "" : " WHERE " + behindThe(key)) + " ORDER BY " + order;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setMaxRows(CHUNK);
                statement.setFetchSize(CHUNK);
                statement.setQueryTimeout(QUERY_SECONDS);
                bind(connection, statement);
                int fetched = 0;
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        ahead.add(read(row));
                        fetched++;
                    }
                }
                ended = fetched < CHUNK;
            } finally {
                connection.setReadOnly(false);
            }
        }
    }

    /** {@code (a > ?) OR (a = ? AND b > ?)}: what every database understands. */
    private static String behindThe(List<String> key) {
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            StringBuilder step = new StringBuilder("(");
            for (int j = 0; j < i; j++) {
                step.append(key.get(j)).append(" = ? AND ");
            }
            steps.add(step.append(key.get(i)).append(" > ?)").toString());
        }
        return String.join(" OR ", steps);
    }

    private void bind(Connection connection, PreparedStatement statement) throws SQLException {
        if (behind.isEmpty()) {
            return;
        }
        Map<String, Integer> types = typesOf(connection);
        int at = 1;
        for (int i = 0; i < behind.size(); i++) {
            for (int j = 0; j <= i; j++) {
                set(statement, at++, types.getOrDefault(table.key().get(j).toLowerCase(java.util.Locale.ROOT), Types.VARCHAR), behind.get(j));
            }
        }
    }

    private Map<String, Integer> typesOf(Connection connection) throws SQLException {
        Map<String, Integer> types = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + place(connection) + " WHERE 1 = 0");
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData metadata = none.getMetaData();
            for (int i = 1; i <= metadata.getColumnCount(); i++) {
                types.put(metadata.getColumnLabel(i).toLowerCase(java.util.Locale.ROOT), metadata.getColumnType(i));
            }
        }
        return types;
    }

    private static void set(PreparedStatement statement, int at, int type, String value) throws SQLException {
        try {
            bind(statement, at, type, value);
        } catch (NumberFormatException | DateTimeException unfit) {
            // Without the cause: it repeats the value, which may be an identity number.
            throw new UnfitSourceException("源表键列的类型与上次读到的值不符,请重新装载。",
                    "A key column of the source is not of the type its last value had: load anew.");
        }
    }

    private static void bind(PreparedStatement statement, int at, int type, String value) throws SQLException {
        switch (type) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> statement.setLong(at, Long.parseLong(value));
            case Types.NUMERIC, Types.DECIMAL -> statement.setBigDecimal(at, new BigDecimal(value));
            case Types.DATE -> statement.setObject(at, java.time.LocalDate.parse(value));
            case Types.TIMESTAMP -> statement.setTimestamp(at, Timestamp.from(java.time.Instant.parse(value)));
            case Types.TIMESTAMP_WITH_TIMEZONE -> statement.setObject(at, java.time.Instant.parse(value).atOffset(java.time.ZoneOffset.UTC));
            default -> statement.setString(at, value);
        }
    }

    private Map<String, @Nullable String> read(ResultSet row) throws SQLException {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.size(); i++) {
            String text = text(row.getObject(i));
            values.put(columns.get(i - 1), text == null || text.isEmpty() ? null : text);
            bytes += text == null ? 0 : text.length();
        }
        return values;
    }

    private static @Nullable String text(@Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case Timestamp moment -> moment.toInstant().toString();
            case java.time.LocalDateTime moment -> moment.atZone(CITY).toInstant().toString();
            case java.time.OffsetDateTime moment -> moment.toInstant().toString();
            case BigDecimal number -> number.toPlainString();
            case Clob text -> text.getSubString(1, (int) Math.min(text.length(), CsvSource.MOST_CHARACTERS + 1L));
            default -> value.toString();
        };
    }

    @Override
    public long bytesRead() {
        return bytes;
    }

    @Override
    public long bytesTotal() {
        return -1;
    }

    @Override
    public String position() {
        if (behind.isEmpty()) {
            return "";
        }
        List<String> kept = new ArrayList<>();
        kept.add(Long.toString(records));
        kept.addAll(behind);
        try {
            return JSON.writeValueAsString(kept);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can be written as JSON", e);
        }
    }

    @Override
    public @Nullable String digest() {
        return digest.hex();
    }

    @Override
    public void close() {
        ahead.clear();
    }
}
