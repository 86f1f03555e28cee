package cn.jingshu.products.domain.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.DateTimeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table in another database, read in chunks by its key (keyset pagination): each chunk is a short query of its own behind the last
 * key, in a transaction that may only read, so the source is never held up by a long one, and reading can go on from the key after a break. Rows that are changed
 * while they are read are seen before or after the change; rows that come behind the last key are seen. A chunk is as many rows as fit into a few megabytes.
 */
public final class JdbcSource implements RecordSource {
    /** Longest time of one query, seconds. */
    static final int QUERY_SECONDS = 300;

    private static final int MOST_ROWS = 5_000;
    private static final int FIRST_ROWS = 100;

    /** Rows a driver fetches at a time, where it can. */
    private static final int FETCH = 200;

    /** Characters a chunk is meant to have, and those behind which it ends. */
    private static final long CHUNK = 4L << 20;
    private static final long MOST_OF_A_CHUNK = 4 * CHUNK;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SourceDatabase database;
    private final Table table;
    private final RecordDigest digest = new RecordDigest();
    private final Deque<Map<String, @Nullable String>> ahead = new ArrayDeque<>();
    private final List<SourceColumn> columns;
    private final List<SourceColumn> key;
    private List<String> behind;
    private int rows = FIRST_ROWS;
    private long records;
    private long bytes;
    private boolean ended;

    /**
     * A table and its key.
     *
     * @param name for the record, without address or password: {@code health-bureau}
     * @param schema null: the connection's own
     * @param key columns that together are unique and never empty, of types that compare the same when read as text and given back:
     *     whole and decimal numbers, texts, dates, times, bytes
     */
    public record Table(String name, @Nullable String schema, String table, List<String> key) {
        public Table {
            key = List.copyOf(key);
            if (key.isEmpty()) {
                throw new IllegalArgumentException("a table is read by a key");
            }
        }
    }

    /** A column, by the source's own name. */
    private record SourceColumn(String name, ColumnKind kind) {}

    private JdbcSource(SourceDatabase database, Table table, String position) throws SQLException, IOException {
        this.database = database;
        this.table = table;
        this.behind = List.of();
        if (!position.isEmpty()) {
            List<String> kept = JSON.readValue(position, new TypeReference<>() {});
            records = Long.parseLong(kept.getFirst());
            behind = List.copyOf(kept.subList(1, kept.size()));
            digest.miss();
        }
        this.columns = columnsOf();
        this.key = database.ask(this::keyOf);
    }

    /** A configured source that can be opened again. */
    public static Opening of(SourceDatabase database, Table table) {
        return new Opening() {
            @Override
            public String description() {
                return "table " + table.name() + "/" + (table.schema() == null ? "" : table.schema() + ".") + table.table();
            }

            @Override
            public @Nullable String definition() {
                return RecordDigest.ofTexts(database.engine().name(), table.schema() == null ? "" : table.schema(), table.table(), String.join("\0", table.key()));
            }

            @Override
            public @Nullable String digest() {
                return null;
            }

            @Override
            public RecordSource from(String position) throws IOException {
                try {
                    return new JdbcSource(database, table, position);
                } catch (SQLException failure) {
                    throw away(failure);
                }
            }
        };
    }

    /** Without what the source's server says: it may repeat a value. */
    private static IOException away(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (state.startsWith("28")) {
            return new SourceAwayException("源数据库不接受该用户或其密码,SQLSTATE " + state, "the source's database does not let the user in, SQLSTATE " + state, null);
        }
        if (failure instanceof SQLTimeoutException || state.equals("57014") || state.equals("70100")) {
            return new SourceAwayException("源数据库未在时限内应答,SQLSTATE " + state, "the source's database did not answer in time, SQLSTATE " + state, null);
        }
        return new SourceAwayException("源数据库失败,SQLSTATE " + failure.getSQLState(),
                "the source's database failed, SQLSTATE " + failure.getSQLState(), null);
    }

    private List<SourceColumn> columnsOf() throws SQLException {
        try {
            return database.ask(connection -> {
                try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + place(connection) + " WHERE 1 = 0");
                        ResultSet none = statement.executeQuery()) {
                    ResultSetMetaData metadata = none.getMetaData();
                    List<SourceColumn> found = new ArrayList<>();
                    for (int i = 1; i <= metadata.getColumnCount(); i++) {
                        found.add(new SourceColumn(metadata.getColumnLabel(i), database.engine().kindOf(metadata.getColumnType(i), metadata.getColumnTypeName(i))));
                    }
                    return List.copyOf(found);
                }
            });
        } catch (SQLException failure) {
            String state = failure.getSQLState();
            if (state != null && state.startsWith("42")) {
                throw new UnfitSourceException("源库中没有该表,或无权读取。", "The source has no such table, or it may not be read.");
            }
            throw failure;
        }
    }

    private List<SourceColumn> keyOf(Connection connection) throws SQLException {
        List<SourceColumn> found = new ArrayList<>();
        for (String name : table.key()) {
            SourceColumn column = columns.stream().filter(each -> each.name().equalsIgnoreCase(name)).findFirst().orElseThrow(() ->
                    new UnfitSourceException("源表没有键列 " + name + "。", "The table of the source has no column " + name + " to read it by."));
            if (!database.engine().isOrdered(connection, table, column.name(), column.kind())) {
                throw new UnfitSourceException("源表键列 " + name + " 的类型不能作读取次序。",
                        "The source cannot be read in the order of its column " + name + ": values of its type are not compared as they are sorted.");
            }
            found.add(column);
        }
        return List.copyOf(found);
    }

    private String place(Connection connection) throws SQLException {
        DatabaseEngine engine = database.engine();
        String schema = table.schema();
        return (schema == null ? "" : engine.quoted(connection, schema) + ".") + engine.quoted(connection, table.table());
    }

    private List<String> quoted(Connection connection, List<SourceColumn> of) throws SQLException {
        List<String> names = new ArrayList<>();
        for (SourceColumn column : of) {
            names.add(database.engine().quoted(connection, column.name()));
        }
        return names;
    }

    @Override
    public List<String> columns() {
        return columns.stream().map(SourceColumn::name).toList();
    }

    @Override
    public @Nullable SourceRecord next() throws IOException {
        if (ahead.isEmpty() && !ended) {
            try {
                database.ask(this::fetch);
            } catch (SQLException failure) {
                ahead.clear(); // whoever goes on begins behind the last record that was given
                throw away(failure);
            }
        }
        Map<String, @Nullable String> values = ahead.poll();
        if (values == null) {
            return null;
        }
        List<String> last = new ArrayList<>();
        for (SourceColumn column : key) {
            String value = values.get(column.name());
            if (value == null) {
                throw new UnfitSourceException("源表键列 " + column.name() + " 有空值。", "The key column " + column.name() + " of the source is empty in a row.");
            }
            last.add(value);
        }
        behind = List.copyOf(last);
        digest.take(values);
        records++;
        return new SourceRecord(records, values, null);
    }

    /** How many rows came. */
    private int fetch(Connection connection) throws SQLException {
        List<String> names = quoted(connection, key);
        requireOne(connection, names);
        String query = database.engine().first("SELECT " + String.join(", ", quoted(connection, columns)) + " FROM " + place(connection)
                + (behind.isEmpty() ? "" : " WHERE " + behindThe(names)) + " ORDER BY " + String.join(", ", names), rows);
        int fetched = 0;
        long before = bytes;
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setFetchSize(Math.min(FETCH, rows));
            statement.setQueryTimeout(QUERY_SECONDS);
            if (!behind.isEmpty()) {
                bindBehind(statement);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (bytes - before <= MOST_OF_A_CHUNK && row.next()) {
                    ahead.add(read(row));
                    fetched++;
                }
            }
        }
        ended = fetched < rows && bytes - before <= MOST_OF_A_CHUNK;
        rows = Math.clamp(CHUNK * fetched / Math.max(1, bytes - before), 1, MOST_ROWS);
        return fetched;
    }

    /** Behind a key that two rows have, one of them would never be read. The database itself is asked: it may hold texts for equal that are written in two ways. */
    private void requireOne(Connection connection, List<String> names) throws SQLException {
        if (behind.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT COUNT(*) FROM " + place(connection) + " WHERE "
                + String.join(" = ? AND ", names) + " = ?")) {
            statement.setQueryTimeout(QUERY_SECONDS);
            for (int i = 0; i < key.size(); i++) {
                bind(statement, i + 1, i);
            }
            try (ResultSet row = statement.executeQuery()) {
                if (row.next() && row.getLong(1) > 1) {
                    throw new UnfitSourceException("源表的键不唯一,按此键读取会漏行。", "Rows of the source share a key, so that some of them would not be read.");
                }
            }
        }
    }

    /** {@code (a > ?) OR (a = ? AND b > ?)}: what every database understands. */
    private String behindThe(List<String> names) {
        if (database.engine().comparesRows()) {
            return "(" + String.join(", ", names) + ") > (" + String.join(", ", Collections.nCopies(names.size(), "?")) + ")";
        }
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            steps.add("(" + String.join(" AND ", Stream.concat(names.subList(0, i).stream().map(name -> name + " = ?"), Stream.of(names.get(i) + " > ?")).toList()) + ")");
        }
        return String.join(" OR ", steps);
    }

    private void bindBehind(PreparedStatement statement) throws SQLException {
        boolean rowwise = database.engine().comparesRows();
        int at = 1;
        for (int i = rowwise ? key.size() - 1 : 0; i < key.size(); i++) {
            for (int j = 0; j <= i; j++) {
                bind(statement, at++, j);
            }
        }
    }

    private void bind(PreparedStatement statement, int at, int column) throws SQLException {
        try {
            database.engine().bind(statement, at, key.get(column).kind(), behind.get(column));
        } catch (IllegalArgumentException | DateTimeException unfit) {
            // Without the cause: it repeats the value, which may be an identity number.
            throw new UnfitSourceException("源表键列的类型与上次读到的值不符,请重新装载。",
                    "A key column of the source is not of the type its last value had: load anew.");
        }
    }

    private Map<String, @Nullable String> read(ResultSet row) throws SQLException {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.size(); i++) {
            SourceColumn column = columns.get(i - 1);
            String text = database.engine().text(row, i, column.kind());
            values.put(column.name(), text == null || text.isEmpty() ? null : text);
            bytes += text == null ? 0 : text.length();
        }
        return values;
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
