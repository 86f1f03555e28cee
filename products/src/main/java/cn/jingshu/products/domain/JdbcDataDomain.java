package cn.jingshu.products.domain;

import static cn.jingshu.products.domain.OwnerConnection.quoted;

import cn.jingshu.products.domain.DomainException.Reason;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/**
 * The domain in PostgreSQL: live rows of resources in the schema {@code domain}, a sandbox twin and a state of its own for each
 * product, and a role for each that can read what is granted and nothing else. Several nodes may open it at once.
 */
public final class JdbcDataDomain implements DataDomain, AutoCloseable {
    /** The seed of every sandbox twin: the same everywhere, so that examples in documents hold. */
    public static final long SANDBOX_SEED = 20_261_101;

    /** The seed of a demonstration's live rows: other people than those of the sandbox. */
    public static final long DEMONSTRATION_SEED = 20_261_102;

    private static final String FILLED = """
            SELECT 1 AS yes FROM domain_keeping.synthetic_fill WHERE schema_name = ? AND product = ? AND version = ? AND seed = ?
            """;
    private static final String REMEMBER_FILL = """
            INSERT INTO domain_keeping.synthetic_fill (schema_name, product, version, seed, filled_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT synthetic_fill_pk DO UPDATE SET seed = excluded.seed, filled_at = excluded.filled_at
            """;
    private static final String FORGET_FILL = "DELETE FROM domain_keeping.synthetic_fill WHERE schema_name = ?";
    private static final String FORGET_REPORT = "DELETE FROM domain_keeping.twin_report WHERE product = ? AND version = ?";
    private static final String REAL_LOAD = "SELECT 1 AS yes FROM domain_keeping.newest_load WHERE table_name = ? AND NOT synthetic";
    private static final String REMEMBER_SYNTHETIC_LOAD = """
            INSERT INTO domain_keeping.newest_load (table_name, loaded_at, synthetic, degraded)
            VALUES (?, ?, true, false)
            ON CONFLICT ON CONSTRAINT newest_load_pk DO UPDATE SET loaded_at = excluded.loaded_at
             WHERE domain_keeping.newest_load.synthetic
            """;
    private static final String NEWEST_LOADS = """
            SELECT table_name, loaded_at, stale_from, quality_score, degraded FROM domain_keeping.newest_load
            """;
    private static final String REMEMBER_REPORT = """
            INSERT INTO domain_keeping.twin_report (product, version, synthetic, made_at, tables)
            VALUES (?, ?, ?, ?, CAST(? AS jsonb))
            ON CONFLICT ON CONSTRAINT twin_report_pk DO UPDATE
               SET synthetic = excluded.synthetic, made_at = excluded.made_at, tables = excluded.tables
            """;
    private static final String REPORT = """
            SELECT synthetic, made_at, CAST(tables AS text) AS tables FROM domain_keeping.twin_report WHERE product = ? AND version = ?
            """;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TABLES = "SELECT table_name, resource FROM domain_keeping.resource_table";
    private static final String ROLES = "SELECT product, version FROM domain_keeping.product_role WHERE NOT sandbox";

    private final DataSource owner;
    private final List<String> nodes;
    private final String url;
    private final DomainKeys keys;
    private final DomainGrants grants;
    private final DomainSettings settings;
    private final Clock clock;
    private final DomainRoles roles;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Opened> opened = new LinkedHashMap<>();
    private boolean prepared;
    private volatile Map<String, NewestLoad> newestLoads = Map.of();

    /**
     * @param owner plain connections as the role that owns the database and may make roles; used for tables, roles, grants and loads
     * @param nodes further roles that work with the database and go on using what products may not
     * @param url where products connect, without a user
     * @param grants what products may read
     */
    public JdbcDataDomain(DataSource owner, List<String> nodes, String url, DomainKeys keys, DomainGrants grants, DomainSettings settings,
            Clock clock) {
        this.owner = owner;
        this.nodes = List.copyOf(nodes);
        this.url = url;
        this.keys = keys;
        this.grants = grants;
        this.settings = settings;
        this.clock = clock;
        this.roles = new DomainRoles(keys, settings);
    }

    private record Opened(DomainNeeds needs, JdbcProductData data) {}

    /** What is known of a table's newest load. */
    record NewestLoad(Instant loadedAt, @Nullable Instant staleFrom, boolean degraded, @Nullable Double qualityScore) {}

    @Override
    public synchronized ProductData open(DomainNeeds needs) {
        String id = needs.product() + " version " + needs.version();
        Opened before = opened.get(id);
        if (before != null) {
            if (!before.needs().reads().equals(needs.reads())) {
                throw new DomainException(Reason.BROKEN_STATEMENT, "Product " + id + " is opened twice and reads different columns.", null);
            }
            return before.data();
        }
        ProductRole live = new ProductRole(needs.product(), needs.version(), false);
        ProductRole sandbox = new ProductRole(needs.product(), needs.version(), true);
        OwnerConnection.inTurn(owner, connection -> {
            make(connection, needs, live);
            make(connection, needs, sandbox);
            return true;
        });
        for (ProductRole role : List.of(live, sandbox)) {
            migrateState(needs, role);
        }
        OwnerConnection.inTurn(owner, connection -> {
            if (needs.state() != null) {
                roles.giveState(connection, live);
                roles.giveState(connection, sandbox);
            }
            DomainRoles.giveResources(connection, sandbox, new DomainRoles.Granted(declared(needs)));
            DomainRoles.giveResources(connection, live, due(needs, grants.inForce()));
            fillTwin(connection, needs, sandbox);
            if (settings.demonstration()) {
                fillLive(connection, needs, DEMONSTRATION_SEED);
            }
            return true;
        });
        readNewestLoads();
        JdbcProductData data = new JdbcProductData(needs, keys, connections(live, needs), connections(sandbox, needs), this::findNewestLoad, clock);
        opened.put(id, new Opened(needs, data));
        return data;
    }

    @Override
    public synchronized ProductData reopen(DomainNeeds needs) {
        Opened before = opened.remove(needs.product() + " version " + needs.version());
        if (before != null) {
            before.data().close();
        }
        String twin = new ProductRole(needs.product(), needs.version(), true).resources();
        OwnerConnection.inTurn(owner, connection -> {
            prepare(connection);
            return connection.change(FORGET_FILL, twin);
        });
        return open(needs);
    }

    @Override
    public synchronized void giveUp(DomainNeeds needs) {
        if (needs.state() != null) {
            throw new IllegalArgumentException("product " + needs.product() + " keeps a state and is not given up");
        }
        Opened before = opened.remove(needs.product() + " version " + needs.version());
        if (before != null) {
            before.data().close();
        }
        ProductRole live = new ProductRole(needs.product(), needs.version(), false);
        ProductRole sandbox = new ProductRole(needs.product(), needs.version(), true);
        OwnerConnection.inTurn(owner, connection -> {
            prepare(connection);
            connection.execute("DROP SCHEMA IF EXISTS " + quoted(sandbox.resources()) + " CASCADE");
            DomainRoles.drop(connection, sandbox);
            DomainRoles.drop(connection, live);
            connection.change(FORGET_FILL, sandbox.resources());
            return connection.change(FORGET_REPORT, needs.product(), needs.version());
        });
    }

    @Override
    public synchronized Optional<ResourceTable> findTable(String name) {
        return opened.values().stream()
                .flatMap(each -> each.needs().reads().keySet().stream())
                .filter(table -> table.name().equals(name))
                .findFirst();
    }

    private RoleConnections connections(ProductRole role, DomainNeeds needs) {
        return new RoleConnections(url, role.name(), keys.passwordOf(role.name()), settings, new ProductSeals(keys.seals(), needs.reads()),
                executor);
    }

    /** What is made once, by whichever node comes first. */
    private void prepare(OwnerConnection connection) throws SQLException {
        if (prepared) {
            return;
        }
        DomainTables.makeOwn(connection, keys, nodes);
        connection.hardenIfSuperuser(nodes);
        prepared = true;
    }

    private void make(OwnerConnection connection, DomainNeeds needs, ProductRole role) throws SQLException {
        prepare(connection);
        connection.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(role.resources()));
        for (ResourceTable table : needs.reads().keySet()) {
            DomainTables.make(connection, role.resources(), table);
        }
        if (needs.state() != null) {
            connection.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(role.state()));
        }
        roles.make(connection, role);
    }

    private void migrateState(DomainNeeds needs, ProductRole role) {
        if (needs.state() == null) {
            return;
        }
        Flyway.configure(JdbcDataDomain.class.getClassLoader())
                .dataSource(owner)
                .schemas(role.state())
                .defaultSchema(role.state())
                .createSchemas(false)
                .locations("classpath:" + needs.state(), "classpath:db/domain/state")
                .load()
                .migrate();
    }

    /** Everything a product declared, as its sandbox twin gives it: nobody's data need nobody's grant. */
    private static Map<String, Set<String>> declared(DomainNeeds needs) {
        return needs.reads().entrySet().stream()
                .collect(Collectors.toMap(read -> read.getKey().name(), read -> Set.copyOf(read.getValue())));
    }

    /** What of that is granted now. */
    private static DomainRoles.Granted due(DomainNeeds needs, DomainGrants.InForce inForce) {
        Map<String, Set<String>> columns = new HashMap<>();
        needs.reads().forEach((table, names) -> columns.put(table.name(), names.stream()
                .filter(name -> inForce.covers(needs.product(), table.resource(), table.name(), name))
                .collect(Collectors.toSet())));
        return new DomainRoles.Granted(columns);
    }

    private void fillTwin(OwnerConnection connection, DomainNeeds needs, ProductRole sandbox) throws SQLException {
        if (isFilled(connection, sandbox.resources(), needs, SANDBOX_SEED)) {
            return;
        }
        for (ResourceTable table : needs.reads().keySet()) {
            connection.execute("DELETE FROM " + DomainTables.qualified(sandbox.resources(), table));
        }
        Map<String, Long> rows = write(connection, needs, sandbox.resources(), SANDBOX_SEED, false);
        remember(connection, sandbox.resources(), needs, SANDBOX_SEED);
        report(connection, new TwinReport(needs.product(), needs.version(), true, clock.instant(), rows.entrySet().stream()
                .map(each -> new TwinReport.Table(each.getKey(), each.getValue(), 0, Map.of(), null))
                .toList()));
    }

    private static void report(OwnerConnection connection, TwinReport report) throws SQLException {
        try {
            connection.change(REMEMBER_REPORT, report.product(), report.version(), report.synthetic(), report.madeAt(),
                    JSON.writeValueAsString(report.tables()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report of numbers and names is JSON", e);
        }
    }

    /**
     * Fills the sandbox twin of an open product anew: with a masked sample of its live rows and the made-up test subjects. It stays so over restarts.
     *
     * @param share of the subjects, above 0, at most 1
     * @param k fewest subjects that share what others may know of them, at least 2
     * @throws IllegalArgumentException if the product is not open here, or a number is out of its range
     * @throws DomainException if the database is away; the twin is then what it was
     */
    public synchronized TwinReport sampleTwin(String product, int version, double share, int k) {
        Opened here = opened.get(product + " version " + version);
        if (here == null) {
            throw new IllegalArgumentException("product " + product + " version " + version + " is not open here");
        }
        DomainNeeds needs = here.needs();
        String twin = new ProductRole(product, version, true).resources();
        return OwnerConnection.inTurn(owner, connection -> {
            TwinSampling sampling = new TwinSampling(connection, keys, twin, share, k);
            List<TwinReport.Table> tables = new ArrayList<>();
            for (ResourceTable table : needs.reads().keySet()) {
                tables.add(sampling.fill(table));
            }
            sampling.addTestSubjects(needs, SANDBOX_SEED);
            TwinReport report = new TwinReport(product, version, false, clock.instant(), tables);
            report(connection, report);
            return report;
        });
    }

    /** What the sandbox twin of a product version holds, and how far anybody could be found in it; empty: it was never filled. */
    public Optional<TwinReport> findTwinReport(String product, int version) {
        return OwnerConnection.run(owner, connection -> connection.list(REPORT, row -> new TwinReport(product, version,
                        row.getBoolean("synthetic"), row.getTimestamp("made_at").toInstant(), readTables(row.getString("tables"))), product, version))
                .stream()
                .findFirst();
    }

    private static List<TwinReport.Table> readTables(String json) {
        try {
            return JSON.readValue(json, new TypeReference<List<TwinReport.Table>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored report of a twin cannot be read", e);
        }
    }

    /**
     * Seals anew what was sealed with another key or algorithm than those in use, in all tables of products that are open here, live and twin.
     * Afterwards the older keys are needed no more.
     *
     * @return values sealed anew
     */
    public synchronized long reseal() {
        long sealed = 0;
        for (Opened each : opened.values()) {
            String twin = new ProductRole(each.needs().product(), each.needs().version(), true).resources();
            for (ResourceTable table : each.needs().reads().keySet()) {
                sealed += new Resealing(owner, keys, ProductRole.LIVE, table).run() + new Resealing(owner, keys, twin, table).run();
            }
        }
        return sealed;
    }

    /** Fills live tables with made-up rows, where no real ones were ever loaded. */
    private void fillLive(OwnerConnection connection, DomainNeeds needs, long seed) throws SQLException {
        if (isFilled(connection, ProductRole.LIVE, needs, seed)) {
            return;
        }
        for (ResourceTable table : needs.reads().keySet()) {
            if (!connection.list(REAL_LOAD, row -> row.getInt("yes"), table.name()).isEmpty()) {
                return;
            }
        }
        write(connection, needs, ProductRole.LIVE, seed, true); // another product may have made up rows of the same table
        for (ResourceTable table : needs.reads().keySet()) {
            connection.change(REMEMBER_SYNTHETIC_LOAD, table.name(), clock.instant());
        }
        remember(connection, ProductRole.LIVE, needs, seed);
    }

    /** Writes a product's made-up rows; how many there are of each table. */
    private Map<String, Long> write(OwnerConnection connection, DomainNeeds needs, String schema, long seed, boolean skipKnown) throws SQLException {
        Map<String, Long> rows = new TreeMap<>();
        RowWriter writer = new RowWriter(connection, schema, keys, skipKnown);
        Set<ResourceTable> tables = needs.reads().keySet();
        needs.synthetic().write((table, values) -> {
            if (!tables.contains(table)) {
                throw new IllegalArgumentException("product " + needs.product() + " makes up rows of " + table.name() + ", which it does not read");
            }
            writer.row(table, values);
            rows.merge(table.name(), 1L, Long::sum);
        }, seed);
        writer.flush();
        for (ResourceTable table : tables) {
            connection.execute("ANALYZE " + DomainTables.qualified(schema, table)); // so that the first plans know what is there
        }
        return rows;
    }

    private static boolean isFilled(OwnerConnection connection, String schema, DomainNeeds needs, long seed) throws SQLException {
        return !connection.list(FILLED, row -> row.getInt("yes"), schema, needs.product(), needs.version(), seed).isEmpty();
    }

    private void remember(OwnerConnection connection, String schema, DomainNeeds needs, long seed) throws SQLException {
        connection.change(REMEMBER_FILL, schema, needs.product(), needs.version(), seed, clock.instant());
    }

    /** Fills the live tables of a product with made-up rows of {@code seed}; for tests of products. */
    void loadLive(DomainNeeds needs, long seed) {
        open(needs);
        OwnerConnection.inTurn(owner, connection -> {
            fillLive(connection, needs, seed);
            return true;
        });
        readNewestLoads();
    }

    /** Adds one made-up live row; for tests of products. */
    void addLive(ResourceTable table, Map<String, @Nullable String> values) {
        OwnerConnection.inTurn(owner, connection -> {
            RowWriter writer = new RowWriter(connection, ProductRole.LIVE, keys, false);
            writer.row(table, values);
            writer.flush();
            connection.change(REMEMBER_SYNTHETIC_LOAD, table.name(), clock.instant());
            return true;
        });
        readNewestLoads();
    }

    /**
     * Makes the rights of every product's live role equal to what is granted now; doing it again changes nothing. A right that is taken
     * is gone for the next statement of every open connection, on whatever node.
     *
     * @throws DomainException if the database or the grants are away; the rights are then what they were
     */
    public synchronized void apply() {
        DomainGrants.InForce inForce = grants.inForce();
        OwnerConnection.inTurn(owner, connection -> {
            prepare(connection);
            Map<String, String> resources = new HashMap<>();
            connection.each(TABLES, row -> resources.put(row.getString("table_name"), row.getString("resource")));
            for (ProductRole role : connection.list(ROLES, row -> new ProductRole(row.getString("product"), row.getInt("version"), false))) {
                Opened here = opened.get(role.product() + " version " + role.version());
                DomainRoles.giveResources(connection, role, here != null
                        ? due(here.needs(), inForce)
                        : stillDue(role, DomainRoles.readable(connection, role), resources, inForce));
            }
            return true;
        });
    }

    /** Of a version that runs on other nodes alone: what it has, less what is not granted any more. */
    private static DomainRoles.Granted stillDue(
            ProductRole role, Map<String, Set<String>> has, Map<String, String> resources, DomainGrants.InForce inForce) {
        Map<String, Set<String>> columns = new HashMap<>();
        has.forEach((table, names) -> columns.put(table, names.stream()
                .filter(name -> inForce.covers(role.product(), resources.getOrDefault(table, ""), table, name))
                .collect(Collectors.toSet())));
        return new DomainRoles.Granted(columns);
    }

    /** Reads anew how the newest loads stand, for {@link ProductData#freshness}. @throws DomainException if the database is away */
    public void readNewestLoads() {
        Map<String, NewestLoad> read = new HashMap<>();
        OwnerConnection.run(owner, connection -> {
            connection.each(NEWEST_LOADS, row -> {
                Timestamp staleFrom = row.getTimestamp("stale_from");
                double score = row.getDouble("quality_score");
                Double known = row.wasNull() ? null : score;
                read.put(row.getString("table_name"), new NewestLoad(row.getTimestamp("loaded_at").toInstant(),
                        staleFrom == null ? null : staleFrom.toInstant(), row.getBoolean("degraded"), known));
            });
            return true;
        });
        newestLoads = Map.copyOf(read);
    }

    private Optional<NewestLoad> findNewestLoad(String table) {
        return Optional.ofNullable(newestLoads.get(table));
    }

    /** Those tables a product reads whose newest load is below its threshold, by name. */
    public synchronized List<String> degradedTables(String product) {
        Map<String, NewestLoad> newest = newestLoads;
        return opened.values().stream()
                .filter(each -> each.needs().product().equals(product))
                .flatMap(each -> each.needs().reads().keySet().stream())
                .map(ResourceTable::name)
                .filter(name -> newest.containsKey(name) && newest.get(name).degraded())
                .distinct()
                .sorted()
                .toList();
    }

    /** The tables products that were opened read: what can be loaded. */
    public synchronized List<ResourceTable> tables() {
        return opened.values().stream().flatMap(each -> each.needs().reads().keySet().stream()).distinct().toList();
    }

    /** Ends every connection of products; calls under way fail. */
    @Override
    public synchronized void close() {
        opened.values().forEach(each -> each.data().close());
        executor.shutdown();
    }
}
