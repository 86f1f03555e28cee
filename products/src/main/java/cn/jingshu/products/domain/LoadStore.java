package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.OwnerConnection.quoted;

import cn.jingshu.products.domain.ResourceTable.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where loads write: rows are staged in a schema no product can see, tokens and seals made on the way, and take their place in the live
 * table in one transaction. One load of a table at a time, on whatever node, by a lock that ends with its connection.
 */
public final class LoadStore {
    private static final String STAGING = "domain_staging";
    private static final String LINE = "load_line";
    private static final int LOCKS = 72_264;

    private final DataSource owner;
    private final DomainKeys keys;

    /** @param owner plain connections as the role that owns the domain's tables */
    public LoadStore(DataSource owner, DomainKeys keys) {
        this.owner = owner;
        this.keys = keys;
    }

    /** Makes the domain's own tables, the live tables and what {@code more} says, where they are not there. @throws DomainException if it cannot */
    public void prepare(List<ResourceTable> tables, List<String> more) {
        OwnerConnection.inTurn(owner, connection -> {
            DomainTables.makeOwn(connection, keys, List.of());
            connection.execute("CREATE SCHEMA IF NOT EXISTS " + STAGING);
            for (String statement : more) {
                connection.execute(statement);
            }
            DomainTables.make(connection, ProductRole.LIVE, tables);
            return true;
        });
    }

    /** A connection of the owner, for what is kept about loads. The caller closes it. */
    public Connection connect() throws SQLException {
        return owner.getConnection();
    }

    /** What a failure of PostgreSQL means, without any value. */
    public static DomainException failed(SQLException failure) {
        return SqlFaults.of(failure);
    }

    /** What a load works in; empty: another load has one of the tables. The caller closes it. */
    public Optional<Session> open(List<ResourceTable> tables) throws SQLException {
        Connection connection = owner.getConnection();
        boolean done = false;
        try {
            for (ResourceTable table : tables.stream().sorted(java.util.Comparator.comparing(ResourceTable::name)).toList()) {
                try (PreparedStatement lock = connection.prepareStatement("SELECT pg_try_advisory_lock(?, hashtext(?))")) {
                    lock.setInt(1, LOCKS);
                    lock.setString(2, table.name());
                    try (ResultSet row = lock.executeQuery()) {
                        if (!row.next() || !row.getBoolean(1)) {
                            return Optional.empty();
                        }
                    }
                }
            }
            // The locks of a machine that lost its power end when PostgreSQL sees that nobody answers: in a minute, not in the two hours of the system.
            try (Statement keepalive = connection.createStatement()) {
                keepalive.execute("SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),"
                        + " set_config('tcp_keepalives_count', '3', false)");
            }
            connection.setAutoCommit(false);
            done = true;
            return Optional.of(new Session(connection));
        } finally {
            if (!done) {
                release(connection);
            }
        }
    }

    private static void release(Connection connection) throws SQLException {
        try (connection) {
            if (!connection.isClosed() && connection.isValid(5)) {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
                try (Statement unlock = connection.createStatement()) {
                    unlock.execute("SELECT pg_advisory_unlock_all()");
                }
            }
        }
    }

    /**
     * A row for the staging table.
     *
     * @param values by columns of the table, each as the domain writes it; what is not there is empty
     */
    public record Staged(long line, Map<String, String> values) {}

    /** One load's connection, with its tables locked for other loads. */
    public final class Session implements AutoCloseable {
        private final Connection connection;

        private Session(Connection connection) {
            this.connection = connection;
        }

        /** The connection itself: what is written on it stands or falls with the next {@link #commit}. */
        public Connection connection() {
            return connection;
        }

        public void commit() throws SQLException {
            connection.commit();
        }

        public void rollback() throws SQLException {
            connection.rollback();
        }

        /** Begins an empty staging table. */
        public void begin(ResourceTable table) throws SQLException {
            execute("DROP TABLE IF EXISTS " + staging(table));
            execute("CREATE TABLE " + staging(table) + " (" + LINE + " bigint NOT NULL, " + table.columns().stream()
                    .map(column -> quoted(column.name()) + " " + DomainTables.typeOf(column))
                    .collect(Collectors.joining(", ")) + ")");
        }

        /** Whether there is one. */
        public boolean isStaged(ResourceTable table) throws SQLException {
            return number("SELECT CASE WHEN to_regclass('" + STAGING + "." + quoted(table.name()) + "') IS NULL THEN 0 ELSE 1 END") == 1;
        }

        public void drop(ResourceTable table) throws SQLException {
            execute("DROP TABLE IF EXISTS " + staging(table));
        }

        /** Stages rows; values were checked for their types before. */
        public void add(ResourceTable table, List<Staged> rows) throws SQLException {
            List<String> names = Stream.concat(Stream.of(LINE), table.columns().stream().map(Column::name)).toList();
            String casts = Stream.concat(Stream.of("CAST(r." + quoted(LINE) + " AS bigint)"),
                    table.columns().stream().map(each -> "CAST(r." + quoted(each.name()) + " AS " + DomainTables.typeOf(each) + ")"))
                    .collect(Collectors.joining(", "));
            String arrays = names.stream().map(_ -> "CAST(? AS text[])").collect(Collectors.joining(", "));
            try (PreparedStatement insertion = connection.prepareStatement("INSERT INTO " + staging(table) + " (" + DomainTables.names(names)
                    + ") SELECT " + casts + " FROM unnest(" + arrays + ") AS r (" + DomainTables.names(names) + ")")) {
                insertion.setArray(1, connection.createArrayOf("text", rows.stream().map(each -> Long.toString(each.line())).toArray()));
                int at = 2;
                for (Column column : table.columns()) {
                    List<@Nullable String> values = new ArrayList<>();
                    for (Staged row : rows) {
                        String value = row.values().get(column.name());
                        values.add(value == null ? null : kept(table, column, value));
                    }
                    insertion.setArray(at++, connection.createArrayOf("text", values.toArray()));
                }
                insertion.executeUpdate();
            }
        }

        private String kept(ResourceTable table, Column column, String value) {
            return switch (column.keeping()) {
                case TOKEN -> keys.tokens().of(value);
                case SEALED -> "\\x" + HexFormat.of().formatHex(keys.seals().seal(table.name() + "." + column.name(), value));
                case PLAIN -> value;
            };
        }

        /** Takes out of the staging table what has the key of an earlier row; the lines taken out. */
        public List<Long> takeOutDuplicates(ResourceTable table) throws SQLException {
            List<Long> lines = new ArrayList<>();
            try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("DELETE FROM " + staging(table)
                    + " AS s USING (SELECT ctid AS place, row_number() OVER (PARTITION BY " + DomainTables.names(table.key())
                    + " ORDER BY " + LINE + ") AS n FROM " + staging(table) + ") AS d WHERE s.ctid = d.place AND d.n > 1 RETURNING s." + LINE)) {
                while (row.next()) {
                    lines.add(row.getLong(1));
                }
            }
            lines.sort(null);
            return lines;
        }

        /**
         * Takes out of the staging table what has the key of a newer row.
         *
         * @param version the column whose greater value is the newer; null, and between equal ones: the one read later is
         */
        public void takeOutOlder(ResourceTable table, @Nullable String version) throws SQLException {
            execute("DELETE FROM " + staging(table) + " AS s USING (SELECT ctid AS place, row_number() OVER (PARTITION BY " + DomainTables.names(table.key())
                    + " ORDER BY " + (version == null ? "" : quoted(version) + " DESC NULLS LAST, ") + LINE + " DESC) AS n FROM " + staging(table)
                    + ") AS d WHERE s.ctid = d.place AND d.n > 1");
        }

        /** A text sealed with the key in use, for what is kept about a load. */
        public byte[] sealed(String place, String text) {
            return keys.seals().seal(place, text);
        }

        /** What was sealed; empty: its key is here no more. */
        public Optional<String> opened(String place, byte[] sealed) {
            try {
                return Optional.of(keys.seals().open(place, sealed));
            } catch (SealedValues.SealBrokenException gone) {
                return Optional.empty(); // whoever reads on reads the whole instead
            }
        }

        /** Takes out of the staging table what is behind a line: a chunk that was staged while its position was not written. */
        public void takeOutBehind(ResourceTable table, long line) throws SQLException {
            execute("DELETE FROM " + staging(table) + " WHERE " + LINE + " > " + line);
        }

        /** Whether the live rows are made up for a demonstration. */
        public boolean isSynthetic(ResourceTable table) throws SQLException {
            return number("SELECT count(*) FROM domain_keeping.newest_load WHERE synthetic AND table_name = '" + table.name() + "'") > 0;
        }

        /** How many keys the staging table has that the live table has not; or, not {@code staged}, the other way round. */
        public long keysNotIn(ResourceTable table, boolean staged) throws SQLException {
            String same = table.key().stream().map(key -> "b." + quoted(key) + " = a." + quoted(key)).collect(Collectors.joining(" AND "));
            return number("SELECT count(*) FROM " + (staged ? staging(table) : live(table)) + " AS a WHERE NOT EXISTS (SELECT 1 FROM "
                    + (staged ? live(table) : staging(table)) + " AS b WHERE " + same + ")");
        }

        /** The staged rows become the whole of the live table; nobody sees it empty. */
        public long replace(ResourceTable table) throws SQLException {
            execute("DELETE FROM " + live(table));
            return insert(table, "");
        }

        /**
         * The staged rows take the place of those with their keys; the others stay.
         *
         * @param version a column whose greater value is the newer: an older row does not take a newer one's place; null: there is none
         */
        public long upsert(ResourceTable table, @Nullable String version) throws SQLException {
            String newer = version == null ? "" : " WHERE old." + quoted(version) + " IS NULL OR excluded." + quoted(version) + " IS NULL OR excluded."
                    + quoted(version) + " >= old." + quoted(version);
            String others = table.columns().stream().map(Column::name).filter(name -> !table.key().contains(name))
                    .map(name -> quoted(name) + " = excluded." + quoted(name)).collect(Collectors.joining(", "));
            return insert(table, " ON CONFLICT (" + DomainTables.names(table.key()) + ") DO "
                    + (others.isEmpty() ? "NOTHING" : "UPDATE SET " + others + newer));
        }

        private long insert(ResourceTable table, String conflict) throws SQLException {
            String names = DomainTables.names(table.columns().stream().map(Column::name).toList());
            try (Statement statement = connection.createStatement()) {
                return statement.executeLargeUpdate("INSERT INTO " + live(table) + " AS old (" + names + ") SELECT " + names + " FROM " + staging(table)
                        + conflict);
            }
        }

        /**
         * How the table stands from now on: what freshness says of it.
         *
         * @param staleFrom null: it does not grow stale
         */
        public void remember(ResourceTable table, java.time.Instant loadedAt, java.time.@Nullable Instant staleFrom, @Nullable Double score,
                boolean degraded) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement("""
                    INSERT INTO domain_keeping.newest_load (table_name, loaded_at, confirmed_at, synthetic, stale_from, quality_score, degraded)
                    VALUES (?, ?, ?, false, ?, ?, ?)
                    ON CONFLICT ON CONSTRAINT newest_load_pk DO UPDATE
                       SET loaded_at = excluded.loaded_at, confirmed_at = excluded.confirmed_at, synthetic = false, stale_from = excluded.stale_from,
                           quality_score = excluded.quality_score, degraded = excluded.degraded
                    """)) {
                JdbcParameters.set(statement, 1, table.name());
                JdbcParameters.set(statement, 2, loadedAt);
                JdbcParameters.set(statement, 3, loadedAt);
                JdbcParameters.set(statement, 4, staleFrom);
                statement.setObject(5, score, java.sql.Types.DOUBLE);
                statement.setBoolean(6, degraded);
                statement.executeUpdate();
            }
        }

        /** Name of the staging table in SQL. */
        public String staging(ResourceTable table) {
            return quoted(STAGING) + "." + quoted(table.name());
        }

        /** Name of the live table in SQL. */
        public String live(ResourceTable table) {
            return DomainTables.qualified(ProductRole.LIVE, table);
        }

        /** Names of columns in SQL. */
        public String names(List<String> columns) {
            return DomainTables.names(columns);
        }

        private void execute(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        /** The one number a query answers. */
        public long number(String sql) throws SQLException {
            try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        }

        @Override
        public void close() throws SQLException {
            release(connection);
        }
    }
}
